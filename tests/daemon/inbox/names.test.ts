import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeName } from '#core/candidates.ts';
import { blobPath } from '#core/digest.ts';
import { decodeName, encodeName } from '#core/file-name.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type InboxBench, inside, isHeld, openBench, put, someBytes } from '#tests/support/inbox-bench.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';
import { testSeed } from '#tests/support/seed.ts';
import { until } from '#tests/support/until.ts';

/** A name of any bytes, as the daemon keeps it in memory. */
const raw = (...parts: (number | string)[]) =>
  decodeName(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))),
  );

const names: readonly (readonly [what: string, name: string])[] = [
  ['emoji', '🎬 première 🏳️‍🌈.mp4'],
  ['a line break', 'two\nlines.mp4'],
  ['a turned direction', '\u202Egnp.4pm.mp4'],
  ['letters from right to left', 'שלום עולם.mp4'],
  ['an accent in one piece', 'caf\u00E9.mp4'],
  ['an accent of its own', 'cafe\u0301.mp4'],
  ['255 bytes', `${'n'.repeat(251)}.mp4`],
  ['255 bytes in half as many letters', `${'é'.repeat(125)}x.mp4`],
  ['a byte that is no UTF-8', raw('caf', 0xe9, '.mp4')],
  ['nothing that is UTF-8', raw(0xff, 0xfe, '.mp4')],
  ['a surrogate in bytes', raw('lone ', 0xed, 0xa0, 0x80, '.mp4')],
  ['a device name of Windows', 'CON.mp4'],
  ['a device name with two extensions', 'aux.con.mp4'],
  ['a device name with a space', 'NUL .mp4'],
  ['characters that Windows refuses', 'a:b*c?"d<e>f|g\\h.mp4'],
  ['a leading dash', '-rf.mp4'],
  ['the look of an option', '--version.mp4'],
  ['spaces around', ' leading and trailing .mp4'],
  ['dots in a row', 'dots...mp4'],
  ['the look of a command', '$(touch x); `id`.mp4'],
  ['quotes', 'quote\'s "quoted".mp4'],
  ['an encoded way out', '%2e%2e%2f.mp4'],
  ['control characters', 'tab\tbell\u0007esc\u001B[31m.mp4'],
  ['a byte order mark', '\uFEFFbom.mp4'],
  ['the look of an address', 'file:x.m3u8.mp4'],
  ['a folder that is no UTF-8', raw('sub ', 0xe9, '/inner.mp4')],
  ['folders of emoji', 'sub/📁/deep/inner 2.mp4'],
];

describe('a name', () => {
  let bench: InboxBench;
  const contents = new Map<string, Buffer>();
  beforeAll(async () => {
    bench = await openBench({ quietMs: 200 });
    for (const [, name] of names) contents.set(name, await put(bench, name));
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  it.each(names)('with %s is taken as it comes, and kept byte for byte', async (_what, name) => {
    const bytes = contents.get(name) ?? Buffer.alloc(0);
    await until('the bytes', () => isHeld(bench, bytes));
    expect(nameOf(bench, bytes)).toEqual(Buffer.from(encodeName(name.slice(name.lastIndexOf('/') + 1))));
    await expectInHold(bench, name, bytes);
  });

  it('of one look with another but with other bytes is another file', async () => {
    const composed = await put(bench, 'zo\u00EB.mp4');
    const decomposed = await put(bench, 'zoe\u0308.mp4');
    await until('both', () => isHeld(bench, composed) && isHeld(bench, decomposed));
  });

  it('made up by chance brings its file into vault and hold, and a safe path into the library', async () => {
    const made = fc.sample(anyFileName, { numRuns: 300, seed: testSeed() });
    const files = new Map<string, Buffer>();
    for (const name of made) {
      const path = `${decodeName(encodeName(name).subarray(0, 250))}.mp4`;
      if (judgeName(path) !== 'video' || files.has(path)) continue;
      files.set(path, await put(bench, path, someBytes(2_000)));
    }
    for (const [path, bytes] of files) {
      await until(JSON.stringify(path), () => isHeld(bench, bytes));
      await expectInHold(bench, path, bytes);
    }
    for (const folder of foldersOf(bench)) expectSafe(folder);
  });
});

function nameOf(bench: InboxBench, bytes: Buffer): Buffer {
  const row = bench.database.sqlite
    .prepare('SELECT name, name_base64 AS base64 FROM versions WHERE digest = ?')
    .get(digestOf(bytes)) as { name: string; base64: string | null };
  return row.base64 === null ? Buffer.from(row.name) : Buffer.from(row.base64, 'base64');
}

function foldersOf(bench: InboxBench): string[] {
  return bench.database.sqlite.prepare('SELECT folder FROM videos').pluck().all() as string[];
}

/** The original is in the hold, under its own name, and its bytes are a blob. */
async function expectInHold(bench: InboxBench, path: string, bytes: Buffer): Promise<void> {
  const hold = await until('its row', () =>
    bench.catalogue.holds.list('inbox').find((row) => row.digest === digestOf(bytes) && row.path === path),
  );
  const folder = inside(bench, `.reelhold-hold/${hold.id}`);
  const name = Buffer.from(encodeName(path.slice(path.lastIndexOf('/') + 1)));
  await until('the original in the hold', async () => {
    const found = await readdir(folder, { encoding: 'buffer' }).catch(() => []);
    return Buffer.concat(found).equals(name);
  });
  const ref = bench.catalogue.archive.blobRef(digestOf(bytes));
  expect(ref === null ? '' : blobPath(ref)).toMatch(/^blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}\.mp4$/);
  expect(ref === null ? null : await bench.store.verify(ref, new AbortController().signal)).toBe('good');
}

function expectSafe(folder: string): void {
  expect(folder).toMatch(/^\d{4}\/\d{4}-\d{2}-\d{2} /);
  expect(folder.isWellFormed()).toBe(true);
  for (const part of folder.split('/')) {
    expect(Buffer.byteLength(part)).toBeLessThanOrEqual(143);
    expect(part).not.toMatch(/[<>:"\\|?*\p{Cc}\p{Bidi_Control}]|[ .]$|^[ .-]/u);
  }
}
