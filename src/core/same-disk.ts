/** What the system says of the disk under a folder. */
export interface DiskFacts {
  /** The file system's number (`st_dev`), as `major:minor`. */
  readonly device: string;
  /** The disks that hold its bytes, by names of the system; null where it does not say (a pool, a share). */
  readonly disks: readonly string[] | null;
}

export type DiskRelation = 'same' | 'apart' | 'unknown';

/** Decides whether one broken disk takes both folders. */
export function compareDisks(a: DiskFacts, b: DiskFacts): DiskRelation {
  if (a.device === b.device) return 'same';
  if (a.disks === null || b.disks === null) return 'unknown';
  const { disks } = b;
  return a.disks.some((disk) => disks.includes(disk)) ? 'same' : 'apart';
}

/** Whether copies in both folders count as one: what cannot be told apart does. */
export function countAsOne(relation: DiskRelation): boolean {
  return relation !== 'apart';
}
