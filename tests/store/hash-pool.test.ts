import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { slotsPerThread } from '#store/hash-job.ts';
import { createHashPool, type HashPool } from '#store/hash-pool.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { signal } = new AbortController();
const fileOf = (name: string, content: string) => {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
};
const largeFile = () => {
  const path = fileOf('large', '');
  truncateSync(path, 400 * 1024 * 1024);
  return path;
};
const run = (pool: HashPool, path: string, options: Partial<Parameters<HashPool['run']>[1]> = {}) =>
  pool.run({ kind: 'hash', path }, { signal, ...options });
/** What keeps this process from ending. */
const timersLeft = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a pool of threads', () => {
  it('gives each of many jobs its own answer', async () => {
    await using pool = createHashPool(2);
    const contents = Array.from({ length: 100 }, (_, index) => `content ${index}`);
    const results = await Promise.all(
      contents.map((content, index) => run(pool, fileOf(`${index}`, content))),
    );
    const hexes = results.map((result) => (result.kind === 'hashed' ? `sha256:${result.hex}` : result.kind));
    expect(hexes).toEqual(contents.map((content) => digestOf(content)));
  });

  it('answers with the error of the job, as the thread said it', async () => {
    await using pool = createHashPool(1);
    const path = join(folder.path, 'none');
    await expect(run(pool, path)).rejects.toMatchObject({
      name: 'ReelholdError',
      kind: 'missing',
      side: 'vault',
      retryable: false,
      cause: { code: 'ENOENT' },
      message: `read back ${path}: it is not there (ENOENT)`,
    });
  });

  it('goes on after a job that failed', async () => {
    await using pool = createHashPool(1);
    await expect(run(pool, '/none')).rejects.toThrow();
    expect(await run(pool, fileOf('a', 'a'))).toMatchObject({
      kind: 'hashed',
    });
  });

  it('outlives the death of a thread, which is an error of what ran in it', async () => {
    await using pool = createHashPool(1);
    const born = new Promise<Worker>((resolve) => process.once('worker', resolve));
    const doomed = Array.from({ length: slotsPerThread }, () => run(pool, largeFile()));
    const waiting = run(pool, fileOf('a', 'a'));
    await (await born).terminate();
    for (const result of await Promise.allSettled(doomed)) {
      const reason = { name: 'ReelholdError', kind: 'io', retryable: true };
      expect(result).toMatchObject({ status: 'rejected', reason });
    }
    expect(await waiting).toMatchObject({ kind: 'hashed' });
  });

  it('goes on when a thread died that had nothing to do', async () => {
    await using pool = createHashPool(1);
    const born = new Promise<Worker>((resolve) => process.once('worker', resolve));
    await run(pool, fileOf('a', 'a'));
    await (await born).terminate();
    expect(await run(pool, fileOf('b', 'b'))).toMatchObject({ kind: 'hashed' });
  });
});

describe('a job that is called off', () => {
  it('before it begins never begins', async () => {
    await using pool = createHashPool(1);
    const aborted = run(pool, fileOf('a', 'a'), { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('while it runs breaks off, and the thread goes on with the next', async () => {
    await using pool = createHashPool(1);
    const controller = new AbortController();
    const aborted = run(pool, largeFile(), { signal: controller.signal });
    const next = run(pool, fileOf('a', 'a'));
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ kind: 'aborted' });
    expect(await next).toMatchObject({ kind: 'hashed' });
  });

  it('while it waits is taken out of the queue, and leaves no timer behind', async () => {
    await using pool = createHashPool(1);
    const before = timersLeft();
    const controller = new AbortController();
    const path = largeFile();
    const options = { signal: controller.signal, onProgress: () => {} };
    const runs = Array.from({ length: 3 * slotsPerThread }, () => run(pool, path, options));
    controller.abort();
    for (const result of await Promise.allSettled(runs)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'aborted' } });
    }
    expect(timersLeft()).toBeLessThanOrEqual(before);
  });
});

describe('a pool that is closed', () => {
  it('lets nobody wait for an answer that never comes', async () => {
    const pool = createHashPool(1);
    const before = timersLeft();
    const path = largeFile();
    const options = { onProgress: () => {} };
    const runs = Promise.allSettled(
      Array.from({ length: 3 * slotsPerThread }, () => run(pool, path, options)),
    );
    await pool[Symbol.asyncDispose]();
    for (const result of await runs) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'aborted' } });
    }
    expect(timersLeft()).toBeLessThanOrEqual(before);
  });
});

describe('a job that is held back', () => {
  const stage = (pool: HashPool, name: string, options: Partial<Parameters<HashPool['run']>[1]>) => {
    const target = join(folder.path, `${name}.copy`);
    const source = Buffer.from(join(folder.path, name));
    const job = { kind: 'stage', source, within: null, target, tryReflink: false, also: null } as const;
    return pool.run(job, { signal, ...options });
  };
  const never = { take: () => 0, giveBack() {} };

  it('takes as long as it must, and gives back what it did not need', async () => {
    await using pool = createHashPool(1);
    fileOf('slow', 'x'.repeat(5_000));
    let [given, back, asked] = [0, 0, 0];
    const throttle = {
      take: () => {
        asked += 1;
        given += 1_500;
        return 1_500;
      },
      giveBack: (bytes: number) => {
        back += bytes;
      },
    };
    const result = await stage(pool, 'slow', { throttle });
    expect(result).toMatchObject({ kind: 'staged', hex: digestOf('x'.repeat(5_000)).slice(7) });
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(given - back).toBe(5_000);
  });

  it('keeps no other job of its thread waiting', async () => {
    await using pool = createHashPool(1);
    const controller = new AbortController();
    fileOf('slow', 'slow');
    const held = stage(pool, 'slow', { throttle: never, signal: controller.signal });
    fileOf('quick', 'quick');
    expect(await stage(pool, 'quick', {})).toMatchObject({ kind: 'staged' });
    controller.abort();
    await expect(held).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('is called off while it waits, and leaves nothing', async () => {
    await using pool = createHashPool(1);
    const controller = new AbortController();
    fileOf('slow', 'slow');
    const held = stage(pool, 'slow', { throttle: never, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(held).rejects.toMatchObject({ kind: 'aborted' });
    expect(existsSync(join(folder.path, 'slow.copy'))).toBe(false);
  });
});
