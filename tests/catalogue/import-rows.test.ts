import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldFiles } from '#catalogue/import-rows.ts';
import { createQueries } from '#catalogue/queries.ts';
import { digestOf } from '#tests/support/digests.ts';
import { location, type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
});
afterEach(() => archive[Symbol.dispose]());

const path = '/old/caf\uDCE9.mp4';
async function takeOne(): Promise<void> {
  const { outcome } = await archive.take('Rome.mp4', 'a video');
  if (!('version' in outcome)) throw new Error(outcome.kind);
  archive.catalogue.imports.noteTaken({ path, sizeBytes: 7, fingerprint: 'f1' }, outcome.version, 5);
}

describe('the memory of an import', () => {
  it('knows the very file that was taken', async () => {
    await takeOne();
    const { imports } = archive.catalogue;
    expect(imports.takenAtMs(path, 'f1')).toBeGreaterThan(0);
    expect(imports.takenAtMs(path, 'f2')).toBeNull();
    expect(imports.takenAtMs('/old/other.mp4', 'f1')).toBeNull();
  });

  it('knows parts too, and the video of either', async () => {
    await takeOne();
    const { imports } = archive.catalogue;
    const video = imports.videoOf(path);
    if (video === null) throw new Error('no video');
    const belongs = { kind: 'beside', video, partKind: 'sidecar' } as const;
    const { outcome } = await archive.take('Rome.aae', 'notes', { belongs });
    if (!('part' in outcome)) throw new Error(outcome.kind);
    imports.noteTaken({ path: '/old/Rome.aae', sizeBytes: 5, fingerprint: 'f2' }, outcome.part, 5);
    expect(imports.takenAtMs('/old/Rome.aae', 'f2')).toBeGreaterThan(0);
    expect(imports.videoOf('/old/Rome.aae')).toBe(video);
    expect(imports.videoOf('/old/other.aae')).toBeNull();
  });

  it.each(['corrupt', 'missing'] as const)(
    'does not count where the copy is %s, so that the file can mend it',
    async (state) => {
      await takeOne();
      const digest = digestOf('a video');
      archive.catalogue.archive.setCopy({ digest, location, state, listedAtMs: 1, provenAtMs: null });
      expect(archive.catalogue.imports.takenAtMs(path, 'f1')).toBeNull();
    },
  );

  it('does not count where the archive knows of no such version', async () => {
    archive.catalogue.imports.noteTaken({ path, sizeBytes: 7, fingerprint: 'f1' }, 'gone', 5);
    expect(archive.catalogue.imports.takenAtMs(path, 'f1')).toBeNull();
  });

  it('is nothing that waits in an inbox', async () => {
    await takeOne();
    const queries = createQueries(archive.database, archive.clock.nowMs);
    expect(queries.arrivals(10).total).toBe(0);
    expect(archive.catalogue.sightings.list('inbox')).toEqual([]);
  });
});

it('what the archive holds is told file by file', async () => {
  await archive.take('Rome.mp4', 'a video');
  expect([...heldFiles(archive.database)]).toEqual([
    { digest: digestOf('a video'), ext: 'mp4', sizeBytes: 7 },
  ]);
});
