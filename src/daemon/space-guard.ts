import { type DiskSpace, fits, judgeSpace, type SpaceLevel } from '#core/disk-space.ts';
import { describeError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';

/** Room that was promised to a file. */
export interface Room extends Disposable {
  /** Tells how many bytes of the file stand on the disk by now, so that they are not counted twice. */
  use(bytesDone: number): void;
}

/** Keeps the vault from filling up: the intake asks it before each file. */
export interface SpaceGuard {
  /** Reserves room for a file; null where there is none. The caller gives it back by disposing. */
  admit(sizeBytes: number): Promise<Room | null>;
  /** Measures, notes it for the page, and gives the level; null where it cannot be measured. */
  measure(): Promise<SpaceLevel | null>;
}

/** Whether originals should leave the hold early; what could not be measured is no reason to. */
export function isShort(level: SpaceLevel | null): boolean {
  return level === 'low' || level === 'paused';
}

const freshMs = 1_000;

export function createSpaceGuard(deps: {
  readonly readSpace: () => Promise<DiskSpace>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
}): SpaceGuard {
  const { catalogue, clock, log } = deps;
  let last: { readonly space: Promise<DiskSpace>; readonly atMs: number } | null = null;
  let lastLevel: SpaceLevel = 'enough';
  /** Bytes of files that are being copied and do not show in the measurement yet. */
  let promisedBytes = 0;

  const read = (): Promise<DiskSpace> => {
    if (last === null || clock.monotonicMs() - last.atMs >= freshMs) {
      last = { space: deps.readSpace(), atMs: clock.monotonicMs() };
    }
    return last.space;
  };

  const note = (level: SpaceLevel, space: DiskSpace) => {
    // Rounded, so that every small file does not write a row.
    const mebibytes = (bytes: number) => Math.floor(bytes / 2 ** 26) * 2 ** 26;
    const facts = { level, freeBytes: mebibytes(space.freeBytes), totalBytes: space.totalBytes };
    catalogue.notes.setCondition('space', facts, clock.nowMs());
    if (level !== lastLevel) log.info(facts, spaceSentences[level]);
    lastLevel = level;
  };

  return {
    async admit(sizeBytes) {
      const space = await read();
      if (!fits({ ...space, freeBytes: space.freeBytes - promisedBytes }, sizeBytes)) return null;
      let openBytes = sizeBytes;
      const promise = (bytes: number) => {
        promisedBytes += bytes - openBytes;
        openBytes = bytes;
        last = null; // what is on the disk now shows only in a new measurement
      };
      promisedBytes += sizeBytes;
      return {
        use: (bytesDone) => promise(Math.max(0, sizeBytes - bytesDone)),
        [Symbol.dispose]: () => promise(0),
      };
    },
    async measure() {
      try {
        last = null;
        const space = await read();
        const level = judgeSpace(space);
        note(level, space);
        return level;
      } catch (error) {
        log.warn({ error: describeError(error) }, 'The free space of the vault could not be measured.');
        return null;
      }
    },
  };
}

const spaceSentences: Readonly<Record<SpaceLevel, string>> = {
  enough: 'There is enough space in the vault.',
  low: 'Space in the vault is getting low.',
  paused: 'The vault is full: new videos stay in the inbox, untouched, until there is room again.',
};
