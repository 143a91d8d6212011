import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartFacts } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { recordOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
const opened: MemoryArchive[] = [];

function open(name: string): MemoryArchive {
  mkdirSync(join(folder.path, name));
  const one = openMemoryArchive(join(folder.path, name));
  opened.push(one);
  return one;
}

beforeEach(() => {
  archive = open('first');
});
afterEach(() => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
});

const copyOf = (one: MemoryArchive, bytes: string) => one.catalogue.archive.copy(digestOf(bytes), location);
const ref = (bytes: string, ext = 'mp4') => ({ digest: digestOf(bytes), ext });
const dump = (one: MemoryArchive) =>
  dumpTables(one.database, { ...projectedColumns, copies: 'digest, location, state' });
const stageOnly = async (one: MemoryArchive, bytes: string, ext = 'mp4') => {
  const path = join(folder.path, 'blob');
  writeFileSync(path, bytes);
  const staged = await one.store.stage({ path, within: null }, { signal: new AbortController().signal });
  await one.store.store([{ staged, ext }]);
};

describe('at a start', () => {
  it('where all agree, nothing is written and nothing is said', async () => {
    await archive.take('Rome.mp4', 'a');
    const before = dump(archive);
    await archive.reconcile();
    await archive.reconcile();
    expect(dump(archive)).toEqual(before);
    expect(archive.log.lines).toEqual([]);
    expect(await archive.journal.list()).toHaveLength(1);
  });

  it('a catalogue that was lost is made again from the journal', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.take('Rome.mp4', 'b');
    await archive.take('Oslo.mp4', 'c');
    const rebuilt = open('rebuilt');
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    expect(dump(rebuilt)).toEqual(dump(archive));
  });

  it('a catalogue that is older than the journal catches up', async () => {
    const older = open('older');
    await archive.take('Rome.mp4', 'a');
    await older.reconcile({ journal: archive.journal, store: archive.store });
    await archive.take('Rome.mp4', 'b');
    await older.reconcile({ journal: archive.journal, store: archive.store });
    expect(dump(older)).toEqual(dump(archive));
  });

  it('a catalogue that is newer than the journal and the store loses nothing', async () => {
    await archive.take('Rome.mp4', 'a');
    const before = archive.catalogue.library.stale(9);
    const restored = open('restored');
    await archive.reconcile({ journal: restored.journal, store: restored.store });
    expect(archive.catalogue.library.stale(9)).toEqual(before);
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'missing', provenAtMs: null });
  });

  it('a segment that is not as it was written gives what can be read of it, and that is said', async () => {
    const records = [recordOf(versionFacts('rome'), 2)];
    const torn: Journal = {
      ...archive.journal,
      list: async () => ['torn'],
      read: async () => ({ records, whole: false }),
    };
    await archive.reconcile({ journal: torn });
    expect(archive.catalogue.archive.isHeld(digestOf('rome.1'))).toBe(true);
    expect(archive.log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { segment: 'torn' } }),
    );
  });

  it('a journal that cannot be read stops the start: that is not "no videos"', async () => {
    await archive.take('Rome.mp4', 'a');
    const away: Journal = { ...archive.journal, list: () => Promise.reject(new Error('not connected')) };
    const before = dump(archive);
    await expect(archive.reconcile({ journal: away })).rejects.toThrow('not connected');
    expect(dump(archive)).toEqual(before);
  });
});

describe('a blob without a record', () => {
  it('is adopted as a video of its own, and stays so', async () => {
    await stageOnly(archive, 'orphan');
    await archive.reconcile();
    const hex = digestOf('orphan').slice('sha256:'.length);
    expect(archive.catalogue.library.stale(9)).toMatchObject([
      { title: `Found ${hex.slice(-16)}`, versions: [{ ...ref('orphan'), number: 1 }] },
    ]);
    expect(copyOf(archive, 'orphan')).toMatchObject({ state: 'present', provenAtMs: null });
    const [segment] = await archive.journal.list();
    const { records } = await archive.journal.read(segment ?? '');
    expect(records.at(-1)).toMatchObject({ kind: 'version', how: 'found', sizeBytes: 6 });
    await archive.reconcile();
    expect(await archive.journal.list()).toHaveLength(1);
  });

  it('is adopted apart from every other, though their names are alike', async () => {
    for (const bytes of ['one', 'two', 'three']) await stageOnly(archive, bytes, '');
    await archive.reconcile();
    expect(archive.catalogue.library.stale(9)).toHaveLength(3);
  });

  it('that is taken later is held already, and keeps the name it was found under', async () => {
    await stageOnly(archive, 'orphan');
    await archive.reconcile();
    expect((await archive.take('Rome.mp4', 'orphan')).outcome.kind).toBe('held');
  });

  it('that cannot be listed is not taken for lost', async () => {
    await archive.take('Rome.mp4', 'a');
    const away = {
      ...archive.store,
      // biome-ignore lint/correctness/useYield: the disk is gone before the first
      async *list() {
        throw new Error('not connected');
      },
    };
    await expect(archive.reconcile({ store: away })).rejects.toThrow('not connected');
    expect(copyOf(archive, 'a')?.state).toBe('present');
  });
});

describe('the copy in the vault', () => {
  it('is missing where the listing does not show it, and present again where it does', async () => {
    await archive.take('Rome.mp4', 'a');
    const { store } = archive;
    archive.store.lose(ref('a'));
    await archive.reconcile();
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'missing', provenAtMs: null });
    await stageOnly(archive, 'a');
    await archive.reconcile({ store });
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'present', provenAtMs: null });
  });

  it('keeps the date of its proof, also through a lost catalogue, and never a newer one', async () => {
    await archive.take('Rome.mp4', 'a');
    await archive.ledger.commit(() => ({
      drafts: [
        {
          facts: {
            kind: 'event',
            event: 'fixity check',
            location,
            outcome: 'success',
            digests: [digestOf('a')],
          },
          index: [],
        },
      ],
      also: () => undefined,
    }));
    const provenAtMs = copyOf(archive, 'a')?.provenAtMs;
    const rebuilt = open('rebuilt');
    rebuilt.clock.advance(1e9);
    await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
    expect(copyOf(rebuilt, 'a')).toMatchObject({ state: 'present', provenAtMs });
  });

  it('that was found damaged stays damaged, however well it is listed', async () => {
    await archive.take('Rome.mp4', 'a');
    const copy = { digest: digestOf('a'), location, listedAtMs: 1, provenAtMs: null };
    archive.catalogue.archive.setCopy({ ...copy, state: 'corrupt' });
    await archive.reconcile();
    expect(copyOf(archive, 'a')?.state).toBe('corrupt');
  });

  it('of a part is looked after as that of a version is', async () => {
    await stageOnly(archive, 'part');
    const part: PartFacts = {
      ...{ kind: 'part', part: 'p', video: 'rome', partKind: 'raw', name: 'Take.mov' },
      ...{ digest: digestOf('part'), sizeBytes: 4, ext: 'mp4' },
    };
    const drafts = [videoFacts('rome'), part].map((facts) => ({ facts, index: [] }));
    await archive.ledger.commit(() => ({ drafts, also: () => undefined }));
    await archive.reconcile();
    expect(copyOf(archive, 'part')?.state).toBe('present');
    expect(archive.catalogue.library.stale(9)).toHaveLength(1);
  });
});
