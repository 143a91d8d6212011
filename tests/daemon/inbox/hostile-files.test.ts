import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { decodeName } from '#core/file-name.ts';
import { createMemoryBlobStore } from '#store/memory-blob-store.ts';
import {
  type InboxBench,
  isHeld,
  openBench,
  patiently,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { until } from '#tests/support/until.ts';

const quietMs = 250;
const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;

/** A video put last: once it is taken, whatever came before would have been too. */
async function untilOtherIsTaken(bench: InboxBench): Promise<void> {
  await sleep(2 * quietMs);
  const bytes = await put(bench, 'an ordinary video.mp4');
  await until('the ordinary video', () => isHeld(bench, bytes));
}

function expectNothingElse(bench: InboxBench): void {
  expect(versions(bench)).toMatchObject([{ name: 'an ordinary video.mp4' }]);
  expect(bench.queries.arrivals(10).items).toEqual([]);
}

describe('what is no regular file', () => {
  it('such as a link to a file is neither followed nor taken, put before or after the start', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await writeFile(`${root}/../outside.mp4`, someBytes());
        await symlink('../outside.mp4', `${root}/before.mp4`);
      },
    });
    await symlink('../outside.mp4', `${bench.root}/after.mp4`);
    await symlink('nowhere', `${bench.root}/dangling.mp4`);
    await untilOtherIsTaken(bench);
    expectNothingElse(bench);
  });

  it('such as a link to a folder is not walked, put before or after the start', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await mkdir(`${root}/../outside`);
        await writeFile(`${root}/../outside/private.mp4`, someBytes());
        await symlink('../outside', `${root}/before`);
      },
    });
    await symlink('../outside', `${bench.root}/after`);
    await writeFile(`${bench.folder}/outside/later.mp4`, someBytes());
    await symlink('.', `${bench.root}/loop`);
    await untilOtherIsTaken(bench);
    await bench.inbox.lookAround(never);
    expectNothingElse(bench);
  });

  it('such as a FIFO, a socket or a device is never opened', async () => {
    const make = (root: string, name: string) => {
      execFileSync('mkfifo', [join(root, `${name} fifo.mp4`)]);
      if (!isRoot) return;
      execFileSync('mknod', [join(root, `${name} terminal.mp4`), 'c', '5', '0']);
      execFileSync('mknod', [join(root, `${name} zeros.mp4`), 'c', '1', '5']);
      execFileSync('mknod', [join(root, `${name} disk.mp4`), 'b', '7', '250']);
    };
    await using bench = await openBench({ quietMs, prepare: async (root) => make(root, 'before') });
    make(bench.root, 'after');
    const socket = createServer().listen(join(bench.root, 'socket.mp4'));
    // Whoever opened the FIFO for reading would let this writer go on.
    const writer = spawn('sh', ['-c', `echo opened > '${join(bench.root, 'after fifo.mp4')}'`]);
    await untilOtherIsTaken(bench);
    expectNothingElse(bench);
    expect(writer.exitCode).toBeNull();
    writer.kill('SIGKILL');
    socket.close();
  });

  it('that takes the place of a file that settled is not followed', async () => {
    let swapped = false;
    await using bench = await openBench({
      quietMs,
      wrapStore: (store) => ({
        ...store,
        async stage(source, options) {
          if (!swapped && source.path.endsWith('swapped.mp4')) {
            await unlink(source.path);
            await symlink('../outside.mp4', source.path);
            swapped = true;
          }
          return store.stage(source, options);
        },
      }),
      prepare: (root) => writeFile(`${root}/../outside.mp4`, someBytes()),
    });
    await put(bench, 'swapped.mp4');
    await until('the swap', () => swapped);
    await untilOtherIsTaken(bench);
    expectNothingElse(bench);
  });
});

describe('a link in the place of the hold', () => {
  it('is not followed: the original stays where it is', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await mkdir(`${root}/../outside/1`, { recursive: true });
        await writeFile(`${root}/../outside/1/private.mp4`, someBytes());
        await symlink('../outside', `${root}/.reelhold-hold`);
      },
    });
    const bytes = await put(bench, 'clip.mp4');
    await until('it is taken', () => isHeld(bench, bytes));
    await until('it is told', () =>
      bench.log.lines.some(({ message }) => message.includes('could not be moved')),
    );
    await bench.inbox.clear(true, never);
    expect(await readdir(bench.root)).toContain('clip.mp4');
    expect(await readdir(join(bench.folder, 'outside'))).toEqual(['1']);
    expect(versions(bench)).toHaveLength(1);
  });

  it('is not walked either where it stands for one place in it', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await mkdir(`${root}/../outside`);
        await writeFile(`${root}/../outside/private.mp4`, someBytes());
        await mkdir(`${root}/.reelhold-hold`);
        await symlink('../../outside', `${root}/.reelhold-hold/1`);
      },
    });
    await untilOtherIsTaken(bench);
    await bench.inbox.clear(true, never);
    await sleep(2 * quietMs);
    await bench.inbox.clear(true, never);
    expectNothingElse(bench);
    expect(bench.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});

describe('a place in the inbox that cannot be looked at', () => {
  it.each(['locked', 'DCIM'])(
    'such as a folder (%s) without permission hides only itself',
    async (locked) => {
      if (!isRoot) return;
      await using bench = await openBench({ quietMs, wrapStore: createMemoryBlobStore });
      const outside = join(bench.folder, 'outside');
      await mkdir(join(outside, locked), { recursive: true });
      await writeFile(join(outside, locked, 'hidden.mp4'), someBytes());
      await writeFile(join(outside, 'open.mp4'), someBytes());
      await chmod(join(outside, locked), 0);
      using _ = becomeNobody(bench.folder);
      await rename(outside, join(bench.root, 'a'));
      await put(bench, 'top.mp4');
      const names = () => versions(bench).map(({ name }) => name);
      await until('what can be read', () => names().length === 2);
      expect(names().sort()).toEqual(['open.mp4', 'top.mp4']);
      await until('it is said', () => bench.queries.condition('inbox:inbox')?.state === 'watched-partly');
      await chmod(join(bench.root, 'a', locked), 0o700);
      await bench.inbox.lookAround(never);
      await until('what could not be read before', () => names().includes('hidden.mp4'));
    },
  );

  it.for([
    ['closed', 0],
    ['closed to those who do not know the names in it', 0o111],
  ] as const)(
    'such as a folder that is %s while files in it wait keeps no other waiting',
    async ([, mode], { skip }) => {
      if (!isRoot) skip(needsRoot);
      await using bench = await openBench({ quietMs: 60_000, wrapStore: createMemoryBlobStore });
      await mkdir(join(bench.folder, 'a'));
      await writeFile(join(bench.folder, 'a/waits.mp4'), someBytes());
      using _ = becomeNobody(bench.folder);
      await rename(join(bench.folder, 'a'), join(bench.root, 'a'));
      await until('it is seen', () => bench.queries.arrivals(1).total === 1);
      await chmod(join(bench.root, 'a'), mode);
      const top = await put(bench, 'top.mp4');
      await patiently(bench, 'the other one', () => isHeld(bench, top));
      await bench.inbox.lookAround(never);
      expect(bench.queries.condition('inbox:inbox')?.state).toBe('watched-partly');
      expect(versions(bench)).toHaveLength(1);
      const said = bench.log.lines.map(({ message }) => message);
      expect(said).toContain('A folder in the inbox could not be looked at.');
      expect(said).not.toContain('The inbox could not be looked at; trying again.');
      await chmod(join(bench.root, 'a'), 0o700);
      await patiently(bench, 'what could not be read before', () => versions(bench).length === 2);
    },
  );

  it('such as a path longer than the system can name hides only itself', async () => {
    await using bench = await openBench({
      quietMs,
      async prepare(root) {
        await writeFile(`${root}/zz.mp4`, someBytes());
        await mkdir(`${root}/aa`);
        const goDown =
          'for n in $(seq 20); do mkdir "$0$n" && cd "$0$n" || exit 1; done; echo deep > deep.mp4';
        execFileSync('bash', ['-c', goDown, 'x'.repeat(250)], { cwd: `${root}/aa` });
      },
    });
    await until('the file that can be named', () => versions(bench).length === 1);
    expect(bench.queries.condition('inbox:inbox')?.state).not.toBe('gone');
    execFileSync('rm', ['-rf', join(bench.root, 'aa')]);
  });

  it('such as a folder whose name a watcher cannot say is looked through every 5 minutes', async () => {
    await using bench = await openBench({ quietMs, clock: createTestClock(Number.POSITIVE_INFINITY) });
    const folder = decodeName(Buffer.of(0x66, 0xe9));
    const first = await put(bench, `${folder}/first.mp4`);
    await until('the first file', () => isHeld(bench, first));
    expect(bench.queries.condition('inbox:inbox')?.state).toBe('watched-partly');
    const second = await put(bench, `${folder}/second.mp4`);
    await sleep(1_500);
    bench.clock.advance(5 * 60_000);
    await put(bench, 'wakes it up.mp4');
    await until('the second file', () => isHeld(bench, second));
  });

  it('such as a file that may not be read waits, and is taken once it may', async ({ skip }) => {
    if (!isRoot) skip(needsRoot);
    await using bench = await openBench({ quietMs, wrapStore: createMemoryBlobStore });
    await writeFile(join(bench.folder, 'locked.mp4'), someBytes());
    await chmod(join(bench.folder, 'locked.mp4'), 0);
    {
      using _ = becomeNobody(bench.folder);
      await rename(join(bench.folder, 'locked.mp4'), join(bench.root, 'locked.mp4'));
      const row = () => bench.queries.arrivals(10).items[0];
      await until('it waits', () => row()?.state === 'waiting');
      expect(row()?.reason).toBe('source-denied');
    }
    bench.clock.advance(60_000);
    await until('it is taken', () => versions(bench).length === 1);
  });
});

const needsRoot = 'needs root, to be somebody else for a while';

/** Root may read everything: it gives what it has away, and lays its rights down until this is disposed. */
function becomeNobody(folder: string): Disposable {
  execFileSync('chown', ['-R', 'nobody', folder]);
  process.seteuid?.('nobody');
  return { [Symbol.dispose]: () => process.seteuid?.(0) };
}
