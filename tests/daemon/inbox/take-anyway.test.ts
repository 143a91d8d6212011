import { mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isReelholdError } from '#core/errors.ts';
import { decodeName } from '#core/file-name.ts';
import { digestOf } from '#tests/support/digests.ts';
import {
  condition,
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
import { createTestClock } from '#tests/support/test-clock.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 250;
const never = new AbortController().signal;
const left = (bench: InboxBench) => condition(bench)?.left.paths;

/** The first look may be under way, from before a file came. */
async function lookAround(bench: InboxBench): Promise<void> {
  await until('the first look', () => condition(bench) !== null);
  await bench.inbox.lookAround(never);
}

/** Why it was refused, and what to do. */
async function refusal(taking: Promise<unknown>): Promise<readonly unknown[]> {
  const error = await taking.then(
    () => null,
    (failure: unknown) => failure,
  );
  return isReelholdError(error) ? [error.kind, error.hint] : [error];
}

describe.concurrent('a file that is no video', () => {
  it('is listed, and taken as a video of its own when the owner says so, once it has settled', async () => {
    await using bench = await openBench({ quietMs });
    const name = `a/${decodeName(Buffer.of(0x63, 0x61, 0x66, 0xe9))}.txt`;
    const bytes = await put(bench, name);
    await lookAround(bench);
    expect(left(bench)).toEqual([name]);
    expect(versions(bench)).toEqual([]);
    expect(await bench.inbox.takeAnyway(name)).toEqual({ kind: 'settling' });
    expect(bench.queries.arrivals(1).items).toMatchObject([{ path: name, state: 'settling' }]);
    await until('it is taken', () => isHeld(bench, bytes));
    expect(versions(bench)).toMatchObject([{ number: 1, digest: digestOf(bytes) }]);
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    await until('it is listed no more', () => left(bench)?.length === 0);
  });

  it('is remembered as wanted over a restart', async () => {
    const bench = await openBench({ quietMs: 60_000 });
    const bytes = await put(bench, 'notes.txt');
    await lookAround(bench);
    expect(await bench.inbox.takeAnyway('notes.txt')).toEqual({ kind: 'settling' });
    await using after = await bench.restart({ quietMs });
    await until('it is taken', () => isHeld(after, bytes));
  });

  it('stays in an inbox that is kept, is not taken twice, and is listed again when it changes', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    const bytes = await put(bench, 'notes.txt');
    await put(bench, 'others.txt');
    await lookAround(bench);
    await bench.inbox.takeAnyway('notes.txt');
    await until('it is taken', () => isHeld(bench, bytes));
    await lookAround(bench);
    expect(left(bench)).toEqual(['others.txt']);
    expect(await bench.inbox.takeAnyway('notes.txt')).toMatchObject({ outcome: { kind: 'held' } });
    await put(bench, 'notes.txt');
    await lookAround(bench);
    expect(left(bench)).toEqual(['notes.txt', 'others.txt']);
    expect(versions(bench)).toHaveLength(1);
  });

  it('is named up to a hundred of its kind, and counted beyond', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        for (let n = 0; n < 130; n += 1) await writeFile(join(root, `picture ${n}.jpg`), 'x');
      },
    });
    await until('the look', () => condition(bench)?.left.total === 130);
    expect(left(bench)).toHaveLength(100);
  });

  it('that comes while the inbox is watched is listed within a minute or two', async () => {
    await using bench = await openBench({ quietMs });
    await until('the first look', () => condition(bench)?.state === 'watched');
    await put(bench, 'late.txt');
    await until('the event, and time', () => {
      bench.clock.advance(10_000);
      return left(bench)?.includes('late.txt');
    });
  });
});

describe.concurrent('a file that is held back', () => {
  const holdBack = async (bench: InboxBench, path: string) => {
    const row = await until('the sighting', () => bench.catalogue.sightings.find('inbox', path));
    bench.catalogue.sightings.update(row.id, { state: 'waiting', reason: 'looks-unfinished' }, 0);
  };

  it('is taken at once, as it is', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    const bytes = await put(bench, 'clip.mp4');
    await lookAround(bench);
    await holdBack(bench, 'clip.mp4');
    expect(await bench.inbox.takeAnyway('clip.mp4')).toMatchObject({
      kind: 'taken',
      outcome: { kind: 'new-video' },
    });
    expect(isHeld(bench, bytes)).toBe(true);
    expect(bench.catalogue.holds.list('inbox')).toHaveLength(1);
  });

  it('but has changed since waits until it has settled', async () => {
    await using bench = await openBench({ quietMs: 60_000 });
    await put(bench, 'clip.mp4');
    await lookAround(bench);
    await holdBack(bench, 'clip.mp4');
    const bytes = await put(bench, 'clip.mp4');
    expect(await bench.inbox.takeAnyway('clip.mp4')).toEqual({ kind: 'settling' });
    await patiently(bench, 'it is taken', () => isHeld(bench, bytes));
  });

  it('stays where it is when there is no room for it', async () => {
    const full = { totalBytes: 1e12, freeBytes: 0 };
    await using bench = await openBench({ quietMs: 60_000, readSpace: async () => full });
    await put(bench, 'clip.mp4');
    await lookAround(bench);
    await holdBack(bench, 'clip.mp4');
    expect(await refusal(bench.inbox.takeAnyway('clip.mp4'))).toEqual([
      'full',
      'It stays in the inbox, and is taken when there is room.',
    ]);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    expect(bench.queries.arrivals(1).items).toMatchObject([{ state: 'waiting', reason: 'vault-full' }]);
  });
});

describe.concurrent('what is no file of the inbox', () => {
  it.each([
    ['not there', 'nothing.txt', 'missing'],
    ['a folder', 'folder', 'missing'],
    ['a link', 'link.txt', 'missing'],
    ['above it', '../outside.txt', 'unsupported'],
    ['above it, by a way round', 'folder/../../outside.txt', 'unsupported'],
    ['somewhere else', '/etc/passwd', 'unsupported'],
    ['an end of a name', 'notes.txt\0', 'unsupported'],
    ['in the hold', '.reelhold-hold/x/clip.mp4', 'unsupported'],
    ['an unfinished copy', 'clip.mp4.part', 'unsupported'],
    ['empty', 'empty.txt', 'unsupported'],
    ['the inbox', '', 'unsupported'],
  ])('as it is %s, is refused', async (_, path, kind) => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await mkdir(join(root, 'folder'));
        await writeFile(join(root, '../outside.txt'), 'secret');
        await symlink(join(root, '../outside.txt'), join(root, 'link.txt'));
        await writeFile(join(root, 'empty.txt'), '');
        await writeFile(join(root, 'clip.mp4.part'), 'x');
      },
    });
    await lookAround(bench);
    const [found] = await refusal(bench.inbox.takeAnyway(path));
    expect(found).toBe(kind);
    expect(bench.queries.arrivals(1).total).toBe(0);
  });

  it('is not reached by a folder that is a link', async () => {
    await using bench = await openBench({ quietMs });
    await until('the first look', () => condition(bench)?.state === 'watched');
    await mkdir(join(bench.folder, 'elsewhere'));
    await writeFile(join(bench.folder, 'elsewhere/secret.txt'), 'secret');
    await symlink(join(bench.folder, 'elsewhere'), join(bench.root, 'link'));
    await bench.inbox.takeAnyway('link/secret.txt');
    await always('it is not taken', () => versions(bench).length === 0, 4 * quietMs);
  });

  it('is said to be out of reach while the inbox is not there', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'notes.txt');
    await rename(bench.root, `${bench.root}-away`);
    const [kind] = await refusal(bench.inbox.takeAnyway('notes.txt'));
    expect(kind).toBe('unreachable');
  });
});

describe.concurrent('a project in an inbox', () => {
  const longAgo = new Date(Date.now() - 30 * 24 * 60 * 60_000);

  it('that rests for days lets its inbox be emptied', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await writeFile(join(root, 'cut.prproj'), 'project');
        await utimes(join(root, 'cut.prproj'), longAgo, longAgo);
      },
    });
    await put(bench, 'clip.mp4');
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    expect(condition(bench)).toMatchObject({ mode: 'consume', forcedBy: null });
  });

  it('has the inbox left alone from the moment that it is worked on again', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await writeFile(join(root, 'cut.prproj'), 'project');
        await utimes(join(root, 'cut.prproj'), longAgo, longAgo);
      },
    });
    await until('the first look', () => condition(bench)?.mode === 'consume');
    await writeFile(inside(bench, 'cut.prproj'), 'project, saved again');
    await until('it is noticed', () => condition(bench)?.forcedBy?.by === 'project-recent');
    const bytes = await put(bench, 'clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    expect(await filesIn(bench.root)).toContain('clip.mp4');
  });

  it('lets it be emptied again days after it was last worked on', async () => {
    const clock = createTestClock();
    await using bench = await openBench({ quietMs, clock });
    await writeFile(inside(bench, 'cut.prproj'), 'project');
    await until('it is noticed', () => condition(bench)?.forcedBy?.by === 'project-recent');
    clock.advance(8 * 24 * 60 * 60_000);
    await lookAround(bench);
    expect(condition(bench)).toMatchObject({ mode: 'consume', forcedBy: null });
    const bytes = someBytes();
    await put(bench, 'clip.mp4', bytes);
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
  });
});
