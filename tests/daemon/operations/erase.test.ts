import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { createErase, formatEraseWish } from '#daemon/operations/erase.ts';
import { requestErasing } from '#daemon/places/erase-copies.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { runHandler } from '#tests/support/operations.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
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
const erase = (title: string, now = true) => {
  const requestElsewhere = () => requestErasing({ ...bench, book: bench.places.book });
  const deps = { ...bench, store: bench.blobs.store, location: bench.vault, requestElsewhere };
  const wish = { video: videoOf(title), title, now };
  return runHandler(createErase({ ...deps, isMassChange: () => isMassChange }), formatEraseWish(wish));
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

  it('names the drive in a drawer, which brings nothing back and lets go of it when it comes', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    place.away = 'not-connected';
    await trash('Rome');
    expect(JSON.parse((await erase('Rome')) ?? '')).toEqual({ pending: [id] });
    await bench.drain(id);
    place.away = null;
    await bench.at(id, 'mirror');
    await bench.adopt();
    expect(bench.catalogue.archive.isHeld(rome)).toBe(false);
    expect(await bench.at(id, 'erase-copies')).toEqual({ kind: 'erased', files: 1 });
    expect(place.files.has(blobPath({ digest: rome, ext: 'mp4' }))).toBe(false);
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
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
    const video = videoOf('Rome');
    const digests = bench.catalogue.places.erasableVideo(video)?.digests ?? [];
    await bench.ledger.commit(() => ({
      drafts: [{ facts: { kind: 'tombstone', video, digests }, index: [] }],
      also: () => undefined,
    }));
    await erase('Rome');
    expect(bench.catalogue.places.pendingErasures()).toEqual([]);
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
