import { formatMark } from '#core/archive-format.ts';
import { blobPath, type Digest } from '#core/digest.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import { createLocationSource } from '#locations/location-source.ts';
import { createMemoryLocation, createMemoryPlace, type MemoryPlace } from '#locations/memory-location.ts';
import { hashFile } from '#store/hash-file.ts';
import { digestOf } from './digests.ts';

export const copyMark = { location: 'copy', role: 'drive', generation: 1, writer: '0123456789ab' } as const;
export const archiveMark = { format: 1, archive: 'archive', createdAt: '2026-11-22T00:00:00.000Z' } as const;

/** A copy of an archive at a place in memory, to be read. */
export interface ArchiveCopy {
  readonly place: MemoryPlace;
  readonly source: ArchiveSource;
  /** Puts bytes there, as a file that belongs at this path of the readable tree. */
  hold(path: string, bytes: string): RestoreFile;
  damage(digest: Digest): void;
}

export function makeArchiveCopy(name = 'copy'): ArchiveCopy {
  const place = createMemoryPlace();
  place.files.set('archive.json', Buffer.from(formatMark(archiveMark)));
  place.files.set('location.json', Buffer.from(formatMark(copyMark)));
  const location = createMemoryLocation(place, { ...copyMark, archive: archiveMark.archive });
  const pathOf = (digest: Digest) => blobPath({ digest, ext: 'mp4' });
  return {
    place,
    source: createLocationSource({ name, location, hashFile }),
    hold(path, bytes) {
      const digest = digestOf(bytes);
      place.files.set(pathOf(digest), Buffer.from(bytes));
      return { digest, ext: 'mp4', sizeBytes: Buffer.byteLength(bytes), path, modifiedAtMs: null };
    },
    damage(digest) {
      const bytes = Uint8Array.from(place.files.get(pathOf(digest)) ?? [0]);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      place.files.set(pathOf(digest), bytes);
    },
  };
}
