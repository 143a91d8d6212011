import { isDeepStrictEqual } from 'node:util';
import type { ArchiveMark, LocationMark } from '#core/archive-format.ts';
import { formatMark } from '#core/archive-format.ts';
import { ReelholdError } from '#core/errors.ts';
import { identityOf, type PlaceSettings } from '#core/place-settings.ts';
import {
  findPlace,
  type PlaceChange,
  type PlacePlan,
  type PlaceRefusal,
  type PlaceWish,
  planAdjustedPlace,
  planNewPlace,
} from '#core/plan-place.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { AwayReason, Presence } from '#core/ports/location.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Handler } from '#daemon/worker.ts';
import { requireSpare } from './let-go.ts';
import type { OpenLocation, PlaceBook } from './place-book.ts';
import { requestAt } from './request-at.ts';

export interface ChangePlaceDeps {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly book: PlaceBook;
  readonly open: OpenLocation;
  readonly archiveMark: ArchiveMark;
  readonly writer: string;
  /** The vault, as a location. */
  readonly vault: string;
  readonly newId: () => string;
  /** Which of Reelhold's own folders a drive would share; in words, null for none. */
  readonly ownFolderAt: (path: string) => string | null;
  /** Gives what was set up for a new place to the one that it turned out to be. */
  readonly carryOver: (from: string, to: string) => Promise<void>;
}

/** Adds a place, and changes, pauses, removes or takes over one that is there. */
export function createChangePlace(deps: ChangePlaceDeps): Handler {
  const { catalogue, clock, book } = deps;

  const record = async (...changed: readonly PlaceSettings[]): Promise<void> => {
    await deps.ledger.commit(() => ({
      drafts: changed.map((settings) => ({ facts: { kind: 'location', ...settings }, index: [] })),
      also: () => book.noteAll(),
    }));
  };

  const startMirror = ({ location }: PlaceSettings) => {
    const nowMs = clock.nowMs();
    requestAt(catalogue, 'mirror', location, nowMs, nowMs);
  };

  const opened = (settings: PlaceSettings, mark?: LocationMark) => {
    const identity = identityOf(settings, deps.archiveMark.archive, deps.writer);
    return deps.open(settings, mark === undefined ? identity : { ...identity, ...marksOf(mark) });
  };

  const add = async (
    wish: PlaceWish,
    replaced: PlaceSettings | null,
    signal: AbortSignal,
  ): Promise<string> => {
    const own = wish.placeKind === 'drive' ? deps.ownFolderAt(wish.path) : null;
    if (own !== null) throw ownFolder(wish, own);
    if (replaced !== null) await requireOtherDisk(wish, replaced, signal);
    const existing = catalogue.places.list().filter(({ location }) => location !== replaced?.location);
    const fresh = settingsOf(planNewPlace(wish, wish.location ?? deps.newId(), existing), wish.name);
    const presence = await opened(fresh).look(signal);
    const settings = asBefore(deps, wish, fresh, presence, { existing, replaced });
    await deps.carryOver(fresh.location, settings.location);
    const location = opened(settings);
    if (settings === fresh) await location.prepare(marks(deps, settings), signal);
    await record(...(replaced === null ? [] : [{ ...replaced, removed: true }]), settings);
    return await begin(settings, signal);
  };

  /** What is recorded is there: that it cannot be looked at just now is found out again. */
  const begin = async (settings: PlaceSettings, signal: AbortSignal): Promise<string> => {
    const place = book.find(settings.location);
    if (place !== null) await book.look(place, signal).catch(() => undefined);
    startMirror(settings);
    return settings.location;
  };

  /** Where the new drive is to stand on the old one's folder, what shows there may be the folder alone. */
  const requireOtherDisk = async (wish: PlaceWish, replaced: PlaceSettings, signal: AbortSignal) => {
    if (replaced.placeKind !== 'drive' || replaced.path !== wish.path) return;
    const presence = await opened(replaced).look(signal);
    const isBare = presence.kind === 'away' && presence.reason === 'empty-mount-point';
    if (isBare) throw awayError(wish.name, presence);
  };

  const takeOver = async (settings: PlaceSettings, signal: AbortSignal): Promise<void> => {
    const presence = await opened(settings).look(signal);
    if (presence.kind === 'present') return;
    const { mark } = presence;
    if (presence.reason !== 'another-writer' || mark === undefined) throw awayError(settings.name, presence);
    // One that was recorded and did not get as far as the mark is gone on with: each try is no other generation.
    const generation = Math.max(mark.generation + 1, settings.generation);
    const next = { ...settings, generation, paused: false };
    if (!isDeepStrictEqual(next, settings)) await record(next);
    const text = formatMark({ ...mark, generation: next.generation, writer: deps.writer });
    await opened(settings, mark).putMutable('location.json', new TextEncoder().encode(text), signal);
    startMirror(next);
  };

  const called = (name: string): PlaceSettings => {
    const found = findPlace(name, catalogue.places.list());
    if (found.kind === 'refused') throw refused(name, found.reason);
    return found.settings;
  };

  const change = async (asked: PlaceChange, signal: AbortSignal): Promise<string> => {
    if (asked.kind === 'add') {
      // One that was cut off after the record is done.
      const added = catalogue.places.list().find(({ location }) => location === asked.wish.location);
      if (added !== undefined) return await begin(added, signal);
      const replaced = asked.replaces === undefined ? null : called(asked.replaces);
      if (replaced !== null) requireSpare(deps, replaced, 'replace', asked.anyway === true);
      return add(asked.wish, replaced, signal);
    }
    const settings = called(asked.name);
    if (asked.kind === 'adjust') {
      const plan = planAdjustedPlace(settings, asked.adjustment, catalogue.places.list());
      await record(settingsOf(plan, asked.name));
      startMirror(settings);
    } else if (asked.kind === 'take-over') await takeOver(settings, signal);
    else if (asked.kind === 'remove') {
      requireSpare(deps, settings, 'remove', asked.anyway === true);
      await record({ ...settings, removed: true });
    } else {
      await record({ ...settings, paused: asked.kind === 'pause' });
      if (asked.kind === 'resume') startMirror(settings);
    }
    return settings.location;
  };

  return ({ subject }, { signal }) => change(JSON.parse(subject) as PlaceChange, signal);
}

/** A change of a place as an operation's subject. */
export function formatPlaceChange(change: PlaceChange): string {
  return JSON.stringify(change);
}

/**
 * A place that was prepared before keeps its id: adding it was cut off, or it was removed here and comes back. Where
 * anything else stands there it is refused.
 */
function asBefore(
  { catalogue, writer }: ChangePlaceDeps,
  wish: PlaceWish,
  fresh: PlaceSettings,
  presence: Presence,
  {
    existing,
    replaced,
  }: { readonly existing: readonly PlaceSettings[]; readonly replaced: PlaceSettings | null },
): PlaceSettings {
  if (presence.kind === 'present') return fresh;
  if (presence.reason === 'not-prepared') return fresh;
  const { mark } = presence;
  const isOurs = presence.reason === 'another-place' && mark?.role !== 'vault' && mark?.writer === writer;
  if (mark === undefined || !isOurs) throw awayError(wish.name, presence);
  const known = catalogue.places.find(mark.location);
  if (known !== null && known.location === replaced?.location) throw itself(known.name);
  if (known !== null && !known.removed) throw refused(known.name, 'path-taken');
  return settingsOf(planNewPlace(wish, mark.location, existing, mark.generation), wish.name);
}

function marks({ archiveMark, writer }: ChangePlaceDeps, { location, placeKind, generation }: PlaceSettings) {
  return { archive: archiveMark, location: { location, role: placeKind, generation, writer } };
}

function marksOf({ generation, writer }: LocationMark) {
  return { generation, writer };
}

function settingsOf(plan: PlacePlan, name: string): PlaceSettings {
  if (plan.kind === 'refused') throw refused(name, plan.reason);
  return plan.settings;
}

const reasons: Readonly<Record<PlaceRefusal, readonly [detail: string, hint: string]>> = {
  'no-name': ['a place needs a name', 'Give it one, such as "Blue drive".'],
  'name-taken': ['there is a place of that name', 'Give it another name.'],
  'no-such-place': ['there is no such place', '"reelhold location list" shows all.'],
  'ambiguous-name': [
    'there are two places of that name',
    'Name it by its id; "reelhold location list" shows it.',
  ],
  'path-taken': ['it is a place already', '"reelhold location list" shows all.'],
  'no-such-hours': ['those are no hours of a day', 'Write them as "22:00-07:00".'],
  'no-such-bandwidth': [
    'that is no limit that rclone knows',
    'Write it as "512K", or by the time of day: "08:00,512K 23:00,off".',
  ],
  'no-such-value': ['that value is not possible', '"reelhold location add --help" says what is.'],
};

function refused(name: string, reason: PlaceRefusal): ReelholdError {
  const [detail, hint] = reasons[reason];
  return new ReelholdError(
    { kind: 'unsupported', operation: 'change the place', object: name, hint },
    detail,
  );
}

function ownFolder({ name, path }: PlaceWish, whose: string): ReelholdError {
  const hint =
    'Name a folder on another disk, such as /mnt/blue: copies beside the originals are lost with them.';
  return new ReelholdError(
    { kind: 'unsupported', operation: 'make a drive of', object: `${path} for "${name}"`, hint },
    whose,
  );
}

function itself(name: string): ReelholdError {
  const hint = `Choose an empty folder on it. What is on it is a copy of "${name}" already; "reelhold location remove" and "add" make it the place itself.`;
  return new ReelholdError(
    { kind: 'unsupported', operation: 'replace', object: name, hint },
    'it is the same place, or a copy of it',
  );
}

const awayWords: Readonly<Record<AwayReason, string>> = {
  'not-connected': 'it cannot be reached',
  'empty-mount-point': 'the folder is there, but no drive is mounted on it',
  'not-prepared': 'it is not prepared',
  'another-place': 'it is another place of this archive',
  'another-archive': 'it holds another archive',
  clone: 'it is a copy of another place',
  'another-writer': 'another Reelhold writes there; take it over first',
  'newer-format': 'it was written by a newer Reelhold',
  'unreadable-mark': 'what says which place it is cannot be read',
  'sign-in': 'the service wants you to sign in again',
  'wrong-password': 'something is stored there with another password',
  'not-set-up': 'this machine has no sign-in for it',
  denied: 'permission denied',
  quota: 'the service allows no more for a while',
  'read-only': 'it can only be read',
  failing: 'its disk reports errors',
  'no-tool': 'the program that reaches it is missing or too old',
};

const awayHints: Readonly<Partial<Record<AwayReason, string>>> = {
  'not-connected': 'Look whether the folder or the path is right, and the drive connected.',
  'empty-mount-point': 'Connect the drive, and look whether it is mounted there.',
  'wrong-password':
    'Name a file with the password that was used: --password-file FILE. The recovery kit has it.',
};

/** That a place is away, for whoever wanted it to be there now: it is not done later behind the owner's back. */
function awayError(
  name: string,
  { reason, detail }: Pick<Extract<Presence, { kind: 'away' }>, 'reason' | 'detail'>,
): ReelholdError {
  const hint = awayHints[reason];
  const facts = {
    kind: 'unsupported',
    operation: 'reach',
    object: name,
    ...(hint === undefined ? {} : { hint }),
  } as const;
  return new ReelholdError(facts, detail === null ? awayWords[reason] : `${awayWords[reason]} (${detail})`);
}
