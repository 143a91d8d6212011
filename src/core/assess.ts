import type { AssetRole } from '#core/asset-role.ts';
import { groupSpots, type Spot } from '#core/place-spots.ts';
import type { Policy } from '#core/policy.ts';

export type Medium = 'nas' | 'drive' | 'cloud';
export type CopyState = 'present' | 'missing' | 'corrupt' | 'unreachable' | 'unknown';

/** A place where copies live, as far as the policy asks. */
export interface Place {
  readonly location: string;
  readonly medium: Medium;
  readonly awayFromHome: boolean;
  /** How long a proof holds here, in ms. */
  readonly promiseMs: number;
  /** What is brought here; everything where it is not said. */
  readonly roles?: readonly AssetRole[];
  /** Drives of one set take turns, and count as one place. */
  readonly set?: string | null;
  /** Places on one disk count as one. */
  readonly disk?: string | null;
  /** For a drive that comes and goes: whether it is plugged in. What is plugged in is not away from home. */
  readonly isHere?: boolean;
  /** For a drive that is not plugged in: when it is expected, ms of the wall clock. */
  readonly dueAtMs?: number | null;
}

export interface CopyFacts {
  readonly location: string;
  readonly state: CopyState;
  /** When its bytes were last read and compared, ms of the wall clock; null where never. */
  readonly provenAtMs: number | null;
}

export const dayMs = 24 * 60 * 60 * 1000;
/** How long a proof holds where nothing else was promised, in ms. */
export const defaultPromiseMs: Readonly<Record<Medium, number>> = {
  nas: 90 * dayMs,
  drive: 180 * dayMs,
  cloud: 180 * dayMs,
};

export type Verdict = 'safe' | 'on-its-way' | 'needs-you' | 'dont-know';

/** Why a verdict is what it is; machine-readable, the page has the words. */
export type Reason =
  | 'enough-copies'
  | 'not-read-back-yet'
  | 'not-copied-yet'
  | 'too-few-places'
  | 'one-kind-of-place'
  | 'nothing-away-from-home'
  | 'could-not-ask'
  | 'damaged'
  | 'no-copy'
  /** All but a drive that is expected has it: safe here and away. */
  | 'drive-is-due'
  /** A drive has to come before it is safe. */
  | 'waits-for-drive'
  /** The drive that holds the copy away from home is plugged in at the moment. */
  | 'drive-is-here'
  /** A drive was expected, and has not been seen. */
  | 'drive-is-overdue';

export interface Assessment {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** How many copies were read back within their promise; places that count as one have one. */
  readonly proven: number;
}

/**
 * Whether a copy counts: present, and read back within what its place promises. A proof that is dated more than a
 * day ahead was noted by a clock that was wrong, and counts for nothing.
 */
export function isProven(copy: CopyFacts, place: Place, nowMs: number): boolean {
  if (copy.state !== 'present' || copy.provenAtMs === null) return false;
  const ageMs = nowMs - copy.provenAtMs;
  return ageMs >= -dayMs && ageMs <= place.promiseMs;
}

/** The places that a file of this role is brought to. */
export function placesFor<T extends Pick<Place, 'roles'>>(
  places: readonly T[],
  role: AssetRole,
): readonly T[] {
  return places.filter(({ roles }) => roles === undefined || roles.includes(role));
}

/**
 * The verdict of the policy on one blob's copies, at the places that its role is brought to. What could not be asked
 * never counts as a copy, nor as a loss; a drive that is expected is waited for, once there is a copy here and away.
 */
export function assess(
  copies: readonly CopyFacts[],
  places: readonly Place[],
  policy: Policy,
  nowMs: number,
): Assessment {
  const spots = groupSpots(places, copies, (copy, place) => isProven(copy, place, nowMs));
  const provenSpots = spots.filter((spot) => spot.isProven);
  const proven = provenSpots.length;
  if (satisfies(provenSpots, policy)) return { verdict: 'safe', reasons: ['enough-copies'], proven };
  if (places.length === 0) return { verdict: 'dont-know', reasons: ['could-not-ask'], proven };
  const found = spots.flatMap((spot) => spot.copies);
  const lossReasons = lossesOf(found, proven);
  if (lossReasons.length > 0) return { verdict: 'needs-you', reasons: lossReasons, proven };
  const missing = missingPlaces(spots, policy);
  if (missing.length > 0) return { verdict: 'needs-you', reasons: missing, proven };
  if (found.some((copy) => copy?.state === 'unreachable' || copy?.state === 'unknown')) {
    return { verdict: 'dont-know', reasons: ['could-not-ask'], proven };
  }
  return { ...judgeWaiting(spots, policy, nowMs), proven };
}

function satisfies(spots: readonly Spot[], policy: Policy): boolean {
  return (
    spots.length >= policy.copies &&
    new Set(spots.map((spot) => spot.medium)).size >= policy.media &&
    spots.filter((spot) => spot.isAway).length >= policy.awayFromHome
  );
}

/** What the owner has to be told of before all else: no copy is left that may be good, or one is bad for now. */
function lossesOf(copies: readonly (CopyFacts | undefined)[], proven: number): Reason[] {
  if (proven > 0) return [];
  const rest = copies.filter((copy) => copy !== undefined);
  if (
    rest.some((copy) => copy.state === 'present' || copy.state === 'unreachable' || copy.state === 'unknown')
  )
    return [];
  return rest.some((copy) => copy.state === 'corrupt') ? ['damaged'] : ['no-copy'];
}

function missingPlaces(spots: readonly Spot[], policy: Policy): Reason[] {
  const reasons: Reason[] = [];
  if (spots.length < policy.copies) reasons.push('too-few-places');
  if (new Set(spots.map((spot) => spot.medium)).size < policy.media) reasons.push('one-kind-of-place');
  if (spots.filter((spot) => spot.mayBeAway).length < policy.awayFromHome)
    reasons.push('nothing-away-from-home');
  return reasons;
}

/** There are places enough; which of them are awaited, and whether that needs anybody. */
function judgeWaiting(
  spots: readonly Spot[],
  policy: Policy,
  nowMs: number,
): Pick<Assessment, 'verdict' | 'reasons'> {
  const awaited = spots.filter((spot) => !spot.isProven);
  const isOverdue = ({ dueAtMs }: Spot) => dueAtMs !== null && dueAtMs < nowMs;
  const inTime = spots.filter((spot) => spot.isProven || !isOverdue(spot));
  const whenAway = inTime.map((spot) => ({ ...spot, isAway: spot.mayBeAway }));
  if (!satisfies(whenAway, policy)) return { verdict: 'needs-you', reasons: ['drive-is-overdue'] };
  const working = awaited.filter(({ dueAtMs }) => dueAtMs === null);
  if (working.length > 0) return { verdict: 'on-its-way', reasons: waitsOf(working) };
  const proven = spots.filter((spot) => spot.isProven);
  if (awaited.length === 0) return { verdict: 'on-its-way', reasons: ['drive-is-here'] };
  const isAway = proven.filter((spot) => spot.isAway).length >= policy.awayFromHome;
  const isNearly = proven.length >= Math.max(2, policy.copies - 1);
  return { verdict: 'on-its-way', reasons: [isAway && isNearly ? 'drive-is-due' : 'waits-for-drive'] };
}

/** What is awaited at the places whose copies do not count yet. */
function waitsOf(spots: readonly Spot[]): Reason[] {
  const reasons: Reason[] = [];
  const copiesOf = ({ copies }: Spot) => copies.filter((copy) => copy !== undefined);
  const some = (...states: readonly CopyState[]) =>
    spots.some((spot) => copiesOf(spot).some(({ state }) => states.includes(state)));
  if (spots.some((spot) => copiesOf(spot).every(({ state }) => state === 'missing')))
    reasons.push('not-copied-yet');
  if (some('corrupt')) reasons.push('damaged');
  if (some('present')) reasons.push('not-read-back-yet');
  return reasons;
}

const severity: readonly Verdict[] = ['safe', 'on-its-way', 'dont-know', 'needs-you'];

/** The verdict on many is the worst on any; 'safe' for none. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst = 0;
  for (const verdict of verdicts) worst = Math.max(worst, severity.indexOf(verdict));
  return severity[worst] ?? 'safe';
}
