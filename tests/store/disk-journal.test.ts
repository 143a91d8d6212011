import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatRecord } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import { readRecords } from '#core/segment-records.ts';
import { createDiskJournal } from '#store/disk-journal.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import { recordOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (...parts: readonly string[]) => join(folder.path, ...parts);
let journal: Journal;

beforeEach(() => {
  for (const name of ['journal', 'index', 'staging']) mkdirSync(at(name));
  journal = createDiskJournal({ root: folder.path });
});

const records = [
  recordOf({ ...videoFacts('rome'), title: 'R\uFFFDme 🎂' }, 1),
  recordOf(versionFacts('rome'), 2),
];
const row = { digest: digestOf('rome.1'), ext: 'mp4', readablePath: '2026/2026-11-22 rome/rome.mp4', seq: 2 };

/** Writes other bytes into a segment, as a dying disk does. */
function spoil(segment: string, change: (bytes: Buffer) => Uint8Array): void {
  chmodSync(at('journal', segment), 0o600);
  writeFileSync(at('journal', segment), change(readFileSync(at('journal', segment))));
}

/** What can be read of a segment that is not as it was written. */
async function readDamaged(segment: string) {
  const { content, isWhole } = await journal.read(segment);
  expect(isWhole).toBe(false);
  return readRecords(content);
}

describe('a segment on a disk', () => {
  it('is one line for each record, and its name says what sha256sum says', async () => {
    const { name: segment } = await journal.append(records, []);
    const text = readFileSync(at('journal', segment), 'utf8');
    expect(text).toBe(records.map((record) => `${formatRecord(record)}\n`).join(''));
    const said = execFileSync('sha256sum', [at('journal', segment)], { encoding: 'utf8' }).slice(0, 64);
    expect(parseSegmentName(segment)?.hash).toBe(said);
  });

  it('is read-only, has its index beside it, and leaves nothing in staging', async () => {
    const { name: segment } = await journal.append(records, [row]);
    const index = at('index', indexNameOf(segment));
    const hex = digestOf('rome.1').slice('sha256:'.length);
    expect(readFileSync(index, 'utf8')).toBe(
      `${hex}\tblobs/sha256/${hex.slice(0, 2)}/${hex}.mp4\t2026/2026-11-22 rome/rome.mp4\t2\n`,
    );
    for (const file of [index, at('journal', segment)]) expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('of records without a row has an index all the same', async () => {
    const { name: segment } = await journal.append(records, []);
    expect(readFileSync(at('index', indexNameOf(segment)), 'utf8')).toBe('');
  });

  it('is not whole after a bit of it was turned over, whichever', async () => {
    const { name: segment } = await journal.append(records, []);
    const good = readFileSync(at('journal', segment));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), async (offset, bit) => {
        const bytes = Buffer.from(good);
        bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
        spoil(segment, () => bytes);
        expect((await journal.read(segment)).isWhole).toBe(false);
      }),
    );
    spoil(segment, () => good);
    expect((await journal.read(segment)).isWhole).toBe(true);
  });

  it('is not whole where other bytes only look the same as text', async () => {
    const { name: segment } = await journal.append(records, []);
    spoil(segment, (bytes) => {
      const replacement = bytes.indexOf('\uFFFD');
      return Buffer.concat([
        bytes.subarray(0, replacement),
        Buffer.of(0xff),
        bytes.subarray(replacement + 3),
      ]);
    });
    expect(await readDamaged(segment)).toEqual(records);
  });

  it('that is torn gives what can be read of it', async () => {
    const { name: segment } = await journal.append(records, []);
    spoil(segment, (bytes) => bytes.subarray(0, bytes.length - 5));
    expect(await readDamaged(segment)).toEqual(records.slice(0, 1));
    spoil(segment, () => Buffer.alloc(500));
    expect(await readDamaged(segment)).toEqual([]);
    spoil(segment, () => Buffer.alloc(0));
    expect(await readDamaged(segment)).toEqual([]);
  });

  it('keeps records of kinds that this version does not know', async () => {
    const { name: segment } = await journal.append(records, []);
    const line = '{"seq":9,"writer":"0123456789ab","at":"","kind":"later"}';
    spoil(segment, () => Buffer.from(`${line}\n`));
    expect(await readDamaged(segment)).toMatchObject([{ kind: 'unknown', seq: 9, line }]);
  });
});

describe('what is no longer as it was written', () => {
  it('is put back, and the bad bytes are kept aside', async () => {
    const segment = await journal.append(records, [row]);
    spoil(segment.name, () => Buffer.from('bad'));
    rmSync(at('index', indexNameOf(segment.name)));
    await journal.mend(segment);
    expect(await journal.read(segment.name)).toEqual({ ...segment, isWhole: true });
    const [kept = '', ...others] = readdirSync(at('quarantine'));
    expect(others).toEqual([]);
    expect(readFileSync(at('quarantine', kept), 'utf8')).toBe('bad');
  });

  it('is not written again where it is as it was', async () => {
    const segment = await journal.append(records, [row]);
    const before = statSync(at('journal', segment.name)).ino;
    await journal.mend(segment);
    expect(statSync(at('journal', segment.name)).ino).toBe(before);
  });
});

describe('the folder of the journal', () => {
  it('may hold what others put there: it is passed over', async () => {
    const { name: segment } = await journal.append(records, []);
    for (const name of ['README.txt', '.DS_Store', `${segment}.part`, `._${segment}`, 'Thumbs.db']) {
      writeFileSync(at('journal', name), 'x');
    }
    expect(await journal.list()).toEqual([segment]);
  });

  it('that is not there holds no segments', async () => {
    rmSync(at('journal'), { recursive: true });
    expect(await journal.list()).toEqual([]);
  });

  it('that cannot be listed is an error, and not "no segments"', async () => {
    rmSync(at('journal'), { recursive: true });
    writeFileSync(at('journal'), '');
    await expect(journal.list()).rejects.toMatchObject({ name: 'ReelholdError', side: 'vault' });
  });

  it('that cannot be written to fails the append, and leaves nothing half done', async () => {
    rmSync(at('journal'), { recursive: true });
    await expect(journal.append(records, [row])).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
    expect(readdirSync(at('staging'))).toEqual([]);
  });

  it('is told from staging that cannot be written to', async () => {
    rmSync(at('staging'), { recursive: true });
    await expect(journal.append(records, [row])).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
    expect(await journal.list()).toEqual([]);
    expect(readdirSync(at('index'))).toEqual([]);
  });
});
