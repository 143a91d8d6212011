/** What changed in the last day, as far as a program that spoils files would show in it. */
export interface RecentChanges {
  /** Videos that there are. */
  readonly videos: number;
  /** Videos that were known before, and of which another version came. */
  readonly changed: number;
  /** Files that came, of those that were looked into. */
  readonly probed: number;
  /** Of these, how many could not be read as a video. */
  readonly unreadable: number;
}

export type MassChange = 'none' | 'many-changed' | 'no-longer-videos';

/** What the owner is told of it. */
export interface MassChangeSeen {
  readonly change: Exclude<MassChange, 'none'>;
  /** Originals would leave the inboxes early, to make room, and do not. */
  readonly roomIsShort: boolean;
}

/** So few are an afternoon's work of one person. */
const fewChanges = 20;
const largePart = 1 / 4;
const fewUnreadable = 10;
const mostlyUnreadable = 1 / 2;

/**
 * Whether what came looks like the work of a program that encrypts or spoils files: many known videos changed at once, or
 * what comes is mostly no video any more. Old versions stay in any case; nothing is removed until the owner has looked.
 */
export function judgeMassChange({ videos, changed, probed, unreadable }: RecentChanges): MassChange {
  if (unreadable >= fewUnreadable && unreadable >= mostlyUnreadable * probed) return 'no-longer-videos';
  if (changed >= fewChanges && changed >= largePart * videos) return 'many-changed';
  return 'none';
}
