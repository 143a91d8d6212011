import { describe, expect, it } from 'vitest';
import type { ListedAlgorithm } from '#core/hash-list.ts';
import { createStageHash } from '#store/stage-hash.ts';
import { digestOf } from '#tests/support/digests.ts';
import { filesIn, type InboxBench, patiently, put, versions } from '#tests/support/inbox-bench.ts';
import { film, openListBench as openBench, putHistory, rowOf } from '#tests/support/list-bench.ts';
import { ascMhl, classicMhl } from '#tests/support/mhl.ts';
import { until } from '#tests/support/until.ts';

const quietMs = 200;

interface ListedFilm {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isGood: boolean;
}

async function listedHash(algorithm: ListedAlgorithm, bytes: Uint8Array): Promise<string> {
  const hash = await createStageHash(algorithm);
  hash.update(bytes);
  return hash.digest().also ?? '';
}

/** What differs from its hash came in damaged, and nothing else did. */
function expectJudged({ database }: InboxBench, files: readonly ListedFilm[]): void {
  const damaged = database.sqlite.prepare('SELECT damaged FROM versions WHERE digest = ?').pluck();
  for (const { path, bytes, isGood } of files) {
    expect([path, damaged.get(digestOf(bytes))]).toEqual([path, isGood ? null : 'differs-from-list']);
  }
}

describe.concurrent('files that a list names', { timeout: 120_000 }, () => {
  it('are compared with their hash, whichever it is', async () => {
    await using bench = await openBench({ quietMs });
    const names = ['md5', 'sha1', 'xxh64', 'xxh3', 'xxh128', 'c4'] as const;
    const files = await Promise.all(
      names.flatMap((name) =>
        [true, false].map(async (isGood) => {
          const [bytes, other] = [film(), film()];
          const value = await listedHash(name, isGood ? bytes : other);
          return { path: `${name} ${isGood}.mov`, bytes, hash: [name, value] as const, isGood };
        }),
      ),
    );
    await putHistory(bench, 'card', ascMhl(files));
    for (const { path, bytes } of files) await put(bench, `card/${path}`, bytes);
    await patiently(bench, 'all', () => versions(bench).length === files.length);
    expectJudged(bench, files);
    const stay = files.filter(({ isGood }) => !isGood).map(({ path }) => `card/${path}`);
    await until('the good ones are cleared', async () => {
      const left = (await filesIn(bench.root)).filter((path) => /^card.*mov$/.test(path));
      return left.length === stay.length && stay.every((path) => left.includes(path));
    });
    for (const path of stay) expect(rowOf(bench, path)).toMatchObject({ state: 'taken', reason: 'damaged' });
  });

  it('are compared with the hashes of classic MHL that nobody writes any more, in either order of bytes', async () => {
    await using bench = await openBench({ quietMs });
    const reversed = (hex: string) => Buffer.from(hex, 'hex').reverse().toString('hex');
    const decimal = (hex: string) => String(Number.parseInt(hex, 16)).padStart(10, '0');
    const kinds = [
      ['xxhash', 'xxh32', decimal],
      ['xxhash', 'xxh32', (hex: string) => hex],
      ['xxhash', 'xxh32', reversed],
      ['xxhash64', 'xxh64', reversed],
      ['xxhash64', 'xxh64', (hex: string) => hex],
    ] as const;
    const files = await Promise.all(
      kinds.flatMap(([name, algorithm, write], n) =>
        [true, false].map(async (isGood) => {
          const [bytes, other] = [film(), film()];
          const value = write(await listedHash(algorithm, isGood ? bytes : other));
          return { path: `${n} ${isGood}.mov`, bytes, hash: [name, value] as const, isGood };
        }),
      ),
    );
    await put(bench, 'card/card.mhl', Buffer.from(classicMhl(files)));
    for (const { path, bytes } of files) await put(bench, `card/${path}`, bytes);
    await patiently(bench, 'all', () => versions(bench).length === files.length);
    expectJudged(bench, files);
  });
});
