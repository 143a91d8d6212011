import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHeldOriginals, createLibraryCopies } from '#daemon/operations/byte-sources.ts';
import { createHeal } from '#daemon/operations/heal.ts';
import { createProve } from '#daemon/operations/prove.ts';
import { createRefreshLibrary } from '#daemon/operations/refresh-library.ts';
import { createWorker } from '#daemon/worker.ts';
import type { LibraryMode } from '#store/disk-library.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type DiskArchive, openDiskArchive } from '#tests/support/disk-archive.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { location } from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { proving } from '#tests/support/provers.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const pool = useHashPool();
const { signal } = new AbortController();
let archive: DiskArchive;
afterEach(() => archive[Symbol.dispose]());

const film = 'some film'.repeat(40_000);
const digest = digestOf(film);
const ref = { digest, ext: 'mp4' };
const open = async (mode: LibraryMode = 'hardlink') => {
  archive = openDiskArchive(folder.path, pool, mode);
  await archive.take('Rome.mp4', film);
  await refresh();
  archive.database.sqlite.exec('DELETE FROM operations');
};
const refresh = () => runHandler(createRefreshLibrary(archive));
const inbox = () => join(folder.path, 'inbox');
/** Puts an original into the hold, as taking it does. */
const holdOriginal = (content: string) => {
  const heldPath = '.reelhold-hold/some-id/Rome.mp4';
  mkdirSync(join(inbox(), '.reelhold-hold/some-id'), { recursive: true });
  writeFileSync(join(inbox(), heldPath), content);
  archive.catalogue.holds.add({
    ...{ id: 'some-id', inbox: 'inbox', path: 'Rome.mp4', heldPath, digest, video: 'v' },
    ...{ sizeBytes: content.length, fingerprint: 'f', heldAtMs: 1 },
  });
};
/** Reads all back and heals what is found, as the vault's lane does. */
const proveAndHeal = async (store = archive.blobs.store) => {
  const nowMs = archive.clock.nowMs();
  archive.catalogue.archive.setCopy({ digest, location, state: 'present', listedAtMs: 1, provenAtMs: null });
  archive.catalogue.operations.insert(
    { kind: 'prove', lane: 'vault', subject: location, notBeforeMs: nowMs },
    nowMs,
  );
  const deps = { ...archive, store, location };
  const sources = [
    createHeldOriginals({ catalogue: archive.catalogue, inbox: 'inbox', root: inbox() }),
    createLibraryCopies({ catalogue: archive.catalogue, root: archive.libraryDir }),
  ];
  const handlers = { prove: createProve(proving(deps)), heal: createHeal({ ...deps, sources }) };
  await createWorker({ ...archive, lane: 'vault', handlers }).drain(signal);
};
const state = () => archive.catalogue.archive.copy(digest, location)?.state;
const blobSays = () => readFileSync(archive.blobs.store.localPath(ref) ?? '', 'utf8');
const librarySays = () => readFileSync(join(archive.libraryDir, '2026/2026-11-20 Rome/Rome.mp4'), 'utf8');
const kept = () => archive.blobs.quarantine().length;

describe('a flipped bit in the vault', () => {
  it('is mended from the original in the hold, and the library shows good bytes again', async () => {
    await open();
    holdOriginal(film);
    archive.blobs.damage(ref, 200_000);
    await proveAndHeal();
    expect([state(), kept(), blobSays() === film]).toEqual(['present', 1, true]);
    expect(archive.catalogue.archive.copy(digest, location)?.provenAtMs).not.toBeNull();
    expect(librarySays() === film).toBe(false);
    await refresh();
    expect(librarySays() === film).toBe(true);
    expect(archive.blobs.stagedCount()).toBe(0);
  });

  it('is mended from the library where it has bytes of its own', async () => {
    await open('copy');
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect([state(), kept(), blobSays() === film]).toEqual(['present', 1, true]);
  });

  it('is not mended from a hard link, which shows the same bad bytes, and stays where it is', async () => {
    await open('hardlink');
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect([state(), kept()]).toEqual(['corrupt', 0]);
    expect(blobSays()).toBe(`r${film.slice(1)}`);
  });

  it('is not mended from what only looks like the original', async () => {
    await open('copy');
    const path = join(archive.libraryDir, '2026/2026-11-20 Rome/Rome.mp4');
    chmodSync(path, 0o644);
    writeFileSync(path, 'something else');
    holdOriginal(`${film}, edited`);
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect([state(), kept()]).toEqual(['corrupt', 0]);
  });

  it('is not mended from where a link leads out of the inbox', async () => {
    await open();
    holdOriginal(film);
    const outside = join(folder.path, 'outside');
    renameSync(join(inbox(), '.reelhold-hold/some-id'), outside);
    symlinkSync(outside, join(inbox(), '.reelhold-hold/some-id'));
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect(state()).toBe('corrupt');
  });

  it('is mended though the inbox is away, and the folder of the library a link', async () => {
    await open('copy');
    renameSync(archive.libraryDir, `${archive.libraryDir}-elsewhere`);
    symlinkSync(`${archive.libraryDir}-elsewhere`, archive.libraryDir);
    holdOriginal(film);
    renameSync(inbox(), join(folder.path, 'away'));
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect([state(), blobSays() === film]).toEqual(['present', true]);
  });
});

describe('where good bytes may be, and nobody can look,', () => {
  const said = () => archive.log.lines.filter(({ level }) => level === 'warn');

  it('is said, and the next source is asked', async () => {
    await open('copy');
    holdOriginal(film);
    rmSync(inbox(), { recursive: true });
    makeClosedPath(inbox());
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect([state(), blobSays() === film]).toEqual(['present', true]);
    expect(said()).toMatchObject([
      {
        message: 'A file that may have good bytes could not be read.',
        facts: { error: expect.stringContaining(`look at ${inbox()}`) },
      },
    ]);
  });

  it('and no other source has them, is not silent', async () => {
    await open('hardlink');
    holdOriginal(film);
    rmSync(join(inbox(), '.reelhold-hold/some-id'), { recursive: true });
    makeClosedPath(join(inbox(), '.reelhold-hold/some-id'));
    archive.blobs.damage(ref, 0);
    await proveAndHeal();
    expect(state()).toBe('corrupt');
    expect(said()).toMatchObject([{ message: 'A file that may have good bytes could not be read.' }]);
  });
});

describe('a blob that is gone', () => {
  it('is put back', async () => {
    await open('copy');
    archive.blobs.lose(ref);
    await proveAndHeal();
    expect([state(), kept(), blobSays() === film]).toEqual(['present', 0, true]);
  });

  it('with all others, as on an empty mount, is a disk that is not connected', async () => {
    await open('copy');
    const blobs = join(archive.vaultDir, 'blobs');
    renameSync(blobs, `${blobs}-away`);
    await proveAndHeal();
    expect(state()).toBe('present');
    expect(readdirSync(archive.vaultDir)).not.toContain('blobs');
    renameSync(`${blobs}-away`, blobs);
    archive.clock.advance(60_000);
    await proveAndHeal();
    expect(archive.catalogue.archive.copy(digest, location)?.provenAtMs).not.toBeNull();
  });
});
