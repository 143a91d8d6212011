import type { VaultRefusal } from '#core/archive-format.ts';
import type { Place, Reason, Verdict } from '#core/assess.ts';
import type { Conditions, InboxCondition } from '#core/conditions.ts';
import type { OwnerFound } from '#core/inbox-owner.ts';
import type { MassChangeSeen } from '#core/mass-change.ts';
import { type PlaceNotice, type PlaceSeen, placeNotices } from '#core/place-notices.ts';
import { countSpots } from '#core/place-spots.ts';
import type { KitState } from '#core/recovery-kit.ts';
import type { MendableFailure, Trouble, TroublePlace } from '#core/trouble.ts';
import type { WatchGap } from '#core/watching.ts';

/** What the catalogue says of all videos together. */
export interface ArchiveFacts {
  readonly verdict: Verdict;
  /** Of every video that has this verdict. */
  readonly reasons: readonly Reason[];
  readonly videosTotal: number;
  readonly videosSafe: number;
  readonly videosAtRisk: number;
  /** Videos of which a version has no good copy left. */
  readonly videosDamaged: number;
  /** Videos of which a copy could not be read when it was last tried. */
  readonly videosUnreadable: number;
  /** Most proofs lie in the clock's future. */
  readonly isClockBehind: boolean;
  /** When a copy was last read and compared, ms of the wall clock. */
  readonly lastProvenAtMs: number | null;
}

/** What the daemon last found out about its surroundings; null where it did not yet. */
export interface Surroundings {
  readonly vault: Conditions['vault'] | null;
  readonly places: Conditions['places'] | null;
  readonly space: Conditions['space'] | null;
  readonly tools: Conditions['tools'] | null;
  readonly library: Conditions['library'] | null;
  readonly proofs: Conditions['proofs'] | null;
  readonly catalogue: Conditions['catalogue'] | null;
  /** Of the inboxes that were looked at. */
  readonly inboxes: readonly InboxCondition[];
  /** Places other than the vault. */
  readonly others?: readonly PlaceSeen[];
  readonly changes?: Conditions['changes'] | null;
  readonly kit?: KitState;
}

/** Which sentence stands first on the page. */
export type Headline =
  | 'empty'
  | 'safe'
  | 'on-its-way'
  | 'drive-due'
  | 'waits-for-drive'
  | 'drive-overdue'
  | 'dont-know'
  | 'vault-away'
  | 'in-trouble'
  | 'damaged'
  | 'one-place'
  | 'too-few-places'
  | 'nothing-away'
  | 'one-kind';

/** Something the owner should know of besides the verdict; `urgent` where only the owner can mend it. */
export type Notice =
  | { readonly kind: 'vault'; readonly urgent: true; readonly reason: VaultRefusal }
  | {
      readonly kind: 'trouble';
      readonly urgent: boolean;
      readonly place: TroublePlace;
      readonly failure: MendableFailure;
    }
  | PlaceNotice
  | ({ readonly kind: 'many-changes'; readonly urgent: true } & MassChangeSeen)
  | { readonly kind: 'inbox-gone'; readonly urgent: true; readonly root: string }
  | {
      readonly kind: 'space-paused' | 'space-low';
      readonly urgent: boolean;
      readonly freeBytes: number;
      readonly totalBytes: number;
    }
  | { readonly kind: 'library-written'; readonly urgent: true; readonly files: number }
  | { readonly kind: 'disk-trouble'; readonly urgent: true; readonly videos: number }
  | {
      readonly kind: 'slow-proofs';
      readonly urgent: false;
      readonly neededDays: number;
      readonly promisedDays: number;
    }
  | { readonly kind: 'clock-behind'; readonly urgent: false }
  | { readonly kind: 'kit'; readonly urgent: false; readonly state: KitTrouble }
  | { readonly kind: 'catalogue-damaged'; readonly urgent: true }
  | { readonly kind: 'catalogue-renewed'; readonly urgent: false; readonly kept: string }
  /** `inbox`: which one, where there are several. */
  | {
      readonly kind: 'inbox-partly';
      readonly urgent: false;
      readonly inbox: string | null;
      readonly gap: WatchGap;
    }
  | ({ readonly kind: 'inbox-kept'; readonly urgent: false; readonly inbox: string | null } & OwnerFound)
  | { readonly kind: 'no-ffmpeg' | 'no-rclone'; readonly urgent: false };

export interface Overview extends ArchiveFacts {
  readonly headline: Headline;
  readonly level: Verdict;
  /** Places apart: those that count as one are one. */
  readonly places: number;
  readonly notices: readonly Notice[];
  /** When the first drive that is awaited is expected; ms of the wall clock. */
  readonly driveDueAtMs?: number | null;
}

/** Decides what the page says first: the worst of what is known about the videos and about the surroundings. */
export function overview(facts: ArchiveFacts, surroundings: Surroundings): Overview {
  const notices = [
    ...noticesOf(surroundings),
    ...(surroundings.others ?? []).flatMap(placeNotices),
    ...changeNotices(surroundings),
    ...proofNotices(facts, surroundings),
    ...kitNotices(surroundings),
  ];
  const headline = headlineOf(facts, surroundings);
  const ownLevel = levels[headline] ?? facts.verdict;
  return {
    ...facts,
    headline,
    level: notices.some((notice) => notice.urgent) ? 'needs-you' : ownLevel,
    places: countSpots(surroundings.places?.places ?? []),
    notices,
    driveDueAtMs: firstDueMs(surroundings.places?.places ?? []),
  };
}

/** What is safe here and away is green while the drive is awaited: nobody is needed before it is due. */
const levels: Readonly<Partial<Record<Headline, Verdict>>> = { empty: 'on-its-way', 'drive-due': 'safe' };

function firstDueMs(places: readonly Place[]): number | null {
  const dates = places.flatMap(({ dueAtMs }) => dueAtMs ?? []);
  return dates.length === 0 ? null : Math.min(...dates);
}

function headlineOf(facts: ArchiveFacts, { vault, places }: Surroundings): Headline {
  if (vault?.state === 'refused') return 'vault-away';
  if (vault?.state === 'failing' && !mendsItself(vault)) return 'in-trouble';
  if (facts.videosTotal === 0) return 'empty';
  if (facts.verdict === 'safe') return 'safe';
  if (facts.verdict === 'on-its-way') return waitingHeadline(facts.reasons);
  if (facts.verdict === 'dont-know') return 'dont-know';
  if (facts.videosDamaged > 0) return 'damaged';
  if (facts.reasons.includes('drive-is-overdue')) return 'drive-overdue';
  if (countSpots(places?.places ?? []) <= 1) return 'one-place';
  if (facts.reasons.includes('nothing-away-from-home')) return 'nothing-away';
  return facts.reasons.includes('too-few-places') ? 'too-few-places' : 'one-kind';
}

function waitingHeadline(reasons: readonly Reason[]): Headline {
  if (reasons.length === 0) return 'on-its-way';
  if (reasons.every((reason) => reason === 'drive-is-due')) return 'drive-due';
  return reasons.every((reason) => reason.endsWith('-drive') || reason.startsWith('drive-'))
    ? 'waits-for-drive'
    : 'on-its-way';
}

/** What there is to say about much that changed at once. */
export function changeNotices({ changes, space }: Pick<Surroundings, 'changes' | 'space'>): Notice[] {
  if (changes == null || changes.change === 'none') return [];
  const roomIsShort = space !== null && space.level !== 'enough';
  return [{ kind: 'many-changes', urgent: true, change: changes.change, roomIsShort }];
}

/** What is to be done about a recovery kit. */
export type KitTrouble = Exclude<KitState, 'not-needed' | 'good'>;

function kitNotices({ kit = 'not-needed' }: Surroundings): Notice[] {
  return kit === 'not-needed' || kit === 'good' ? [] : [{ kind: 'kit', urgent: false, state: kit }];
}

/** Somebody else works on the archive for a moment: that mends itself. */
function mendsItself({ failure }: Extract<Trouble, { state: 'failing' }>): boolean {
  return failure === 'busy';
}

function noticesOf(surroundings: Surroundings): Notice[] {
  const { vault, space, library, catalogue, inboxes } = surroundings;
  const notices: Notice[] = [];
  if (vault !== null && vault.state !== 'open') notices.push(noticeOf(vault));
  for (const { state, root } of inboxes) {
    if (state === 'gone') notices.push({ kind: 'inbox-gone', urgent: true, root });
  }
  if (space !== null && space.level !== 'enough') {
    const { level, freeBytes, totalBytes } = space;
    notices.push({ kind: `space-${level}`, urgent: level === 'paused', freeBytes, totalBytes });
  }
  if (library !== null && library.written > 0) {
    notices.push({ kind: 'library-written', urgent: true, files: library.written });
  }
  if (catalogue?.state === 'damaged') notices.push({ kind: 'catalogue-damaged', urgent: true });
  if (catalogue?.state === 'renewed') {
    notices.push({ kind: 'catalogue-renewed', urgent: false, kept: catalogue.kept });
  }
  for (const inbox of inboxes) notices.push(...inboxNotices(inbox, inboxes.length > 1));
  return [...notices, ...missingTools(surroundings.tools)];
}

/** An inbox on a drive that cannot be watched is as it should be: that is said where the inbox is. */
function inboxNotices(
  { root, state, watching, forcedBy }: InboxCondition,
  isOneOfSeveral: boolean,
): Notice[] {
  const inbox = isOneOfSeveral ? root : null;
  const notices: Notice[] = [];
  const { gap } = watching;
  if (state === 'watched-partly' && gap !== null && gap !== 'network' && gap !== 'fuse') {
    notices.push({ kind: 'inbox-partly', urgent: false, inbox, gap });
  }
  if (forcedBy !== null) notices.push({ kind: 'inbox-kept', urgent: false, inbox, ...forcedBy });
  return notices;
}

/** What a trouble is called on the page. */
export function noticeOf(trouble: Trouble): Notice {
  if (trouble.state === 'refused') return { kind: 'vault', urgent: true, reason: trouble.reason };
  return { kind: 'trouble', urgent: !mendsItself(trouble), place: trouble.place, failure: trouble.failure };
}

/** What there is to say about reading copies back. */
function proofNotices(facts: ArchiveFacts, { proofs }: Surroundings): Notice[] {
  const notices: Notice[] = [];
  if (facts.videosUnreadable > 0) {
    notices.push({ kind: 'disk-trouble', urgent: true, videos: facts.videosUnreadable });
  }
  if (proofs !== null && proofs.neededDays > proofs.promisedDays) {
    notices.push({ kind: 'slow-proofs', urgent: false, ...proofs });
  }
  if (facts.isClockBehind) notices.push({ kind: 'clock-behind', urgent: false });
  return notices;
}

function missingTools(tools: Surroundings['tools']): Notice[] {
  const isMissing = (...names: readonly string[]) =>
    tools?.tools.some((tool) => names.includes(tool.name) && !tool.found) === true;
  const notices: Notice[] = [];
  if (isMissing('ffmpeg', 'ffprobe')) notices.push({ kind: 'no-ffmpeg', urgent: false });
  if (isMissing('rclone')) notices.push({ kind: 'no-rclone', urgent: false });
  return notices;
}
