import { describeError } from '#core/errors.ts';
import type { Log } from '#core/ports/log.ts';

/** The parts of the page that change by themselves. */
export const regionNames = ['verdict', 'places', 'arriving', 'videos'] as const;
export type RegionName = (typeof regionNames)[number];

/** Tells open pages which of their regions changed. */
export interface Live {
  /** Calls back with the names of changed regions until the returned function is called. */
  subscribe(onChange: (names: readonly RegionName[]) => void): () => void;
}

export interface LiveDeps {
  /** Grows whenever anybody commits to the catalogue: very cheap to ask. */
  readonly dataVersion: () => number;
  /** What each region is made from, in short: another text, another region. */
  readonly fingerprints: Readonly<Record<RegionName, () => string>>;
  readonly log: Log;
  readonly everyMs?: number;
}

/** A summary may be kept for a second: what it hid shows in one of the looks after a commit. */
const looksAfterCommit = 4;
/** Promises run out without anybody committing anything. */
const looksBetween = 60;

/** Watches the catalogue while at least one page is open, and not at all otherwise. */
export function createLive({ dataVersion, fingerprints, log, everyMs = 500 }: LiveDeps): Live {
  const listeners = new Set<(names: readonly RegionName[]) => void>();
  let timer: NodeJS.Timeout | null = null;
  let seenVersion = 0;
  let looksLeft = 0;
  let sinceLook = 0;
  let isFailing = false;
  const prints = new Map<RegionName, string>();

  const compare = (): RegionName[] =>
    regionNames.filter((name) => {
      const print = fingerprints[name]();
      const isChanged = prints.get(name) !== print;
      prints.set(name, print);
      return isChanged;
    });

  const look = (): RegionName[] => {
    const version = dataVersion();
    looksLeft = version === seenVersion ? Math.max(0, looksLeft - 1) : looksAfterCommit;
    seenVersion = version;
    sinceLook += 1;
    if (looksLeft === 0 && sinceLook < looksBetween) return [];
    sinceLook = 0;
    return compare();
  };

  const carefully = (find: () => readonly RegionName[]): readonly RegionName[] => {
    try {
      const changed = find();
      isFailing = false;
      return changed;
    } catch (error) {
      if (!isFailing) log.warn({ error: describeError(error) }, 'Open pages cannot be told what changed.');
      isFailing = true;
      return [];
    }
  };

  const tick = () => {
    const changed = carefully(look);
    if (changed.length > 0) for (const listener of [...listeners]) listener(changed);
  };

  return {
    subscribe(onChange) {
      listeners.add(onChange);
      if (timer === null) {
        // What is there now is not news.
        carefully(compare);
        looksLeft = looksAfterCommit;
        timer = setInterval(tick, everyMs);
      }
      return () => {
        listeners.delete(onChange);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}
