import { html } from 'hono/html';
import type { VaultRefusal } from '#core/archive-format.ts';
import type { Reason, Verdict } from '#core/assess.ts';
import type { IgnoredCounts, IgnoredReason } from '#core/candidates.ts';
import type { Damage } from '#core/damage.ts';
import type { Flaw } from '#core/examination/reading.ts';
import { displayName } from '#core/file-name.ts';
import { type HoldBackCause, parseHoldBackReason } from '#core/hold-back.ts';
import type { InboxOwner } from '#core/inbox-owner.ts';
import type { PartKind } from '#core/journal-record.ts';
import type { KitTrouble, Notice, Overview } from '#core/overview.ts';
import type { SightingState } from '#core/ports/catalogue.ts';
import type { KitState } from '#core/recovery-kit.ts';
import type { MendableFailure } from '#core/trouble.ts';
import { raiseLimit, type WatchGap, type Watching } from '#core/watching.ts';
import type { Html } from '#views/html.ts';
import { rolesInWords } from './en-forecast.ts';
import {
  awayWords,
  limitsWords,
  placeWords,
  sharesDiskWords,
  termsWords,
  tooLargeWords,
  unseenWords,
} from './en-places.ts';
import { reportedCopy } from './en-report.ts';

/** Writes "1 video", "12 videos"; the number as people write it. */
function count(n: number, one: string, many: string): string {
  return `${new Intl.NumberFormat('en-GB').format(n)} ${n === 1 ? one : many}`;
}

const videos = (n: number) => count(n, 'video', 'videos');
const files = (n: number) => count(n, 'file', 'files');

const kitWords: Readonly<Record<KitState, string>> = {
  'not-needed': 'There is no place away from home that a recovery kit is needed for.',
  none: 'There is no recovery kit yet: what it takes to get your videos back if everything here is gone.',
  stale: 'The recovery kit is out of date: a place or a password has changed since it was made.',
  unconfirmed: 'Nobody has said yet that the recovery kit can be read, and where it is kept.',
  'at-home': 'The recovery kit is kept at home. What takes this NAS may take it too.',
  good: 'The recovery kit is up to date.',
};

/** Every word of the page, in English; sentences are whole, so that another language can turn them round. */
export const en = {
  language: 'en',
  /** For dates and numbers: the day before the month, 24 hours. */
  formatLanguage: 'en-GB',
  name: 'Reelhold',
  title: (title: string) => `${title} · Reelhold`,
  titleWhenNeeded: '(!) Reelhold',
  home: 'Reelhold, first page',
  skipToContent: 'Skip to the content',

  level: {
    safe: 'Safe',
    'on-its-way': 'On its way',
    'needs-you': 'Needs you',
    'dont-know': 'Don’t know',
  } satisfies Record<Verdict, string>,

  headline: (o: Overview, inbox: string): string => headlines[o.headline](o, inbox),
  why: (o: Overview): string[] => whys[o.headline](o),
  lastReadBack: (time: Html) => html`Last read back and compared ${time}.`,

  /** Said by the command line where no daemon runs. */
  stopped: {
    headline:
      'Reelhold is not running: nothing is saved, brought to other places or read back until you start it (npm start). This is how things were left:',
    file: 'waits until Reelhold runs',
    inbox: 'Nobody looks at it until Reelhold runs.',
  },

  notices: {
    urgent: 'Needs you',
    others: 'Good to know',
    words: (notice: Notice, size: (bytes: number) => string): { what: string; next: string } =>
      noticeWords(notice, size),
  },

  arriving: {
    heading: 'Arriving now',
    inbox: 'Your inbox',
    nothing: 'Nothing is waiting. Copy a video into your inbox, and it appears here.',
    waiting: 'Still in the inbox, and why',
    more: (n: number) => `And ${files(n)} more.`,
    copy: 'Copy',
    copied: 'Copied',
    copyLabel: 'Copy the address of your inbox',
    from: (inbox: string) => `in ${inbox}`,
    watching: (watching: Watching): string => watchingWords(watching),
    away: 'The inbox cannot be reached.',
    looked: (time: Html) => html`Last looked through ${time}.`,
    ignored: (counts: IgnoredCounts): string => ignoredWords(counts),
    notVideos: (n: number) =>
      n === 1
        ? 'One file is not a video and stays where it is.'
        : `${files(n)} are not videos and stay where they are.`,
    state: (state: SightingState, reason: string | null): string => arrivalState(state, reason),
    saving: (percent: number) => `Saving… ${percent} %`,
    progress: (name: string) => `Progress of ${name}`,
  },

  places: {
    heading: 'Where your videos are',
    vault: 'This NAS',
    away: awayWords,
    state: placeWords,
    limits: limitsWords,
    terms: termsWords,
    sharesDisk: sharesDiskWords,
    counts: (proven: number, wanted: number): string =>
      wanted === 0 ? 'Nothing belongs here yet.' : `${proven} of ${files(wanted)} there and read back`,
    free: (size: string) => `${size} free`,
    readBack: (time: Html) => html`Last read back ${time}.`,
    drill: (good: number, tried: number, time: Html) =>
      html`Last rehearsal ${time}: ${good} of ${tried} came back.`,
    seen: (time: Html) => html`Last seen ${time}.`,
  },

  kit: kitWords,

  report: {
    title: (day: string) => `What is held where, on ${day}`,
    sum: (n: number, size: string) =>
      `${files(n)}, ${size}. Below each place: when the copy there was last read back and compared with its checksum.`,
    video: 'Video, checksum (SHA-256)',
    size: 'Size',
    saved: 'Saved',
    copy: reportedCopy,
  },

  taking: {
    anyway: 'Take it anyway',
    asItIs: 'Take it as it is',
    label: (label: string, name: string) => `${label}: ${name}`,
    failedTitle: 'That file was not taken',
    outcome: (state: 'taken' | 'settling' | 'working' | 'failed', why: string): string =>
      ({
        taken: 'is saved',
        settling: 'is still being copied in, and is saved as soon as that is over',
        working: 'saving…',
        failed: `was not saved: ${displayName(why)}.`,
      })[state],
  },

  videos: {
    heading: 'Latest videos',
    older: 'Show older',
    newest: 'Back to the newest',
    play: (title: string) => `Play ${title}`,
    versions: (n: number) => count(n, 'version', 'versions'),
    parts: (n: number) => `${files(n)} with it`,
    open: (title: string) => `Open ${title}`,
    noOlder: 'There are no older videos.',
    mark: (verdict: Verdict, reasons: readonly Reason[], places: number): string =>
      markWords(verdict, reasons, places),
  },

  video: {
    close: 'Close',
    back: 'All videos',
    version: (n: number) => `Version ${n}`,
    newest: 'newest',
    roles: { published: 'as published', draft: 'draft' },
    play: 'Play',
    playVersion: (n: number, title: string) => `Play version ${n} of ${title}`,
    playing: 'in the player',
    download: 'Download',
    downloadVersion: (n: number, title: string) => `Download version ${n} of ${title}`,
    versionsHeading: 'Versions',
    saved: (time: Html) => html`saved ${time}`,
    readBack: (time: Html) => html`read back ${time}`,
    notReadBack: 'not read back yet',
    size: (width: number, height: number) => `${width} × ${height}`,
    seenAgain: (n: number) => (n === 1 ? 'came once more since' : `came ${n} more times since`),
    damaged: (damaged: string): string =>
      damagedWords(damaged, (copy) => `${copy} a good one in, and it becomes the next version.`),
    damage: (damage: Damage): string => damageWords[damage],
    samePictureAndSound: (other: Html) => html`The same picture and sound as ${other}, in another file.`,
    unreadable: 'Its pictures could not be read; the file is kept as it is.',
    details: 'Details',
    fileName: 'File name',
    exactSize: 'Size',
    bytes: (n: string) => `${n} bytes`,
    codecs: 'Made of',
    checksum: 'Checksum (SHA-256)',
    cannotPlay: 'Your browser cannot play this kind of video. The file is fine: download it.',
    cannotRead: 'This video cannot be read just now. Nothing is deleted; try again in a while.',
    player: (title: string) => `Player: ${title}`,
  },

  parts: {
    heading: 'What belongs to it',
    kinds: {
      raw: 'raw footage',
      project: 'project file',
      sound: 'sound',
      subtitle: 'subtitles',
      sidecar: 'camera’s notes',
      still: 'picture',
      other: 'other file',
    } satisfies Record<PartKind, string>,
    count: (kind: PartKind, n: number): string => partCounts[kind](n),
    list: 'All files',
    more: (n: number) => `And ${files(n)} more; all of them are in the library.`,
    download: (name: string) => `Download ${name}`,
    someDamaged: (n: number) =>
      n === 1 ? 'One of these came in damaged.' : `${n} of these came in damaged.`,
    damaged: (damaged: string): string =>
      damagedWords(damaged, (copy) => `${copy} a good one in under the same name, and it takes its place.`),
    nothingFinal: 'There is no final video of this yet. Everything it is made of is kept.',
    said: 'What its files say',
    title: 'Title',
    description: 'Description',
    date: 'Date',
    tags: 'Tags',
    rating: 'Rating',
    source: 'Saved from',
    editOf: (link: Html) =>
      html`This seems to be the edited version of ${link}: same moment, same camera. If it is, make them one video with`,
  },

  footer: {
    version: (version: string) => `Reelhold ${version}`,
    promise: 'Every version is kept for ever.',
  },
  live: {
    lost: 'No connection to Reelhold. What you see may be old; it catches up by itself.',
  },
  problems: {
    notFoundTitle: 'Not found',
    notFound: 'There is nothing at this address.',
    noVideo: 'There is no such video. It may have been removed.',
    failedTitle: 'That did not work',
    failed: 'Reelhold could not make this page. Your videos are untouched. The log says more.',
    badRequestTitle: 'That cannot be asked',
    noFile: 'That names no file of an inbox.',
    noInbox: (name: string) => `${name} is not an inbox.`,
    back: 'Go to the first page',
  },
};

const kitSteps: Readonly<Record<KitTrouble, string>> = {
  none: 'Make one: npm run reelhold -- kit',
  stale: 'Make a new one, and throw the old one away: npm run reelhold -- kit',
  unconfirmed: 'Type back the words at its end, and where it is: npm run reelhold -- kit confirm',
  'at-home': 'Bring it to somebody you trust, and say so: npm run reelhold -- kit confirm',
};

/** The words of one language. */
export type Words = typeof en;

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const onDay = (atMs: number) => dayFormat.format(atMs);

const headlines: Record<Overview['headline'], (o: Overview, inbox: string) => string> = {
  empty: (_, inbox) => `No videos yet. Copy one into ${inbox} and it appears here within a minute.`,
  safe: ({ videosTotal: n }) => (n === 1 ? 'Your video is safe.' : `All ${videos(n)} are safe.`),
  'on-its-way': ({ videosTotal: n, videosSafe: safe }) =>
    safe === 0
      ? `${videos(n)} on the way to being safe.`
      : `${videos(n - safe)} on the way to being safe. ${videos(safe)} safe already.`,
  'drive-due': ({ videosTotal: n }) =>
    n === 1
      ? 'Your video is safe here and away from home.'
      : `All ${videos(n)} are safe here and away from home.`,
  'waits-for-drive': ({ videosTotal: n, videosSafe: safe }) =>
    `${videos(n - safe)} waiting for a drive. ${videos(safe)} safe already.`,
  'drive-overdue': ({ videosTotal: n, videosSafe: safe }) =>
    `${videos(n - safe)} waiting for a drive that was expected before now.`,
  'dont-know': ({ videosTotal: n, videosSafe: safe }) =>
    `Not sure about ${videos(n - safe)}: not every place could be asked.`,
  'vault-away': () => 'Your videos cannot be reached just now.',
  'in-trouble': () => 'No videos can be saved just now.',
  damaged: ({ videosDamaged: n }) =>
    n === 1 ? 'One video cannot be read any more.' : `${videos(n)} cannot be read any more.`,
  'one-place': ({ videosTotal: n }) =>
    n === 1
      ? 'Saved here only. If this NAS breaks, your video is gone.'
      : `Saved here only. If this NAS breaks, ${videos(n)} are gone.`,
  'too-few-places': ({ videosTotal: n, videosSafe: safe, places }) =>
    `Saved in ${places} places only. One more makes ${videos(n - safe)} safe.`,
  'nothing-away': ({ videosTotal: n }) =>
    n === 1
      ? 'Nothing is away from home yet. Fire or theft would take your video.'
      : `Nothing is away from home yet. Fire or theft would take ${videos(n)}.`,
  'one-kind': ({ videosTotal: n }) =>
    `${videos(n)} on one kind of place only. What breaks one may break all.`,
};

const whys: Record<Overview['headline'], (o: Overview) => string[]> = {
  empty: () => [],
  safe: () => ['Three copies each, on two kinds of place, one of them away from home.'],
  'on-its-way': () => ['Reelhold is working on it. There is nothing to do.'],
  'drive-due': ({ driveDueAtMs }) => [
    driveDueAtMs == null
      ? 'The newest go to the drive when it is next plugged in.'
      : `The newest go to the drive when it is next plugged in; it is due on ${onDay(driveDueAtMs)}.`,
  ],
  'waits-for-drive': ({ driveDueAtMs }) => [
    driveDueAtMs == null
      ? 'A drive that is kept away from home is plugged in: take it away again when it is done.'
      : `Plug in the drive; it is due on ${onDay(driveDueAtMs)}.`,
  ],
  'drive-overdue': () => ['Plug in the drive. What it holds already is not lost.'],
  'dont-know': () => ['What could not be asked is not counted as lost, and not as safe either.'],
  'vault-away': ({ videosTotal: n }) =>
    n === 0
      ? ['Nothing has been deleted.']
      : [`${videos(n)} were in it when it was last here. Nothing has been deleted.`],
  'in-trouble': () => ['Nothing has been deleted. New videos wait in the inbox, untouched.'],
  damaged: () => [
    'If you still have it on a phone, camera or computer, do not delete it there.',
    'Copy it into the inbox again: Reelhold then mends what it holds.',
  ],
  'one-place': ({ videosAtRisk: unread, videosTotal: n }) => [
    unread === 0
      ? 'What is here was read back from the disk, and is unchanged.'
      : unread === n
        ? 'What is here is still to be read back from the disk: Reelhold does so in a quiet minute.'
        : `${videos(unread)} ${unread === 1 ? 'is' : 'are'} still to be read back from the disk; the others were, and are unchanged.`,
    'It takes three copies, one of them away from home, to be safe.',
  ],
  'too-few-places': () => ['It takes three copies, one of them away from home, to be safe.'],
  'nothing-away': () => ['It takes one copy away from home to be safe from that.'],
  'one-kind': () => ['It takes two kinds of place, such as this NAS and a USB drive, to be safe from that.'],
};

const refusals: Record<VaultRefusal, { what: string; next: string }> = {
  'not-connected': {
    what: 'The disk with your videos is not connected.',
    next: 'Nothing is lost. New videos wait in the inbox, untouched. Connect the disk or start it again; Reelhold goes on by itself.',
  },
  'another-archive': {
    what: 'The disk here holds another archive than before.',
    next: 'Nothing is written to it. Connect the disk that was here, or set up Reelhold anew for this one.',
  },
  'newer-format': {
    what: 'Your archive was written by a newer Reelhold.',
    next: 'Nothing is lost, and nothing is written to it. Install the newer Reelhold.',
  },
  'unreadable-mark': {
    what: 'Your archive cannot be recognised: its file archive.json is damaged.',
    next: 'Nothing is written to it, and your videos are still in it. Put archive.json back from another copy of the archive.',
  },
  'not-empty': {
    what: 'The folder meant for your videos holds other files.',
    next: 'Nothing in it was touched. Give Reelhold an empty folder (REELHOLD_VAULT).',
  },
};

type Said = { readonly what: string; readonly next: string };

const goesOn = 'Reelhold goes on by itself.';

const vaultTroubles: Record<MendableFailure, Said> = {
  missing: refusals['not-connected'],
  unreachable: refusals['not-connected'],
  corrupt: {
    what: 'A file that Reelhold needs on the disk with your videos is damaged.',
    next: 'Your videos are still there, and nothing is written. The log names the file.',
  },
  denied: {
    what: 'Reelhold may not write to the folder of your videos.',
    next: `Nothing is lost. Let the user that runs Reelhold write there; ${goesOn}`,
  },
  full: {
    what: 'The disk with your videos is full.',
    next: `New videos stay in the inbox, untouched. Make some room; ${goesOn}`,
  },
  'read-only': {
    what: 'The disk with your videos can only be read at the moment.',
    next: `Nothing is lost. A system often does this to a disk that reported errors: have the disk checked, and make it writable again; ${goesOn}`,
  },
  busy: {
    what: 'Another program is using your archive.',
    next: `There is nothing to do but to wait until it has finished; ${goesOn}`,
  },
  io: {
    what: 'The disk with your videos reports errors.',
    next: `What was saved is left as it is, and new videos wait in the inbox, untouched. Check the cable, and have the disk checked; ${goesOn}`,
  },
};

const settingsTroubles: Record<MendableFailure, Said> = {
  missing: {
    what: 'The folder with Reelhold’s settings is not there.',
    next: `Your videos are untouched. If it is on a drive or a share, connect it again; ${goesOn}`,
  },
  unreachable: {
    what: 'The disk with Reelhold’s settings does not answer.',
    next: `Your videos are untouched. Connect it again, or have it checked; ${goesOn}`,
  },
  corrupt: {
    what: 'Reelhold’s list of your videos, or its settings, are damaged.',
    next: 'Your videos are untouched. The log names the file; move it away, and Reelhold makes the list again from the videos themselves.',
  },
  denied: {
    what: 'Reelhold may not write to the folder with its settings.',
    next: `Your videos are untouched. Let the user that runs Reelhold write there; ${goesOn}`,
  },
  full: {
    what: 'The disk with Reelhold’s settings is full.',
    next: `New videos stay in the inbox, untouched. Make some room; ${goesOn}`,
  },
  'read-only': {
    what: 'The disk with Reelhold’s settings can only be read at the moment.',
    next: `Your videos are untouched, and new ones wait in the inbox. A system often does this to a disk that reported errors: have the disk checked, and make it writable again; ${goesOn}`,
  },
  busy: {
    what: 'Another program is using Reelhold’s list of your videos.',
    next: `There is nothing to do but to wait until it has finished; ${goesOn}`,
  },
  io: {
    what: 'The disk with Reelhold’s settings reports errors.',
    next: `Your videos are untouched, and new ones wait in the inbox. Check the cable, and have the disk checked; ${goesOn}`,
  },
};

const partCounts: Record<PartKind, (n: number) => string> = {
  raw: (n) => count(n, 'clip of raw footage', 'clips of raw footage'),
  project: (n) => count(n, 'project file', 'project files'),
  sound: (n) => count(n, 'sound', 'sounds'),
  subtitle: (n) => count(n, 'file of subtitles', 'files of subtitles'),
  sidecar: (n) => count(n, 'camera’s note', 'camera’s notes'),
  still: (n) => count(n, 'picture', 'pictures'),
  other: (n) => count(n, 'other file', 'other files'),
};

function noticeWords(notice: Notice, size: (bytes: number) => string): { what: string; next: string } {
  switch (notice.kind) {
    case 'vault':
      return refusals[notice.reason];
    case 'trouble':
      return (notice.place === 'vault' ? vaultTroubles : settingsTroubles)[notice.failure];
    case 'inbox-gone':
      return {
        what: `The inbox cannot be reached: ${displayName(notice.root)}`,
        next: 'Nothing is lost. If it is on a share or a drive, connect it again; Reelhold looks for it all the time. If it is there, "reelhold doctor" says what is in the way.',
      };
    case 'place-away': {
      const { what, next } = awayWords[notice.reason];
      return { what: `${notice.name}: ${what}`, next };
    }
    case 'many-changes':
      return {
        what:
          notice.change === 'many-changed'
            ? 'Many of your videos changed at once.'
            : 'Most of what came in last is no video any more.',
        next: `Every older version is kept. For a day no original leaves the inbox, and nothing can be deleted everywhere.${notice.roomIsShort ? ' Space is short, and originals do not make room meanwhile: what has none waits in the inbox, until you make some or the day is over.' : ''} If it was you, there is nothing to do: it goes on by itself. If it was not, look for a program that spoils files on your computer.`,
      };
    case 'place-unseen':
      return unseenWords(notice);
    case 'place-full':
      return {
        what: `${notice.name} is full: there is no room for ${size(notice.bytes)}. Out stay ${rolesInWords(notice.roles)}.`,
        next: notice.urgent
          ? 'Use a larger drive, or make room on it.'
          : 'All else is brought there. Use a larger drive, or keep that off it: reelhold location set NAME --roles final,published,draft.',
      };
    case 'place-too-large':
      return tooLargeWords(notice);
    case 'place-spool':
      return {
        what: `There is no room on this NAS to encrypt ${size(notice.bytes)} for ${notice.name}.`,
        next: 'Files are encrypted one after the other before they leave, and the largest has to fit. Make room; it goes on by itself.',
      };
    case 'space-paused':
      return {
        what: `This NAS is full: ${size(notice.freeBytes)} of ${size(notice.totalBytes)} left.`,
        next: 'New videos stay in the inbox, untouched, and are saved as soon as there is room.',
      };
    case 'space-low':
      return {
        what: `Space is getting low: ${size(notice.freeBytes)} of ${size(notice.totalBytes)} left.`,
        next: 'New videos are still being saved.',
      };
    case 'library-written':
      return {
        what: `Another program changed ${files(notice.files)} in the library.`,
        next: 'Share the library read-only, so that nobody can change it. Reelhold checks whether your videos were touched.',
      };
    case 'catalogue-damaged':
      return {
        what: 'Reelhold’s list of your videos is damaged. The videos themselves are not touched by that.',
        next: 'Stop Reelhold and start it again: it puts the damaged list aside and makes a new one from your archive.',
      };
    case 'catalogue-renewed':
      return {
        what: 'Reelhold’s list of your videos was damaged, and was made again from your archive.',
        next: `There is nothing to do. The damaged list is kept beside the new one, as ${notice.kept}.`,
      };
    case 'disk-trouble':
      return {
        what: `The disk has trouble reading ${videos(notice.videos)}.`,
        next: 'Nothing is given up: Reelhold tries again by itself. Copy what matters most to another disk, and have this one checked or replaced.',
      };
    case 'slow-proofs':
      return {
        what: `At this pace it takes ${count(notice.neededDays, 'day', 'days')} to read everything; ${notice.promisedDays} are promised.`,
        next: 'Let more be read each night, or promise a longer time.',
      };
    case 'clock-behind':
      return {
        what: 'The clock of this NAS shows a time before most of what was read back.',
        next: 'If its date is wrong, set it. If it is right, there is nothing to do: Reelhold reads everything again, a little each night.',
      };
    case 'kit':
      return { what: kitWords[notice.state], next: kitSteps[notice.state] };
    case 'inbox-partly':
      return {
        what: `Part of ${inboxWords(notice.inbox)} cannot be watched: ${gaps[notice.gap]}.`,
        next: `Reelhold looks through it every 5 minutes instead, so new videos take a little longer.${raiseWords(notice.gap)}`,
      };
    case 'inbox-kept':
      return {
        what: owners[notice.by](inboxWords(notice.inbox), displayName(notice.path)),
        next: 'Every video is saved all the same.',
      };
    case 'no-ffmpeg':
      return {
        what: 'There are no pictures and no lengths: ffmpeg is not installed here.',
        next: 'Your videos are saved all the same. Install ffmpeg and start Reelhold again.',
      };
    case 'no-rclone':
      return {
        what: 'Copies away from home will not work: rclone is not installed here.',
        next: 'Install rclone and start Reelhold again.',
      };
  }
}

function inboxWords(inbox: string | null): string {
  return inbox === null ? 'the inbox' : `the inbox ${displayName(inbox)}`;
}

const asTheyAre = 'Its files are left where they are';
const removedElsewhere = `${asTheyAre}: removed here, they would be removed on your other devices.`;

const owners: Record<InboxOwner, (inbox: string, path: string) => string> = {
  syncthing: (inbox) => `Syncthing uses ${inbox} too. ${removedElsewhere}`,
  sync: (inbox, path) => `A program that syncs uses ${inbox} too (${path}). ${removedElsewhere}`,
  'project-open': (inbox, path) =>
    `A video project in ${inbox} is open in its program (${path}). ${asTheyAre}, as the project needs them.`,
  'project-recent': (inbox, path) =>
    `A video project in ${inbox} was worked on in the last days (${path}). ${asTheyAre}, as the project needs them.`,
};

/** Why watching is not enough, as a clause. */
const gaps: Record<WatchGap, string> = {
  network: 'it is on a network drive',
  fuse: 'it is on a drive that may change by itself',
  'watch-limit': 'it has more folders than the system lets a program watch',
  'watcher-limit': 'the system lets no more programs watch folders',
  'odd-names': 'it has names that cannot be watched',
  unreadable: 'there are folders in it that Reelhold may not look into',
  trouble: 'the system does not let Reelhold watch all of it',
};

function watchingWords({ gap, type }: Watching): string {
  if (gap === null) return 'Watching for new files.';
  const why = `${gaps[gap]}${type === null ? '' : ` (${type})`}`;
  if (gap === 'network') return `Looked through every 5 minutes, as ${why}.`;
  return `Watched, and looked through every 5 minutes, as ${why}.`;
}

/** What the owner can do about it, where there is something. */
function raiseWords(gap: WatchGap): string {
  const command = raiseLimit[gap];
  return command === undefined
    ? ''
    : ` To have it watched, type this on the computer itself (not in a container), and start Reelhold again: ${command}`;
}

const ignoredNames: Record<IgnoredReason, (n: number) => string> = {
  system: (n) => count(n, 'system file', 'system files'),
  unfinished: (n) => count(n, 'unfinished copy', 'unfinished copies'),
  'other-program': (n) => (n === 1 ? '1 of another program' : `${n} of other programs`),
  hidden: (n) => count(n, 'hidden file', 'hidden files'),
};

/** '' where there are none. */
function ignoredWords(counts: IgnoredCounts): string {
  const reasons = Object.keys(ignoredNames) as IgnoredReason[];
  const total = reasons.reduce((sum, reason) => sum + counts[reason], 0);
  if (total === 0) return '';
  const parts = reasons.filter((reason) => counts[reason] > 0);
  return `${files(total)} ignored: ${parts.map((reason) => ignoredNames[reason](counts[reason])).join(', ')}.`;
}

function arrivalState(state: SightingState, reason: string | null): string {
  if (state === 'settling' && reason === 'empty') return 'is still empty (nothing to do)';
  if (state === 'settling') return 'is still being copied in (nothing to do)';
  if (state === 'taking') return 'is being saved';
  if (state === 'taken') return 'is saved';
  const heldBack = parseHoldBackReason(reason);
  if (heldBack !== null) return `waits: ${heldBackWords(heldBack)}`;
  return waits[reason ?? ''] ?? (reason?.startsWith('source-') ? waits['source-io'] : waits.failed) ?? '';
}

const afterAnHour = 'If nothing changes for an hour it is saved as it is, and stays here.';

function heldBackWords(cause: HoldBackCause): string {
  switch (cause.kind) {
    case 'flaw':
      return `${flawWords[cause.flaw]} It may still be on its way. ${afterAnHour}`;
    case 'finder':
      return `a Mac says that it is still copying it, or was interrupted. ${afterAnHour}`;
    case 'list':
      return `the list that came with it names ${count(cause.missing, 'more file that is', 'more files that are')} not here yet. ${afterAnHour}`;
    case 'listed':
      return `it is a list of checksums, and leaves after ${cause.left === 1 ? 'the last file' : `the ${cause.left} files`} that it names. ${afterAnHour}`;
    case 'unread-list':
      return 'the list that came with it cannot be read yet. It may still be on its way; if it stays so, it is not waited for.';
    case 'empty':
      return `there is nothing in this video. It may still be on its way. ${afterAnHour}`;
    case 'empty-among-others':
      return 'there is nothing in it, and it is saved after the other files of its project.';
  }
}

const flawWords: Record<Flaw, string> = {
  'cut-off': 'the end of this video is missing.',
  'no-index': 'this video was not finished: the part that says where its pictures are is missing.',
  'empty-start': 'the beginning of this video is empty.',
  'empty-end': 'the end of this video is empty.',
};

const damageWords: Record<Damage, string> = {
  'cut-off': 'its end is missing',
  'no-index': 'it was never finished, and may not play',
  'empty-start': 'its beginning is empty',
  'empty-end': 'its end is empty',
  'marked-unfinished': 'a Mac said to the last that it was still copying it',
  'differs-from-list': 'it is not what the list of checksums that came with it says',
};

/** A newer Reelhold may know of more. */
function damagedWords(damaged: string, mend: (copy: 'Copy' | 'copy') => string): string {
  // Nothing is wrong with the bytes as far as is known.
  if (damaged === ('marked-unfinished' satisfies Damage)) {
    return `May not be whole: ${damageWords[damaged]}. Its original was left where it was. If it plays to its end, all is well; if not, ${mend('copy')}`;
  }
  const what = Object.hasOwn(damageWords, damaged) ? `: ${damageWords[damaged as Damage]}.` : '.';
  return `Came in damaged${what} It is kept as it came, and its original was left where it was. ${mend('Copy')}`;
}

const waits: Readonly<Record<string, string>> = {
  failed: 'waits: it could not be saved yet. Reelhold tries again by itself.',
  'for-its-video': 'waits for the video it belongs to',
  'list-of-no-video':
    'waits: it is a list of checksums, and no video that it names is saved, or it cannot be read.',
  'no-room': 'waits: there is no room for it on this NAS. It stays here, untouched.',
  'vault-full': 'waits: there is no room for it on this NAS. It stays here, untouched.',
  'vault-missing': 'waits: the disk with your videos is not connected.',
  'vault-unreachable': 'waits: the disk with your videos is not connected.',
  'vault-denied': 'waits: Reelhold may not write to its own folder. Check the folder’s permissions.',
  'vault-read-only': 'waits: the disk with your videos can only be read at the moment.',
  'vault-io': 'waits: the disk with your videos reports an error. Reelhold tries again by itself.',
  'source-denied': 'waits: Reelhold may not read it. Check the file’s permissions.',
  'source-busy': 'waits: another program is using it.',
  'source-unreachable': 'waits: the inbox went away while it was being read.',
  'source-io': 'waits: it cannot be read. Reelhold tries again by itself.',
};

function markWords(verdict: Verdict, reasons: readonly Reason[], places: number): string {
  if (reasons.includes('drive-is-due')) return 'Here and away';
  if (verdict !== 'needs-you') return en.level[verdict];
  if (reasons.includes('drive-is-overdue')) return 'Waits for a drive';
  if (reasons.includes('damaged')) return 'Damaged';
  if (reasons.includes('no-copy')) return 'Missing';
  return places <= 1 ? 'Here only' : 'Too few copies';
}
