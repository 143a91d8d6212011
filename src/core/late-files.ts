import { isGenericFolder } from '#core/generic-folders.ts';
import { type Belongs, genericProjectMs } from '#core/plan-parts.ts';
import { besideOf, findVideoOf, indexVideos } from '#core/sidecar-names.ts';

/**
 * What was taken out of a folder for itself before the folder showed itself as a project (its project file came last)
 * is of the project all the same (docs/architecture.md, "What belongs together").
 */
export type OfProject = Extract<Belongs, { kind: 'project' }>;

/** The project that a file of this path would be of now; null for none. */
export type PlaceOf = (path: string) => OfProject | null;

/** A file whose original waits in the hold. */
export interface HeldFile {
  readonly path: string;
  readonly heldAtMs: number;
  /** As whose it was taken; absent or null for a video of its own. */
  readonly belongs?: Belongs | null;
}

/** A file that was taken, and stays where it stood. */
export interface StayingFile {
  readonly path: string;
  readonly takenAtMs: number;
  /** Whose version it was taken as; null for a part of whatever video. */
  readonly video: { readonly id: string; readonly trashed: boolean } | null;
}

export interface LateFile<T> {
  readonly file: T;
  readonly belongs: OfProject;
}

/** Of the files in the hold those that were taken for themselves, or with the video beside them, and are a project's. */
export function findLateHeld<T extends HeldFile>(
  held: readonly T[],
  placeOf: PlaceOf,
  nowMs: number,
): readonly LateFile<T>[] {
  return held.flatMap((file) => {
    if (file.belongs?.kind === 'project') return [];
    const belongs = placeOf(file.path);
    return belongs === null || isOfAnother(belongs, file.heldAtMs, nowMs) ? [] : [{ file, belongs }];
  });
}

/**
 * Of the files that stay those that are a version of another video than the project's, and what was taken with them
 * from beside them. What is in the trash may be all of a project that was thrown away: it stays there.
 */
export function findLateStaying<T extends StayingFile>(
  staying: readonly T[],
  placeOf: PlaceOf,
  videoOf: (project: OfProject) => string | null,
  nowMs: number,
): readonly T[] {
  const videos = staying.filter(({ path, video, takenAtMs }) => {
    if (video === null || video.trashed) return false;
    const belongs = placeOf(path);
    if (belongs === null || isOfAnother(belongs, takenAtMs, nowMs)) return false;
    const project = videoOf(belongs);
    return project !== null && project !== video.id;
  });
  if (videos.length === 0) return [];
  const inFolder = Map.groupBy(videos, ({ path }) => split(path).folder);
  const names = new Map([...inFolder].map(([folder, them]) => [folder, indexVideos(them.map(nameOf))]));
  const besideThem = staying.filter((file) => {
    const around = names.get(split(file.path).folder);
    const beside = around === undefined || file.video !== null ? null : besideOf(nameOf(file));
    return around !== undefined && beside !== null && findVideoOf(beside, around) !== null;
  });
  return [...videos, ...besideThem];
}

/** In a folder whose name says nothing it was another work, after a day. */
function isOfAnother({ folder }: OfProject, takenAtMs: number, nowMs: number): boolean {
  return isGenericFolder(folder) && takenAtMs < nowMs - genericProjectMs;
}

function nameOf({ path }: { readonly path: string }): string {
  return split(path).name;
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
