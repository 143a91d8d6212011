import { assetRoles, chosenRoles } from '#core/asset-role.ts';
import { type ReadTimetable, timetableOf } from '#core/bandwidth.ts';
import type { PlaceCondition, PlaceReminder } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { AwayReason } from '#core/ports/location.ts';
import { beginningOf, parseWorkHours } from '#core/work-hours.ts';
import { rolesInWords } from './en-forecast.ts';

/** What happened, and what there is to do; the second is empty where there is nothing. */
export interface PlaceSaid {
  readonly what: string;
  readonly next: string;
}

/** What the words about a place are made from. */
export interface PlaceFacts {
  readonly settings: PlaceSettings;
  readonly condition: PlaceCondition | null;
  readonly counts: { readonly wanted: number; readonly proven: number; readonly bad?: number };
}

const kept = 'Your copies on it are not deleted.';

/** Why a place cannot be used now. */
export const awayWords: Readonly<Record<AwayReason, PlaceSaid>> = {
  'not-connected': { what: 'Not connected.', next: `${kept} Reelhold goes on when it is back.` },
  'empty-mount-point': {
    what: 'Not connected: its folder is there, but the drive is not.',
    next: `Nothing is written into the empty folder. ${kept}`,
  },
  'not-prepared': {
    what: 'There are no copies of Reelhold’s on it.',
    next: 'Is it the right drive? Add it as a place to use it.',
  },
  'another-place': {
    what: 'This is a different drive than before.',
    next: 'Nothing is written to it. Plug in the one that belongs here.',
  },
  'another-archive': { what: 'It holds another archive.', next: 'Nothing is written to it.' },
  clone: {
    what: 'This is a copy of the drive that belongs here.',
    next: 'Nothing is written to it. Plug in the one that belongs here.',
  },
  'another-writer': {
    what: 'Another Reelhold writes to it.',
    next: 'If that one is gone for good, take it over: reelhold location take-over NAME.',
  },
  'newer-format': {
    what: 'It was written by a newer Reelhold.',
    next: 'Nothing is written to it. Install the newer Reelhold.',
  },
  'unreadable-mark': {
    what: 'It cannot be recognised: what says which place it is is damaged.',
    next: 'Nothing is written to it, and your videos are still on it.',
  },
  'sign-in': {
    what: 'The service wants you to sign in again.',
    next: 'Nothing is lost; new videos wait here.',
  },
  'wrong-password': {
    what: 'The password that this Reelhold has does not fit what is stored there.',
    next: 'Nothing is written to it. Your recovery kit has the right one: reelhold location sign-in NAME PATH --password-file FILE.',
  },
  'not-set-up': {
    what: 'This machine has no sign-in for it yet.',
    next: 'Your copies there are not deleted. Give it one: reelhold location sign-in NAME PATH.',
  },
  denied: { what: 'Reelhold may not use it.', next: 'Check who may read and write there.' },
  quota: {
    what: 'The service allows no more for a while.',
    next: 'There is nothing to do; Reelhold goes on by itself.',
  },
  'read-only': {
    what: 'It can only be read at the moment.',
    next: 'Look for a switch on it, or check it for errors; then connect it again.',
  },
  failing: {
    what: 'The disk reports errors.',
    next: 'Try another cable; if that does not help, replace it soon.',
  },
  'no-tool': {
    what: 'The program that reaches it is missing or too old.',
    next: '"reelhold doctor" says what is needed.',
  },
};

const works: Readonly<Record<NonNullable<PlaceCondition['work']>['what'], string>> = {
  copying: 'Copying',
  'reading-back': 'Reading back',
  listing: 'Looking through it',
  rehearsing: 'Rehearsing a restore',
  erasing: 'Deleting',
};

/** When and how fast a place works; empty where it does so at any hour, as fast as it can, or as nobody here understands. */
export function limitsWords({ schedule, bandwidth }: Pick<PlaceSettings, 'schedule' | 'bandwidth'>): string {
  const parts = [
    ...(schedule === null || parseWorkHours(schedule) === null
      ? []
      : [`Works from ${schedule.replace('-', ' to ')}.`]),
    ...(timetableOf(bandwidth) === null ? [] : [`Limited to ${bandwidth} bytes a second.`]),
  ];
  return parts.join(' ');
}

/** All that was settled of a place, as the command line lists it. */
export function termsWords(settings: PlaceSettings): string {
  const { placeKind, awayFromHome, promiseDays, everyDays, set, encrypted } = settings;
  const roles = chosenRoles.filter((role) => settings.roles.includes(role));
  const days = (count: number) => (count === 1 ? 'day' : `${count} days`);
  return [
    awayFromHome ? 'Away from home.' : 'At home.',
    ...(placeKind === 'remote' ? [encrypted ? 'Encrypted.' : 'Not encrypted.'] : []),
    `Read back every ${days(promiseDays)}.`,
    ...(everyDays === null ? [] : [`Expected every ${days(everyDays)}.`]),
    ...(set === null ? [] : [`Takes turns with others of the set "${set}".`]),
    ...(roles.length === chosenRoles.length ? [] : [`For ${rolesInWords(roles)} only.`]),
    limitsWords(settings),
  ]
    .join(' ')
    .trim();
}

/** That a place was not seen for too long. */
export function unseenWords({
  name,
  set,
  days,
  of,
}: PlaceReminder & { readonly name: string; readonly set: string | null }): PlaceSaid {
  const since = `for more than ${days} ${days === 1 ? 'day' : 'days'}`;
  switch (of) {
    case 'place':
      return {
        what: `${name} was not seen ${since}.`,
        next: 'Connect it, so that what is new is brought there and what it holds is read back.',
      };
    case 'set':
      return { what: `None of the drives “${set}” was seen ${since}.`, next: 'Plug one of them in.' };
    case 'turn':
      return {
        what: `${name} was not plugged in ${since}, though it takes turns (“${set}”).`,
        next: 'Plug it in instead of the other one, so that what is new is on both.',
      };
  }
}

/** What is wrong with a limit by the time of day, as it was typed. */
export function wrongTimetable({ part, reason }: Extract<ReadTimetable, { kind: 'wrong' }>): string {
  const example = 'Write it as 512K or 10M (bytes a second), or by the time of day: "08:00,512K 23:00,off".';
  const whys: Readonly<Record<typeof reason, string>> = {
    empty: 'There is nothing in it.',
    time: `The time in "${part}" is none: it takes two digits each, such as 08:00 or Mon-08:00.`,
    rate: `The speed in "${part}" is none.`,
    zero: `"${part}" would mean that nothing limits it. To let a place rest, use --hours.`,
  };
  return `${whys[reason]} ${example}`;
}

/** How a place is, in plain words; where nothing runs, no work goes on there. */
export function placeWords({ settings, condition, counts }: PlaceFacts, running = true): PlaceSaid {
  if (settings.paused) return { what: 'Paused.', next: 'It is left alone until you resume it.' };
  if (condition === null) return { what: 'Not looked at yet.', next: '' };
  const { presence, work, safeToUnplug } = condition;
  if (presence.state === 'away') return awayWords[presence.reason];
  const begins = condition.waitsUntilMs == null ? null : beginningOf(settings.schedule);
  const isAllThere = counts.proven >= counts.wanted;
  if (work !== null && running) {
    const percent = Math.min(100, Math.floor((100 * work.bytesDone) / Math.max(1, work.bytesTotal)));
    return { what: `${works[work.what]}… ${percent} %`, next: '' };
  }
  if (condition.noRoomForBytes > 0) {
    const out = rolesInWords(condition.noRoomForRoles ?? assetRoles);
    return {
      what: 'Connected, but full.',
      next: `Not everything fits on it; out stay ${out}. Use a larger one, or make room.`,
    };
  }
  const { bad = 0 } = counts;
  if (bad > 0) {
    return {
      what: `Connected. ${bad === 1 ? 'One copy' : `${bad} copies`} on it ${bad === 1 ? 'is' : 'are'} damaged or gone.`,
      next: 'Reelhold puts a good one in its place wherever there is any; of what has none left, put the video into the inbox again.',
    };
  }
  if (condition.restsUntilMs != null && !isAllThere) return awayWords.quota;
  if ((condition.tooLargeFiles ?? 0) > 0) {
    const { what, next } = tooLargeWords({ ...settings, files: condition.tooLargeFiles ?? 0 });
    return { what: `Connected. ${what}`, next };
  }
  if (begins !== null && !isAllThere) {
    return {
      what: `Connected. What is new waits until ${begins}.`,
      next: 'It works in its hours only; "reelhold mirror NAME" brings it up to date now.',
    };
  }
  if (safeToUnplug && !isAllThere) {
    return {
      what: 'Connected.',
      next: 'What is new comes here once this NAS has read it back; until then it may be unplugged.',
    };
  }
  if (safeToUnplug) {
    const isApart = condition.disk === null;
    return { what: 'Up to date and read back.', next: isApart ? 'It may be unplugged.' : '' };
  }
  if (isAllThere) return { what: 'Connected, and up to date.', next: '' };
  const next = running
    ? 'Reelhold is bringing it up to date.'
    : 'It is brought up to date once Reelhold runs.';
  return { what: 'Connected.', next };
}

/** Of files that are larger than any that a place can hold. */
export function tooLargeWords({
  name,
  placeKind,
  files,
}: Pick<PlaceFacts['settings'], 'name' | 'placeKind'> & { readonly files: number }): PlaceSaid {
  const them = files === 1 ? 'One file is' : `${files} files are`;
  return placeKind === 'drive'
    ? {
        what: `${them} too large for ${name}.`,
        next: 'As it is formatted (FAT32) it holds files of at most 4 GB. Copy what else is on it elsewhere and format it as exFAT, or add another drive for these; all else is brought there.',
      }
    : {
        what: `${them} larger than the service behind ${name} takes.`,
        next: 'Add another place for these; all else is brought there.',
      };
}

/** Of a place that counts with the vault as one, as far as can be told. */
export const sharesDiskWords =
  'It is on the same disk as another place of your videos, or cannot be told from that: if the disk breaks, both are gone. So it counts as no further copy.';
