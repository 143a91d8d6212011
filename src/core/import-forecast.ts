import { type DiskSpace, reserveBytes } from './disk-space.ts';

/** What is left to do of an import, as far as it is known before it begins. Sizes in bytes. */
export interface ImportWork {
  readonly files: number;
  readonly bytes: number;
  /** Of `bytes`: what the vault most likely holds already, or what comes twice, so that it needs no room. */
  readonly knownBytes: number;
}

export interface ImportForecast {
  /** What the vault's disk will be filled by. */
  readonly neededBytes: number;
  /** What it has, without the reserve. */
  readonly roomBytes: number;
  /** How much is lacking; 0 where it fits. */
  readonly missingBytes: number;
  /** Null where the speed could not be measured. */
  readonly durationMs: number | null;
}

/** What each file costs beside its bytes, ms: it is made durable, in a batch with others. */
const perFileMs = 5;

/**
 * Says whether an import fits and how long it takes. `copiesEach` is 2 where the readable library stands on the same
 * disk and has bytes of its own. What is known already is read all the same, to be sure of it.
 */
export function forecastImport(
  work: ImportWork,
  space: DiskSpace,
  copiesEach: 1 | 2,
  bytesPerSecond: number | null,
): ImportForecast {
  const neededBytes = Math.max(0, work.bytes - work.knownBytes) * copiesEach;
  const roomBytes = Math.max(0, space.freeBytes - reserveBytes(space.totalBytes));
  return {
    neededBytes,
    roomBytes,
    missingBytes: Math.max(0, neededBytes - roomBytes),
    durationMs:
      bytesPerSecond === null || bytesPerSecond <= 0
        ? null
        : (work.bytes / bytesPerSecond) * 1000 + work.files * perFileMs,
  };
}
