export type Medium = 'nas' | 'drive' | 'cloud';
export type CopyState = 'present' | 'missing' | 'corrupt' | 'unreachable' | 'unknown';

/** A place where copies live, as far as the policy asks. */
export interface Place {
  readonly location: string;
  readonly medium: Medium;
  readonly awayFromHome: boolean;
  /** How long a proof holds here, in ms. */
  readonly promiseMs: number;
}

export interface CopyFacts {
  readonly location: string;
  readonly state: CopyState;
  /** When its bytes were last read and compared, ms of the wall clock; null where never. */
  readonly provenAtMs: number | null;
}

export interface Policy {
  readonly copies: number;
  readonly media: number;
  readonly awayFromHome: number;
}

/** Three copies, on two kinds of medium, one of them away from home. */
export const defaultPolicy: Policy = { copies: 3, media: 2, awayFromHome: 1 };
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
  | 'no-copy';

export interface Assessment {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** How many copies were read back within their promise. */
  readonly proven: number;
}

/**
 * Whether a copy counts: present, and read back within what its place promises. A proof that is dated more than a
 * day ahead was noted by a clock that was wrong, and counts for nothing.
 *
 * @internal
 */
export function isProven(copy: CopyFacts, place: Place, nowMs: number): boolean {
  if (copy.state !== 'present' || copy.provenAtMs === null) return false;
  const ageMs = nowMs - copy.provenAtMs;
  return ageMs >= -dayMs && ageMs <= place.promiseMs;
}

/** The verdict of the policy on one blob's copies. What could not be asked never counts as a copy, nor as a loss. */
export function assess(
  copies: readonly CopyFacts[],
  places: readonly Place[],
  policy: Policy,
  nowMs: number,
): Assessment {
  const known = places.map((place) => ({
    place,
    copy: copies.find((copy) => copy.location === place.location),
  }));
  const provenPlaces = known.flatMap(({ place, copy }) =>
    copy !== undefined && isProven(copy, place, nowMs) ? [place] : [],
  );
  const proven = provenPlaces.length;
  if (satisfies(provenPlaces, policy)) return { verdict: 'safe', reasons: ['enough-copies'], proven };
  if (places.length === 0) return { verdict: 'dont-know', reasons: ['could-not-ask'], proven };
  const lossReasons = lossesOf(
    known.map(({ copy }) => copy),
    proven,
  );
  if (lossReasons.length > 0) return { verdict: 'needs-you', reasons: lossReasons, proven };
  const missing = missingPlaces(places, policy);
  if (missing.length > 0) return { verdict: 'needs-you', reasons: missing, proven };
  if (known.some(({ copy }) => copy?.state === 'unreachable' || copy?.state === 'unknown')) {
    return { verdict: 'dont-know', reasons: ['could-not-ask'], proven };
  }
  const unproven = known.filter(({ place }) => !provenPlaces.includes(place)).map(({ copy }) => copy);
  return { verdict: 'on-its-way', reasons: waitsOf(unproven), proven };
}

function satisfies(places: readonly Place[], policy: Policy): boolean {
  return (
    places.length >= policy.copies &&
    new Set(places.map((place) => place.medium)).size >= policy.media &&
    places.filter((place) => place.awayFromHome).length >= policy.awayFromHome
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

function missingPlaces(places: readonly Place[], policy: Policy): Reason[] {
  const reasons: Reason[] = [];
  if (places.length < policy.copies) reasons.push('too-few-places');
  if (new Set(places.map((place) => place.medium)).size < policy.media) reasons.push('one-kind-of-place');
  if (places.filter((place) => place.awayFromHome).length < policy.awayFromHome)
    reasons.push('nothing-away-from-home');
  return reasons;
}

/** What is awaited at the places whose copies do not count yet. */
function waitsOf(unproven: readonly (CopyFacts | undefined)[]): Reason[] {
  const reasons: Reason[] = [];
  if (unproven.some((copy) => copy === undefined || copy.state === 'missing')) reasons.push('not-copied-yet');
  if (unproven.some((copy) => copy?.state === 'corrupt')) reasons.push('damaged');
  if (unproven.some((copy) => copy?.state === 'present')) reasons.push('not-read-back-yet');
  return reasons;
}

const severity: readonly Verdict[] = ['safe', 'on-its-way', 'dont-know', 'needs-you'];

/** The verdict on many is the worst on any; 'safe' for none. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst = 0;
  for (const verdict of verdicts) worst = Math.max(worst, severity.indexOf(verdict));
  return severity[worst] ?? 'safe';
}
