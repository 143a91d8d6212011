import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CopyState } from '#core/assess.ts';
import type { PartFacts } from '#core/journal-record.ts';
import type { EventFacts } from '#core/place-records.ts';
import { eventDraft } from '#daemon/operations/read-back.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive } from '#tests/support/memory-archive.ts';
import { useMemoryArchives } from '#tests/support/memory-archives.ts';
import { readJournal, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const open = useMemoryArchives(folder);
let archive: MemoryArchive;
beforeEach(() => {
  archive = open('first');
});

const copyOf = (one: MemoryArchive, bytes: string) => one.catalogue.archive.copy(digestOf(bytes), location);
const ref = (bytes: string, ext = 'mp4') => ({ digest: digestOf(bytes), ext });
const stageOnly = async (one: MemoryArchive, bytes: string, ext = 'mp4') => {
  const path = join(folder.path, 'blob');
  writeFileSync(path, bytes);
  const staged = await one.store.stage({ path, within: null }, { signal: new AbortController().signal });
  await one.store.store([{ staged, ext }]);
};

describe('a blob without a record', () => {
  it('is left to the inbox for ten minutes: the file that brought it may come again, with its name', async () => {
    await stageOnly(archive, 'orphan');
    expect(await archive.reconcile()).toMatchObject({ orphans: 1 });
    expect(archive.catalogue.operations.claim('intake', archive.clock.nowMs())).toBeNull();
    await archive.take('Rome.mp4', 'orphan');
    expect(archive.catalogue.operations.claim('intake', archive.clock.nowMs() + 600_000)?.kind).toBe('adopt');
    expect(await archive.adopt()).toBe('0 adopted');
    expect(archive.catalogue.library.stale(9)).toMatchObject([{ title: 'Rome' }]);
  });

  it('is left where it stands if it holds nothing, and is there for the empty file that comes again', async () => {
    await stageOnly(archive, '', 'txt');
    expect(await archive.reconcile()).toMatchObject({ blobs: 1, orphans: 0 });
    expect(archive.catalogue.operations.claim('intake', archive.clock.nowMs() + 600_000)).toBeNull();
    await stageOnly(archive, 'orphan');
    expect(await archive.adopt()).toBe('1 adopted');
    expect(archive.catalogue.archive.blobRef(digestOf(''))).toBeNull();
    await stageOnly(archive, '', 'txt');
    expect(await archive.reconcile()).toMatchObject({ blobs: 2, orphans: 0 });
  });

  it('is adopted as a video of its own, and stays so', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    const hex = digestOf('orphan').slice('sha256:'.length);
    expect(archive.catalogue.library.stale(9)).toMatchObject([
      { title: `Found ${hex.slice(-16)}`, versions: [{ ...ref('orphan'), number: 1 }] },
    ]);
    expect(copyOf(archive, 'orphan')).toMatchObject({ state: 'present', provenAtMs: null });
    const records = await readJournal(archive.journal);
    expect(records.at(-1)).toMatchObject({ kind: 'version', how: 'found', sizeBytes: 6 });
    await archive.adopt();
    expect(await archive.journal.list()).toHaveLength(1);
  });

  it('that is adopted comes into the readable tree, is looked into, and is read back, like any other', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    const dueMs = archive.clock.nowMs() + 60_000;
    const { operations } = archive.catalogue;
    const next = (['library', 'media', 'vault'] as const).map((lane) => operations.claim(lane, dueMs)?.kind);
    expect(next).toEqual(['library', 'probe', 'prove']);
  });

  it('is adopted apart from every other, though their names are alike', async () => {
    for (const bytes of ['one', 'two', 'three']) await stageOnly(archive, bytes, '');
    await archive.adopt();
    expect(archive.catalogue.library.stale(9)).toHaveLength(3);
  });

  it('that is taken later is held already, and gets the name that it comes with', async () => {
    await stageOnly(archive, 'orphan');
    await archive.adopt();
    expect((await archive.take('Rome.mp4', 'orphan')).outcome.kind).toBe('held');
    const [video] = archive.catalogue.library.stale(9);
    expect(video).toMatchObject({ title: 'Rome', folder: '2026/2026-11-20 Rome' });
    const later = await archive.take('Rome.mp4', 'second cut');
    expect(later.outcome).toMatchObject({ kind: 'new-version', video: video?.id });
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

  it('that was damaged once, and mended, still counts when the journal is read again', async () => {
    await archive.take('Rome.mp4', 'a');
    const digests = [digestOf('a')];
    const happen = (event: EventFacts['event'], outcome: EventFacts['outcome'], state: CopyState) =>
      archive.ledger.commit(() => ({
        drafts: eventDraft(event, outcome, location, digests),
        also: () => {
          const copy = { digest: digestOf('a'), location, listedAtMs: 1 };
          const provenAtMs = state === 'present' ? archive.clock.nowMs() : null;
          archive.catalogue.archive.setCopy({ ...copy, state, provenAtMs });
        },
      }));
    await happen('fixity check', 'failure', 'corrupt');
    await happen('fixity check', 'success', 'present');
    archive.catalogue.together(() => archive.catalogue.archive.startAgain());
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'present', provenAtMs: expect.any(Number) });
    await happen('fixity check', 'failure', 'corrupt');
    archive.catalogue.together(() => archive.catalogue.archive.startAgain());
    expect(copyOf(archive, 'a')).toMatchObject({ state: 'corrupt', provenAtMs: null });
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
