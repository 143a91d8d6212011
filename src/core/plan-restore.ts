import type { CopyFacts, Medium } from '#core/assess.ts';
import type { BlobRef } from '#core/digest.ts';
import type { Standing } from '#core/ports/restore-target.ts';
import { foldName } from '#core/safe-name.ts';

/** A file of the readable tree that is to be brought back. */
export interface RestoreFile extends BlobRef {
  readonly sizeBytes: number;
  /** In the readable tree (core/library-path.ts). */
  readonly path: string;
  /** The file's own modification time, ms of the wall clock; null where it is not known. */
  readonly modifiedAtMs: number | null;
}

/** Which videos are asked for. What is in the trash comes only where it is asked for by its id. */
export type RestoreAsked =
  | { readonly kind: 'all' }
  | { readonly kind: 'video'; readonly id: string }
  | { readonly kind: 'query'; readonly words: string };

/** Whether each of the words is in the title or in the day of a video, whatever their case. */
export function isAskedFor(
  words: string,
  video: { readonly title: string; readonly folder: string },
): boolean {
  const text = foldName(`${video.title} ${video.folder}`);
  return foldName(words)
    .split(' ')
    .every((word) => text.includes(word));
}

/** A place that can be read now. */
export interface ReadablePlace {
  readonly location: string;
  readonly medium: Medium;
}

const nearness: readonly Medium[] = ['nas', 'drive', 'cloud'];

/**
 * Where to read a blob, best first: copies that count before those that do not, those before what could not be asked,
 * before what is known bad; of these the nearest, as all bytes are hashed and a download costs time and money; of
 * these the last proven. A place of which nothing is known may have it all the same.
 */
export function orderSources<T extends ReadablePlace>(
  places: readonly T[],
  copies: readonly CopyFacts[],
  isProven: (copy: CopyFacts) => boolean,
): readonly T[] {
  const copyAt = (place: T) => copies.find(({ location }) => location === place.location);
  const rankOf = (place: T): number => {
    const copy = copyAt(place);
    if (copy === undefined) return 3;
    if (copy.state === 'present') return isProven(copy) ? 0 : 1;
    return copy.state === 'unreachable' || copy.state === 'unknown' ? 2 : 4;
  };
  const provenAt = (place: T) => copyAt(place)?.provenAtMs ?? Number.NEGATIVE_INFINITY;
  return places.toSorted(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      nearness.indexOf(a.medium) - nearness.indexOf(b.medium) ||
      Math.sign(provenAt(b) - provenAt(a)) ||
      0,
  );
}

/** The n-th name beside a path: `a/Rome.mp4`, `a/Rome (2).mp4`, … */
export function besidePath(path: string, n: number): string {
  return n === 1 ? path : withNote(path, String(n));
}

/** The name of a file of which there are only damaged bytes: `a/Rome (damaged).mp4`. */
export function damagedPath(path: string): string {
  return withNote(path, 'damaged');
}

function withNote(path: string, note: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const end = dot > slash ? dot : path.length;
  return `${path.slice(0, end)} (${note})${path.slice(end)}`;
}

/** Whether of two damaged copies of a file the one is the better: nearer to its size, as most damage cuts off. */
export function isLessDamaged(
  copy: { readonly sizeBytes: number },
  than: { readonly sizeBytes: number },
  file: Pick<RestoreFile, 'sizeBytes'>,
): boolean {
  const off = ({ sizeBytes }: { readonly sizeBytes: number }) => Math.abs(sizeBytes - file.sizeBytes);
  return off(copy) < off(than);
}

/** What standing files mean for one that is brought: its bytes have to be read where they may be the same. */
export function judgeStanding(
  standing: Standing,
  file: Pick<RestoreFile, 'sizeBytes'>,
): 'free' | 'may-be-it' | 'taken' {
  if (standing.kind === 'nothing') return 'free';
  return standing.kind === 'file' && standing.sizeBytes === file.sizeBytes ? 'may-be-it' : 'taken';
}

/** What a disk keeps for itself besides the videos: folders, and room to be opened and checked. */
const spareBytes = 16 * 1024 ** 2;

/** How many bytes more are needed than there is room for; 0 where all fits, or nobody knows. */
export function missingRoom(neededBytes: number, freeBytes: number | null): number {
  if (freeBytes === null || neededBytes === 0) return 0;
  return Math.max(0, neededBytes + spareBytes - freeBytes);
}
