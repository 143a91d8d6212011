export interface DiskSpace {
  readonly totalBytes: number;
  /** What an ordinary user may still fill. */
  readonly freeBytes: number;
}

export type SpaceLevel = 'enough' | 'low' | 'paused';

const warnShare = 0.1;
const reserveShare = 0.02;
const reserveCapBytes = 2 * 1024 ** 3;

/** What the intake leaves free, so that the system, the journal and the catalogue can go on. In bytes. */
export function reserveBytes(totalBytes: number): number {
  return Math.min(reserveCapBytes, Math.floor(totalBytes * reserveShare));
}

/** `low` is a warning; `paused` means that the intake takes nothing until there is room again. */
export function judgeSpace({ totalBytes, freeBytes }: DiskSpace): SpaceLevel {
  if (freeBytes <= reserveBytes(totalBytes)) return 'paused';
  return freeBytes < totalBytes * warnShare ? 'low' : 'enough';
}

/** Whether a file of this size may be taken without touching the reserve. */
export function fits(space: DiskSpace, sizeBytes: number): boolean {
  return space.freeBytes - sizeBytes > reserveBytes(space.totalBytes);
}
