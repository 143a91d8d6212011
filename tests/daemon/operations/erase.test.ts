import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, parseDigest } from '#core/digest.ts';
import { createErase, formatEraseWish } from '#daemon/operations/erase.ts';
import { requestErasing } from '#daemon/places/erase-copies.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { runHandler } from '#tests/support/operations.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { recordOf, segmentOf, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
let isMassChange = false;
beforeEach(() => {
  bench = openPlaceBench(folder.path, pool);
  isMassChange = false;
});
afterEach(() => bench[Symbol.dispose]());

const videoOf = (title: string) =>
  bench.database.sqlite.prepare<[string], { id: string }>('SELECT id FROM videos WHERE title = ?').get(title)
    ?.id ?? '';
const handler = () => {
  const requestElsewhere = () => requestErasing({ ...bench, book: bench.places.book });
  const deps = { ...bench, store: bench.blobs.store, location: bench.vault, requestElsewhere };
  return createErase({ ...deps, isMassChange: () => isMassChange });
};
const erase = (title: string, now = true) =>
  runHandler(handler(), formatEraseWish({ video: videoOf(title), title, now }));

/** Says in the journal that a video is deleted everywhere, and comes no further. */
const bury = async (title: string) => {
  const video = videoOf(title);
  const digests = bench.catalogue.places.erasableVideo(video)?.digests ?? [];
  const drafts = [{ facts: { kind: 'tombstone', video, digests } as const, index: [] }];
  await bench.ledger.commit(() => ({ drafts, also: () => undefined }));
};

/** Opens the same vault, with the same places, over an empty catalogue. */
const loseCatalogue = () => {
  const { slots } = bench;
  bench[Symbol.dispose]();
  for (const name of readdirSync(folder.path).filter((one) => one.startsWith('catalogue.sqlite')))
    rmSync(join(folder.path, name));
  bench = openPlaceBench(folder.path, pool, { slots });
};

/** Does what the start asked for in the vault's lane. */
const goOn = async () => {
  const asked = bench.catalogue.operations.claim('vault', bench.clock.nowMs());
  expect(asked).toMatchObject({ kind: 'erase' });
  await runHandler(handler(), asked?.subject);
};
const trash = (title: string) => bench.change({ kind: 'trash', video: videoOf(title), trashed: true });

describe('deleting a video everywhere', () => {
  it('takes it from the vault and from every place that is there, and says so in the journal', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const oslo = await bench.hold('Oslo.mp4', 'oslo');
    const { id, place } = await bench.addDrive('Blue');
    await trash('Rome');
    await erase('Rome');
    await bench.drain(id);
    const path = (digest: typeof rome) => blobPath({ digest, ext: 'mp4' });
    expect(place.files.has(path(rome))).toBe(false);
    expect(place.files.has(path(oslo))).toBe(true);
    const untouched = new AbortController().signal;
    expect(await bench.blobs.store.verify({ digest: rome, ext: 'mp4' }, untouched)).toBe('missing');
    expect(await bench.blobs.store.verify({ digest: oslo, ext: 'mp4' }, untouched)).toBe('good');
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
  });

  it('says how many of its files stay, as another video has them too', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.hold('Oslo.mp4', 'oslo');
    const facts = { kind: 'part', part: 'p', video: videoOf('Oslo'), partKind: 'raw' } as const;
    const part = { ...facts, digest: rome, sizeBytes: 4, ext: 'mp4', name: 'Rome.mp4' };
    const drafts = [{ facts: part, index: [] }];
    await bench.ledger.commit(() => ({ drafts, also: () => undefined }));
    await trash('Rome');
    expect(JSON.parse((await erase('Rome')) ?? '')).toEqual({ pending: [], shared: 1 });
    expect(bench.catalogue.archive.isHeld(rome)).toBe(true);
  });

  it('names the drive in a drawer, which brings nothing back and lets go of it when it comes', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    place.away = 'not-connected';
    await trash('Rome');
    expect(JSON.parse((await erase('Rome')) ?? '')).toEqual({ pending: [id], shared: 0 });
    await bench.drain(id);
    place.away = null;
    await bench.at(id, 'mirror');
    await bench.adopt();
    expect(bench.catalogue.archive.isHeld(rome)).toBe(false);
    expect(await bench.at(id, 'erase-copies')).toEqual({ kind: 'erased', files: 1 });
    expect(place.files.has(blobPath({ digest: rome, ext: 'mp4' }))).toBe(false);
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
  });

  it('waits at a place while part of the journal is damaged, which may say that the video came again', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    await trash('Rome');
    await erase('Rome');
    const { name, ...segment } = segmentOf([recordOf(videoFacts('video 9'), 900)]);
    const damaged = { ...segment, name, content: segment.content.subarray(0, 9), isWhole: false };
    bench.catalogue.together(() => bench.catalogue.archive.keep(damaged));
    expect(await bench.at(id, 'erase-copies')).toEqual({ kind: 'erased', files: 0 });
    expect(place.files.has(blobPath({ digest: rome, ext: 'mp4' }))).toBe(true);
    bench.catalogue.together(() => bench.catalogue.archive.keep({ ...segment, name, isWhole: true }));
    expect(await bench.at(id, 'erase-copies')).toEqual({ kind: 'erased', files: 1 });
  });

  it('is not done before its time, nor while much changes at once', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await expect(erase('Rome')).rejects.toThrow('not in the trash');
    await trash('Rome');
    await expect(erase('Rome', false)).rejects.toThrow('30 days');
    isMassChange = true;
    await expect(erase('Rome')).rejects.toThrow('many videos changed');
    expect(bench.catalogue.archive.isHeld(rome)).toBe(true);
  });

  it('goes on where it was cut off after the record', async () => {
    await bench.hold('Rome.mp4', 'rome');
    await trash('Rome');
    await bury('Rome');
    await erase('Rome');
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
  });

  it.each([true, false])(
    'goes on after the catalogue was lost behind the record, and adopts nothing (read back before: %s)',
    async (wasProven) => {
      const rome = wasProven
        ? await bench.hold('Rome.mp4', 'rome')
        : parseDigest((await bench.take('Rome.mp4', 'rome')).digest);
      if (wasProven) await bench.addDrive('Blue');
      await trash('Rome');
      await bury('Rome');
      loseCatalogue();
      expect(await bench.reconcile()).toMatchObject({ orphans: 0 });
      expect(await bench.adopt()).toBe('0 adopted');
      const drives = bench.catalogue.places.list().map(({ location }) => location);
      const pending = bench.catalogue.places.pendingErasures().map(({ location }) => location);
      expect(pending.toSorted()).toEqual([bench.vault, ...drives].toSorted());
      await goOn();
      const untouched = new AbortController().signal;
      expect(await bench.blobs.store.verify({ digest: rome, ext: 'mp4' }, untouched)).toBe('missing');
      for (const id of drives) await bench.drain(id);
      for (const { files } of bench.slots.values())
        expect(files.has(blobPath({ digest: rome, ext: 'mp4' }))).toBe(false);
      expect(bench.catalogue.places.pendingErasures()).toEqual([]);
    },
  );

  it('takes it from a place of which no record says that it is there', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    await trash('Rome');
    await erase('Rome');
    await bench.drain(id);
    const path = blobPath({ digest: rome, ext: 'mp4' });
    place.files.set(path, Buffer.from('rome'));
    await bench.at(id, 'list');
    expect(place.files.has(path)).toBe(false);
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
  });

  it('holds where the records of the video are lost, whatever stands in the vault', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await trash('Rome');
    await bury('Rome');
    const [first = ''] = readdirSync(join(bench.vaultDir, 'journal')).toSorted();
    for (const kept of [`journal/${first}`, `index/${first.replace('.jsonl', '.tsv')}`])
      rmSync(join(bench.vaultDir, kept));
    loseCatalogue();
    expect(await bench.reconcile()).toMatchObject({ orphans: 0 });
    expect(await bench.adopt()).toBe('0 adopted');
    await goOn();
    const untouched = new AbortController().signal;
    expect(await bench.blobs.store.verify({ digest: rome, ext: 'mp4' }, untouched)).toBe('missing');
  });

  it('waits for a journal that is whole, as what is damaged may say that the video came again', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await trash('Rome');
    await bury('Rome');
    await bench.hold('Rome again.mp4', 'rome');
    const last = readdirSync(join(bench.vaultDir, 'journal')).toSorted().at(-2) ?? '';
    const damaged = join(bench.vaultDir, 'journal', last);
    expect(readFileSync(damaged, 'utf8')).toContain('Rome again');
    chmodSync(damaged, 0o644);
    writeFileSync(damaged, 'nothing that can be read');
    loseCatalogue();
    await bench.reconcile();
    expect(bench.catalogue.operations.claim('vault', bench.clock.nowMs())).not.toMatchObject({
      kind: 'erase',
    });
    const untouched = new AbortController().signal;
    expect(await bench.blobs.store.verify({ digest: rome, ext: 'mp4' }, untouched)).toBe('good');
  });

  it('lets the same bytes come again as a new video', async () => {
    await bench.hold('Rome.mp4', 'rome');
    await trash('Rome');
    await erase('Rome');
    const again = await bench.hold('Rome again.mp4', 'rome');
    expect(bench.copy(again, bench.vault)).toMatchObject({ state: 'present' });
    expect(bench.catalogue.places.isErased(again)).toBe(false);
  });
});
