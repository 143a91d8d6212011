import type { AwayReason } from '#core/ports/location.ts';
import type { DiskRelation } from '#core/same-disk.ts';

/** What the page says of places that hold copies, in English; `name` is what the owner calls the place. */
export const enPlaces = {
  /** Why a place cannot be used now. Nothing of it is lost: each sentence says what goes on by itself. */
  away: (reason: AwayReason, name: string): string => awaySentences[reason](name),
  /** Whether a place and this NAS would break together; null where they would not. */
  sharesDisk: (relation: DiskRelation, name: string): string | null => {
    if (relation === 'same') {
      return `${name} is on the same disk as your videos: if that disk breaks, both are gone. So it counts as no further copy.`;
    }
    if (relation === 'unknown') {
      return `It cannot be told whether ${name} is on another disk than your videos. So it counts as no further copy.`;
    }
    return null;
  },
} as const;

const awaySentences: Readonly<Record<AwayReason, (name: string) => string>> = {
  'not-connected': (name) =>
    `${name} is not connected. Your copies on it are not deleted, and Reelhold goes on when it is back.`,
  'empty-mount-point': (name) =>
    `The folder of ${name} is there, but the drive is not. Nothing is written into the empty folder.`,
  'not-prepared': (name) => `There are no copies of Reelhold’s on ${name}. It has to be added first.`,
  'another-place': (name) => `This is another drive of yours than ${name}. Nothing is written to it.`,
  'another-archive': (name) =>
    `Where ${name} should be there are the videos of another Reelhold. Nothing is written there.`,
  clone: (name) => `This is a copy of ${name} on another disk. Nothing is written to it.`,
  'another-writer': (name) =>
    `Another Reelhold has written to ${name} since. Take it over if this one is to go on with it.`,
  'newer-format': (name) => `A newer Reelhold wrote ${name}. Update this one to go on with it.`,
  'unreadable-mark': (name) =>
    `The file that says what ${name} is was damaged. Nothing is written to it, and your videos on it can still be read.`,
  'sign-in': (name) => `${name} wants you to sign in again. Nothing is lost; new videos wait here.`,
  denied: (name) => `Reelhold may not use ${name}. Check who may read and write there.`,
  quota: (name) => `${name} takes no more for a while. Reelhold goes on by itself.`,
  'read-only': (name) =>
    `${name} can only be read. Look for a switch on it, or check it for errors; then connect it again.`,
  failing: (name) => `${name} reports errors. Try another cable; if that does not help, replace it soon.`,
  'no-tool': (name) => `The program that reaches ${name} is missing or too old.`,
};
