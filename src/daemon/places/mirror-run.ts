import { dayMs } from '#core/assess.ts';
import { limitAt, timetableOf } from '#core/bandwidth.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import { describeError, type ReelholdError } from '#core/errors.ts';
import { forecastPlace, measureSpeed, type PlaceForecast } from '#core/place-forecast.ts';
import { type PlaceSettings, paceOfPlace, rolesOf } from '#core/place-settings.ts';
import {
  batchBytesFor,
  type LackingCopy,
  type MirrorPlan,
  placeFileOf,
  planMirror,
} from '#core/plan-mirror.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Log } from '#core/ports/log.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { RunContext } from '#daemon/worker.ts';
import { type Brought, bringFiles } from './bring.ts';
import { recordBrought } from './record-brought.ts';
import { type PresentPlace, type VisitDeps, workTimeOf } from './visit.ts';
import { createWorkMeter, type WorkMeter } from './watch-work.ts';

export interface MirrorRunDeps extends VisitDeps {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly log: Log;
  /** The vault, as a location. */
  readonly vault: string;
  readonly blobFile: (ref: BlobRef) => string | null;
  /** How much of what a place lacks is looked up at once, files. */
  readonly pageSize?: number | undefined;
  /** Room for what is encrypted before it is brought to a place; null where nothing is. */
  readonly spoolRoom: (settings: PlaceSettings) => Promise<number | null>;
}

/** One time of bringing to a place what it lacks. */
export interface MirrorRun {
  readonly counts: { readonly copied: number; readonly proven: number; readonly unproven: number };
  /** What there is no room for there. */
  noRoom(): readonly LackingCopy[];
  /** What the place can hold no file as large as. */
  tooLarge(): readonly LackingCopy[];
  /** What there is no room for here, to encrypt it. */
  noSpool(): readonly LackingCopy[];
  /** When to go on, where the place's hours were over before all was brought. */
  waitsUntilMs(): number | null;
  /**
   * Brings all that can be brought. Gives the first failure of a single file, for the run to fail with when all else is
   * done; fails itself with what every other file would fail with too.
   */
  bringAll(): Promise<ReelholdError | null>;
}

/** So many of what a place lacks are looked up at once; and at the most, where nothing of it can be brought. */
const defaultPageSize = 2_000;
const largestPage = 50_000;
/** What a service found too large is tried again after a week: it may take more by then. */
const refusedForMs = 7 * dayMs;

export function createMirrorRun(deps: MirrorRunDeps, place: PresentPlace, context: RunContext): MirrorRun {
  const { catalogue, clock, vault, book } = deps;
  const { location, schedule } = place.settings;
  const roles = rolesOf(place.settings);
  const counts = { copied: 0, proven: 0, unproven: 0 };
  /** What was tried in this run, and is lacking still: it does not keep the others waiting. */
  const tried = new Set<Digest>();
  /** As it turned out, against what there was thought to be room for: there, and here. */
  const full: LackingCopy[] = [];
  const spoolFull: LackingCopy[] = [];
  const refused: LackingCopy[] = [];
  let passedOver: Omit<MirrorPlan<LackingCopy>, 'batch'> = { noRoom: [], tooLarge: [], noSpool: [] };
  let freeBytes = place.presence.freeBytes;
  let failure: ReelholdError | null = null;
  let end: ReelholdError | null = null;
  let waitsUntilMs: number | null = null;

  const bringBatch = async (batch: readonly LackingCopy[], meter: WorkMeter) => {
    const files = batch.flatMap((copy) => {
      const source = deps.blobFile(copy);
      return source === null ? [] : [{ ...placeFileOf(copy), source }];
    });
    const { onProgress } = meter;
    const measured = startMeasuring(deps, place);
    const brought = await bringFiles(place, files, { signal: context.signal, onProgress });
    measured(brought);
    await recordBrought({ ...deps, location }, brought);
    const copies = new Map(batch.map((copy) => [copy.digest, copy]));
    for (const one of brought) note(one, copies.get(one.file.digest));
    meter.add(totalBytes(files));
  };

  const note = (one: Brought, copy: LackingCopy | undefined) => {
    if (one.kind === 'proven') tried.delete(one.file.digest);
    if (one.isNew) counts.copied += 1;
    if (one.kind === 'proven') counts.proven += 1;
    if (one.kind === 'unproven') counts.unproven += 1;
    if (one.kind === 'bad-source') askToHeal(one.file.digest);
    if (one.isNew && freeBytes !== null) freeBytes -= one.file.sizeBytes;
    if (one.error === null) return;
    if (one.error.kind === 'full' && copy !== undefined) {
      const isHere = one.error.operation === 'encrypt';
      (isHere ? spoolFull : full).push(copy);
      if (!isHere) freeBytes = 0;
    } else if (one.error.kind === 'too-large' && copy !== undefined) {
      refused.push(copy);
      const sizeBytes = Math.min(copy.sizeBytes, (largestFileBytes() ?? copy.sizeBytes) + 1);
      book.note(location, { refused: { sizeBytes, atMs: clock.nowMs() } });
    } else if (one.error.side === 'source') askToHeal(one.file.digest);
    else {
      failure ??= one.error;
      if (isOfThePlace(one.error)) end ??= one.error;
    }
  };

  const askToHeal = (digest: Digest) => {
    const nowMs = clock.nowMs();
    catalogue.operations.insert({ kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs }, nowMs);
  };

  /** The largest file that it can hold: by its file system, or by what it refused within a week. */
  const largestFileBytes = (): number | null => {
    const { refused: last = null } = book.condition(location);
    const isFresh = last !== null && Math.abs(clock.nowMs() - last.atMs) < refusedForMs;
    const known = place.presence.largestFileBytes ?? null;
    if (!isFresh) return known;
    return Math.min(known ?? Number.POSITIVE_INFINITY, last.sizeBytes - 1);
  };

  /** Of as much of what is lacking as it takes to find something to bring: what comes first may all be too large. */
  const planNext = async (): Promise<MirrorPlan<LackingCopy>> => {
    const bounds = {
      ...{ freeBytes, largestFileBytes: largestFileBytes() },
      spoolBytes: await deps.spoolRoom(place.settings),
      batchBytes: batchBytesFor(schedule, book.condition(location).bytesPerSecond ?? null),
    };
    for (let limit = (deps.pageSize ?? defaultPageSize) + tried.size; ; limit *= 2) {
      const page = catalogue.places.lacking(location, roles, vault, limit);
      const plan = planMirror(
        page.filter(({ digest }) => !tried.has(digest)),
        bounds,
      );
      if (plan.batch.length > 0 || page.length < limit || limit > largestPage) return plan;
    }
  };

  const nextBatch = async (): Promise<readonly LackingCopy[]> => {
    const { batch, ...rest } = await planNext();
    passedOver = rest;
    if (batch.length === 0) return [];
    const time = workTimeOf(deps, place);
    waitsUntilMs = time.kind === 'waits' ? time.untilMs : null;
    return waitsUntilMs === null ? batch : [];
  };

  return {
    counts,
    noRoom: () => [...full, ...passedOver.noRoom],
    tooLarge: () => [...refused, ...passedOver.tooLarge],
    noSpool: () => [...spoolFull, ...passedOver.noSpool],
    waitsUntilMs: () => waitsUntilMs,
    async bringAll() {
      const { files, bytes: bytesTotal } = catalogue.places.countLacking(location, roles, vault);
      if (files > 0) await sayPreflight(deps, place);
      const meter = createWorkMeter({ book, clock, location }, { what: 'copying', bytesTotal }, context);
      for (;;) {
        context.signal.throwIfAborted();
        const batch = await nextBatch();
        if (batch.length === 0) break;
        for (const { digest } of batch) tried.add(digest);
        await bringBatch(batch, meter);
        if (end !== null) throw end;
      }
      if (failure === null) return null;
      deps.log.warn(
        { place: place.settings.name, error: describeError(failure) },
        'Not everything could be brought to a place; it is tried again.',
      );
      return failure;
    },
  };
}

/** What every other file would fail with too: the place went away, takes nothing, or asks to be left alone a while. */
function isOfThePlace({ kind, retryAtMs }: ReelholdError): boolean {
  return kind === 'unreachable' || kind === 'read-only' || retryAtMs !== undefined;
}

/** Notes how fast a place is, where what is brought says it. */
function startMeasuring({ book, clock }: MirrorRunDeps, { settings }: PresentPlace) {
  const timetable = timetableOf(settings.bandwidth);
  const limitNow = () => (timetable === null ? null : limitAt(timetable, book.localTime(clock.nowMs())));
  const startedMs = clock.monotonicMs();
  const limitBefore = limitNow();
  return (brought: readonly Brought[]) => {
    const bytes = brought.reduce((sum, { isNew, file }) => sum + (isNew ? file.sizeBytes : 0), 0);
    const speed = measureSpeed(bytes, clock.monotonicMs() - startedMs, [limitBefore, limitNow()]);
    if (speed !== null) book.note(settings.location, { bytesPerSecond: speed });
  };
}

/** Said before anything is brought: how much it is, and whether it fits; that it does not, once. */
async function sayPreflight(deps: MirrorRunDeps, { settings, presence }: PresentPlace): Promise<void> {
  const { catalogue, clock, book, log, spoolRoom } = deps;
  const { location, name } = settings;
  const condition = book.condition(location);
  const room = { ...presence, spoolBytes: await spoolRoom(settings) };
  const pace = paceOfPlace(settings, condition, book.localTime);
  const loads = catalogue.places.loads(location, rolesOf(settings));
  const forecast = forecastPlace(loads, room, pace, clock.nowMs());
  const facts = { place: name, ...forecast };
  const isShort = !fits(forecast);
  book.note(location, { isShortSaid: isShort });
  if (!isShort) log.info(facts, 'A place is brought up to date.');
  else if (condition.isShortSaid !== true)
    log.warn(facts, 'A place is brought up to date, as far as there is room; finals come first.');
  else log.debug(facts, 'A place is brought up to date, as far as there is room.');
}

function fits({ bytes, fitsBytes, spool }: PlaceForecast): boolean {
  return fitsBytes === bytes && (spool === null || spool.neededBytes <= spool.roomBytes);
}
