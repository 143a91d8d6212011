import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CipherEntry } from '#core/ports/cipher-ledger.ts';
import { createCipherLedger } from '#daemon/places/cipher-ledger.ts';
import { digestOf } from '#tests/support/digests.ts';
import { openMemoryArchive, openTestArchive } from '#tests/support/memory-archive.ts';
import { readJournal } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

function entryOf(path: string, bytes: string): CipherEntry {
  return {
    ...{ path, cipherPath: `names/of ${path.slice(-8)}`, cipherSizeBytes: bytes.length },
    ...{ cipherDigest: digestOf(bytes), cipherHashes: { md5: bytes } },
  };
}

const hex = digestOf('a film').slice('sha256:'.length);
const blob = `blobs/sha256/${hex.slice(0, 2)}/${hex}.mp4`;

describe('what was encrypted for a place', () => {
  it('is known again when the catalogue is lost, and of each file what was made last', async () => {
    using archive = openMemoryArchive(join(folder.path, 'before'));
    const ledger = createCipherLedger(archive, 'cloud');
    await ledger.record([entryOf(blob, 'first')]);
    await ledger.record([entryOf(blob, 'second')]);

    using after = openTestArchive(join(folder.path, 'after'), archive.store, archive.journal);
    await after.reconcile();
    const found = createCipherLedger(after, 'cloud');
    expect(await found.find(blob)).toEqual(entryOf(blob, 'second'));
    expect(await found.findByCipherPath(entryOf(blob, '').cipherPath)).toEqual(entryOf(blob, 'second'));
    expect(await createCipherLedger(after, 'another').find(blob)).toBeNull();
  });

  it('is in the journal before whoever noted it goes on, a group as one record', async () => {
    using archive = openMemoryArchive(join(folder.path, 'before'));
    const other = blob.replace('.mp4', '.mov');
    const entries = [entryOf(blob, 'one'), entryOf(other, 'two')];
    await createCipherLedger(archive, 'cloud').record(entries);
    expect(await readJournal(archive.journal)).toMatchObject([
      { kind: 'cipher', location: 'cloud', files: entries },
    ]);
  });

  it('is no matter of the journal where it is about the journal itself', async () => {
    using archive = openMemoryArchive(join(folder.path, 'before'));
    const ledger = createCipherLedger(archive, 'cloud');
    const segment = entryOf('journal/one.jsonl', 'a segment');
    await ledger.record([segment]);
    await ledger.record([]);
    expect(await ledger.find(segment.path)).toEqual(segment);
    expect(await readJournal(archive.journal)).toEqual([]);
  });

  it('outlasts that the rows are made again from the journal', async () => {
    using archive = openMemoryArchive(join(folder.path, 'before'));
    const ledger = createCipherLedger(archive, 'cloud');
    await ledger.record([entryOf(blob, 'first'), entryOf('index/one.tsv', 'an index')]);
    await ledger.record([entryOf(blob, 'second')]);
    await archive.reconcile({}, { fromScratch: true });
    expect(await ledger.find(blob)).toEqual(entryOf(blob, 'second'));
    expect(await ledger.find('index/one.tsv')).toEqual(entryOf('index/one.tsv', 'an index'));
  });
});
