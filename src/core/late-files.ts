import { isGenericFolder } from '#core/generic-folders.ts';
import { folderOf } from '#core/inbox-path.ts';
import { holdMs } from '#core/plan-clear.ts';
import { type Belongs, genericProjectMs } from '#core/plan-parts.ts';

/**
 * What was taken out of a folder for itself before the folder showed itself as a project (its project file came last)
 * is of the project all the same (docs/architecture.md, "What belongs together").
 */
export type OfProject = Extract<Belongs, { kind: 'project' }>;

/** A file that was taken: its original waits in the hold, or stays where it stood. */
export interface TakenFrom {
  /** Where it stood. */
  readonly path: string;
  readonly takenAtMs: number;
  /** As whose it was taken; absent or null for a video of its own. */
  readonly belongs?: Belongs | null;
  /** The video that it became, or is a part of. */
  readonly video: string;
}

/** What is known by now. */
export interface KnownOfProjects {
  /** The project that a file of this path would be of; null for none. */
  placeOf(path: string): OfProject | null;
  /** A project's video; null where nothing of it was taken yet, or all of it is in the trash. */
  videoOf(project: OfProject): string | null;
  /** The video, or the one that it was merged into, as it stands. */
  standing(video: string): { readonly id: string; readonly trashed: boolean };
}

export interface LateFile<T> {
  readonly file: T;
  readonly belongs: OfProject;
}

/** Whether a file may be late at all: it stood in a folder, and was taken as no project's. */
export function mayBeLate({ path, belongs }: Pick<TakenFrom, 'path' | 'belongs'>): boolean {
  return folderOf(path) !== '' && belongs?.kind !== 'project';
}

/** What stays in an inbox is a later project's for as long as what leaves it waits in the hold. */
export function lateSinceMs(nowMs: number): number {
  return nowMs - holdMs;
}

/** Of files that may be late those that a project lacks. What is in the trash the owner has thrown away: it stays there. */
export function findLate<T extends TakenFrom>(
  files: readonly T[],
  known: KnownOfProjects,
  nowMs: number,
): readonly LateFile<T>[] {
  return files.flatMap((file) => {
    const belongs = known.placeOf(file.path);
    if (belongs === null || isOfAnother(belongs, file.takenAtMs, nowMs)) return [];
    const project = known.videoOf(belongs);
    if (project === null) return [];
    const { id, trashed } = known.standing(file.video);
    return trashed || id === project ? [] : [{ file, belongs }];
  });
}

/** In a folder whose name says nothing it was another work, after a day. */
function isOfAnother({ folder }: OfProject, takenAtMs: number, nowMs: number): boolean {
  return isGenericFolder(folder) && takenAtMs < nowMs - genericProjectMs;
}
