import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { makeImmutable } from '#tests/support/immutable.ts';
import {
  type BenchOptions,
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  patiently,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { changeManyVideos } from '#tests/support/mass-change.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 250;
const dayMs = 24 * 60 * 60 * 1000;
const never = new AbortController().signal;

const holds = (bench: InboxBench) => bench.catalogue.holds.list('inbox');

/** A bench whose one file was taken and lies in the hold. */
async function benchWithHeld(name: string, options: BenchOptions = {}) {
  const bench = await openBench({ quietMs, ...options });
  const bytes = await put(bench, name);
  const held = await untilHeld(bench, name);
  return { bench, bytes, held };
}

async function untilHeld(bench: InboxBench, name: string): Promise<string> {
  const path = await until(`${name} in the hold`, async () =>
    (await filesIn(bench.root)).find(
      (file) => file.startsWith('.reelhold-hold/') && file.endsWith(`/${name}`),
    ),
  );
  return path;
}

describe.concurrent('an original in the hold', () => {
  it.each(['Interview.mp4', 'IMG_0001.MOV'])(
    '%s that its stalled writer goes on with gives a second version of the same video',
    async (name) => {
      await using bench = await openBench({ quietMs });
      await using writer = await open(inside(bench, name), 'w');
      const first = someBytes();
      await writer.write(first);
      await untilHeld(bench, name);
      const [before] = holds(bench);
      const second = someBytes();
      await writer.write(second);
      await until('the second version', () => versions(bench).length === 2);
      const whole = Buffer.concat([first, second]);
      const [one, two] = versions(bench);
      expect(one).toMatchObject({ digest: digestOf(first), number: 1 });
      expect(two).toMatchObject({ digest: digestOf(whole), number: 2, video: one?.video });
      expect(holds(bench)).toMatchObject([
        { id: before?.id, digest: digestOf(whole), sizeBytes: whole.length },
      ]);
      expect(holds(bench)[0]?.heldAtMs).toBeGreaterThan(before?.heldAtMs ?? 0);
    },
  );

  it('is taken again when somebody edits it there', async () => {
    const { bench, held } = await benchWithHeld('edited.mp4');
    await using _ = bench;
    const edited = someBytes();
    await writeFile(inside(bench, held), edited);
    await until('the edited bytes', () => isHeld(bench, edited));
    bench.clock.advance(dayMs);
    await bench.inbox.clear(false, never);
    expect(await readFile(inside(bench, held))).toEqual(edited);
  });

  it('goes after a day, once the copy in the vault was read back', async () => {
    const { bench, bytes, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    await bench.prove();
    bench.clock.advance(dayMs - 60_000);
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([held]);
    bench.clock.advance(60_000);
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([]);
    expect(await readdir(join(bench.root, '.reelhold-hold'))).toEqual([]);
    expect(holds(bench)).toEqual([]);
    expect(isHeld(bench, bytes)).toBe(true);
  });

  it('stays after a day while the copy was not read back, and asks for that', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    bench.clock.advance(3 * dayMs);
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([held]);
    expect(bench.catalogue.operations.claim('vault', bench.clock.nowMs())).toMatchObject({ kind: 'prove' });
  });

  it('stays for ever when the copy does not read back', async () => {
    const { bench, bytes, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    const ref = bench.catalogue.archive.blobRef(digestOf(bytes));
    const blob = ref === null ? '' : (bench.store.localPath(ref) ?? '');
    await rm(blob);
    await writeFile(blob, someBytes());
    await bench.prove();
    bench.clock.advance(30 * dayMs);
    await bench.inbox.clear(true, never);
    expect(await filesIn(bench.root)).toEqual([held]);
  });

  it('goes early when space is short, but never unproven', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    await bench.inbox.clear(true, never);
    expect(await filesIn(bench.root)).toEqual([held]);
    await bench.prove();
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([held]);
    await bench.inbox.clear(true, never);
    expect(await filesIn(bench.root)).toEqual([]);
  });

  it.each([
    ['when it is due', false],
    ['when space is short', true],
  ] as const)(
    'stays %s while many videos change at once, and goes when that is over',
    async (_, spaceIsShort) => {
      const { bench, held } = await benchWithHeld('clip.mp4');
      await using _bench = bench;
      await bench.prove();
      bench.clock.advance(dayMs);
      changeManyVideos(bench.catalogue, bench.clock.nowMs());
      await bench.inbox.clear(spaceIsShort, never);
      expect(await filesIn(bench.root)).toEqual([held]);
      expect(bench.queries.condition('changes')).toEqual({ change: 'many-changed' });
      bench.clock.advance(dayMs + 60_000);
      await bench.inbox.clear(spaceIsShort, never);
      expect(await filesIn(bench.root)).toEqual([]);
    },
  );

  it('is still looked at while many videos change at once: what somebody wrote to it is taken', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    changeManyVideos(bench.catalogue, bench.clock.nowMs());
    const edited = someBytes();
    await writeFile(inside(bench, held), edited);
    await bench.inbox.clear(false, never);
    await until('the edited bytes', () => isHeld(bench, edited));
  });

  it('whose row was lost is taken again before it may go', async () => {
    const { bench, bytes, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    await bench.prove();
    for (const hold of holds(bench)) bench.catalogue.holds.remove(hold.id);
    bench.clock.advance(2 * dayMs);
    await until('a row again', async () => {
      await bench.inbox.clear(false, never);
      return holds(bench).length === 1;
    });
    expect(holds(bench)).toMatchObject([{ heldPath: held, digest: digestOf(bytes) }]);
    expect(await filesIn(bench.root)).toEqual([held]);
    expect(versions(bench)).toMatchObject([{ seenAgain: 1 }]);
    bench.clock.advance(dayMs);
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([]);
  });

  it('whose row was lost brings nothing back from the trash', async () => {
    const { bench } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    bench.database.sqlite.exec('UPDATE videos SET trashed_at_ms = 1');
    for (const hold of holds(bench)) bench.catalogue.holds.remove(hold.id);
    await until('a row again', async () => {
      await bench.inbox.clear(false, never);
      return holds(bench).length === 1;
    });
    expect(bench.database.sqlite.prepare('SELECT trashed_at_ms FROM videos').pluck().all()).toEqual([1]);
  });

  it('is found and taken again after the catalogue was lost with everything in it', async () => {
    const { bench, bytes } = await benchWithHeld('clip.mp4');
    await bench.stop();
    for (const table of ['holds', 'versions', 'videos', 'copies'])
      bench.database.sqlite.exec(`DELETE FROM ${table}`);
    await using after = await bench.restart();
    await until('the bytes are known again', () => isHeld(after, bytes));
    await until('the row', () => holds(after).length === 1);
  });

  it('is not taken from the hold while its writer still writes, though no row knows it', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await mkdir(join(bench.root, '.reelhold-hold/lost'), { recursive: true });
    await using writer = await open(join(bench.root, '.reelhold-hold/lost/slow.mp4'), 'w');
    const lookAtHold = async () => {
      await bench.inbox.clear(false, never);
      await always('it is not taken', () => versions(bench).length === 0, 100);
    };
    const bytes = await writeOn(writer, 8, async () => {
      await lookAtHold();
      bench.clock.advance(45_000);
      await lookAtHold();
    });
    await patiently(bench, 'it was taken', () => isHeld(bench, bytes));
    expect(versions(bench)).toHaveLength(1);
  });

  it('goes even where a file browser left its own files beside it, and those are never taken', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    const folder = join(bench.root, held, '..');
    for (const name of ['.DS_Store', 'Thumbs.db', '._clip.mp4', 'notes.txt'])
      await writeFile(join(folder, name), 'x');
    await writeFile(join(folder, 'empty.mp4'), '');
    await bench.prove();
    bench.clock.advance(dayMs);
    await bench.inbox.clear(false, never);
    await always('nothing else is taken', () => versions(bench).length === 1, 3 * quietMs);
    expect(await filesIn(bench.root)).not.toContain(held);
    expect((await readdir(folder)).length).toBe(5);
  });

  it('that cannot be removed keeps no other from going', async ({ skip }) => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'first.mp4');
    const stuck = await untilHeld(bench, 'first.mp4');
    await put(bench, 'second.mp4');
    await untilHeld(bench, 'second.mp4');
    using immutable = makeImmutable(join(bench.root, stuck));
    if (immutable === null) skip('needs a file that even its owner cannot remove (chattr +i, as root)');
    await bench.prove();
    bench.clock.advance(dayMs);
    await bench.inbox.clear(false, never);
    expect(await filesIn(bench.root)).toEqual([stuck]);
    expect(holds(bench)).toMatchObject([{ heldPath: stuck }]);
  });

  it('is not forgotten while the inbox is away, nor where an empty folder stands in its place', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    const [row] = holds(bench);
    await rename(bench.root, `${bench.root}-away`);
    await bench.inbox.clear(false, never);
    expect(holds(bench)).toEqual([row]);
    await mkdir(bench.root);
    await bench.inbox.lookAround(never);
    await bench.inbox.clear(false, never);
    expect(holds(bench)).toEqual([row]);
    await rm(bench.root, { recursive: true });
    await rename(`${bench.root}-away`, bench.root);
    await bench.inbox.lookAround(never);
    await bench.inbox.clear(false, never);
    expect(holds(bench)).toEqual([row]);
    expect(versions(bench)).toMatchObject([{ seenAgain: 0 }]);
    expect((await stat(inside(bench, held))).isFile()).toBe(true);
  });

  it('that the owner takes back out is a file of the inbox again', async () => {
    const { bench, held } = await benchWithHeld('clip.mp4');
    await using _ = bench;
    await rename(inside(bench, held), inside(bench, 'clip.mp4'));
    const again = await until('it is held afresh', async () =>
      (await filesIn(bench.root)).find((path) => path.startsWith('.reelhold-hold/') && path !== held),
    );
    await until('one row', () => holds(bench).length === 1);
    expect(holds(bench)[0]?.heldPath).toBe(again);
  });
});

async function writeOn(writer: FileHandle, times: number, meanwhile: () => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let time = 0; time < times; time += 1) {
    chunks.push(someBytes(3_000));
    await writer.write(chunks.at(-1) as Buffer);
    await meanwhile();
  }
  return Buffer.concat(chunks);
}
