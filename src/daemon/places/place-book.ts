import { isDeepStrictEqual } from 'node:util';
import type { Place } from '#core/assess.ts';
import type { TellLocalTime } from '#core/local-time.ts';
import { afterLook, type PlaceCondition, unseenPlace } from '#core/place-condition.ts';
import { identityOf, type PlaceSettings, placeOf } from '#core/place-settings.ts';
import { readPolicies } from '#core/policy.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location, PlaceIdentity, Presence } from '#core/ports/location.ts';
import type { Log } from '#core/ports/log.ts';
import { judgeWorkTime, type WorkTime } from '#core/work-hours.ts';

/** Makes the way to a place; starts nothing. */
export type OpenLocation = (settings: PlaceSettings, identity: PlaceIdentity) => Location;

export interface OpenPlace {
  readonly settings: PlaceSettings;
  readonly identity: PlaceIdentity;
  readonly location: Location;
}

/** The places other than the vault: how to come to them, and what is known of each. */
export interface PlaceBook {
  list(): readonly OpenPlace[];
  /** Null where nobody knows it, or it was removed. */
  find(location: string): OpenPlace | null;
  /** Looks at a place, and says what it saw on the page and, where it is news, in the log. */
  look(place: OpenPlace, signal: AbortSignal): Promise<Presence>;
  condition(location: string): PlaceCondition;
  /** Of the zone that schedules and limits are meant in. */
  readonly localTime: TellLocalTime;
  /** Whether a place may work now by its schedule, or when next. */
  workTime(settings: PlaceSettings): WorkTime;
  /** Says something else of a place. */
  note(location: string, change: Partial<PlaceCondition>): void;
  /** Says which places there are, by which verdicts go. */
  noteAll(): void;
}

export interface PlaceBookDeps {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly archive: string;
  readonly writer: string;
  /** Of the zone that schedules are meant in. */
  readonly localTime: TellLocalTime;
  readonly open: OpenLocation;
  /** The vault as the policy asks for it. */
  readonly vaultPlace: () => Place;
  /** Whether a place stands on the vault's own disk; what cannot be told apart does. */
  readonly sharesVaultDisk: (settings: PlaceSettings) => Promise<boolean>;
}

/** Names the disk that the vault stands on, for places that share it. */
const vaultDisk = 'vault';

export function createPlaceBook(deps: PlaceBookDeps): PlaceBook {
  const { catalogue, clock, log } = deps;
  const opened = new Map<string, OpenPlace>();

  /** Opened anew only where its settings changed. */
  const open = (settings: PlaceSettings): OpenPlace => {
    const known = opened.get(settings.location);
    if (known !== undefined && isDeepStrictEqual(known.settings, settings)) return known;
    const identity = identityOf(settings, deps.archive, deps.writer);
    const place = { settings, identity, location: deps.open(settings, identity) };
    opened.set(settings.location, place);
    return place;
  };

  const condition = (location: string): PlaceCondition =>
    catalogue.notes.condition(`place:${location}`) ?? unseenPlace(clock.nowMs());

  const noteAll = () => {
    const places = catalogue.places.list().map((settings) => placeOf(settings, condition(settings.location)));
    const policies = readPolicies((name) => catalogue.archive.setting(name));
    const vault = { ...deps.vaultPlace(), disk: vaultDisk };
    catalogue.notes.setCondition('places', { places: [vault, ...places], policies }, clock.nowMs());
  };

  const note: PlaceBook['note'] = (location, change) => {
    catalogue.notes.setCondition(`place:${location}`, { ...condition(location), ...change }, clock.nowMs());
  };

  const sayNews = ({ settings }: OpenPlace, before: PlaceCondition, presence: Presence) => {
    const wasSame =
      before.presence.state === presence.kind &&
      (presence.kind === 'present' ||
        (before.presence.state === 'away' && before.presence.reason === presence.reason));
    if (wasSame) return;
    const facts = { place: settings.name };
    if (presence.kind === 'present') log.info(facts, 'A place is there.');
    else log.info({ ...facts, reason: presence.reason, detail: presence.detail }, 'A place is away.');
  };

  return {
    list: () => catalogue.places.list().map(open),
    find(location) {
      const settings = catalogue.places.find(location);
      return settings === null || settings.removed ? null : open(settings);
    },
    async look(place, signal) {
      const presence = await place.location.look(signal);
      const { location } = place.settings;
      const before = condition(location);
      const disk =
        presence.kind === 'present' && before.presence.state === 'away'
          ? (await deps.sharesVaultDisk(place.settings))
            ? vaultDisk
            : null
          : before.disk;
      const after = afterLook(before, presenceFacts(presence), clock.nowMs());
      note(location, { ...after, disk });
      noteAll();
      sayNews(place, before, presence);
      return presence;
    },
    condition,
    localTime: deps.localTime,
    workTime: ({ schedule }) => judgeWorkTime(schedule, clock.nowMs(), deps.localTime),
    note,
    noteAll,
  };
}

function presenceFacts(presence: Presence): PlaceCondition['presence'] {
  if (presence.kind === 'present') {
    const { freeBytes, totalBytes, largestFileBytes } = presence;
    return {
      state: 'present',
      freeBytes,
      totalBytes,
      ...(largestFileBytes == null ? {} : { largestFileBytes }),
    };
  }
  const { reason, detail, retryAtMs } = presence;
  return { state: 'away', reason, detail, retryAtMs };
}
