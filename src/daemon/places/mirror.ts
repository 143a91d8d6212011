import type { BlobRef, Digest } from '#core/digest.ts';
import { describeError, isReelholdError } from '#core/errors.ts';
import type { MirrorResult } from '#core/place-result.ts';
import { rolesOf } from '#core/place-settings.ts';
import {
  judgePreflight,
  type LackingCopy,
  type Preflight,
  placeFileOf,
  planMirror,
} from '#core/plan-mirror.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Handler, RunContext } from '#daemon/worker.ts';
import { type Brought, bringFiles } from './bring.ts';
import { listPlace } from './list-place.ts';
import { type MirrorExtrasDeps, mirrorExtras } from './mirror-extras.ts';
import { type MirrorJournalDeps, mirrorJournal } from './mirror-journal.ts';
import type { OpenPlace, PlaceBook } from './place-book.ts';
import { recordBrought } from './record-brought.ts';
import { requestAt } from './request-at.ts';
import { createVisit, type PresentPlace } from './visit.ts';
import { createWorkMeter, type WorkMeter } from './watch-work.ts';

export interface MirrorDeps extends MirrorJournalDeps, MirrorExtrasDeps {
  readonly book: PlaceBook;
  readonly clock: Clock;
  /** The vault, as a location. */
  readonly vault: string;
  readonly blobFile: (ref: BlobRef) => string | null;
}

/** So many of what a place lacks are looked up at once. */
const pageSize = 2_000;

/**
 * Brings a place up to date: blobs in the order of the plan, each batch read back there and recorded, then the
 * journal, and last what people look at. It goes on where it was, however it was stopped; nothing at the place is
 * changed but what was found wrong. A drive on which nothing is left to do may be unplugged then.
 */
export function createMirror(deps: MirrorDeps, location: string): Handler {
  return createVisit(deps.book, location, async (place, context) => {
    deps.book.note(location, { safeToUnplug: false });
    if (deps.catalogue.places.hasUnknown(location)) await listPlace(deps, place, context.signal);
    const run = createRun(deps, place, context);
    await run.bringAll();
    const { left, takenIn } = await mirrorJournal(deps, place, context.signal);
    if (takenIn > 0) await knowMore(deps, place, context.signal);
    askToHealVault(deps, location);
    await mirrorExtras(deps, place, context.signal);
    return conclude(deps, place, run, left);
  });
}

/** The journal that stood there told of more than was known: what stands there is looked up again. */
async function knowMore(deps: MirrorDeps, place: OpenPlace, signal: AbortSignal): Promise<void> {
  noteUnheld(deps);
  await listPlace(deps, place, signal);
}

function conclude(
  { book, catalogue, clock, vault }: MirrorDeps,
  { settings }: OpenPlace,
  run: Run,
  segmentsLeft: number,
): MirrorResult {
  const { location } = settings;
  const lacking = catalogue.places.countLacking(location, rolesOf(settings), vault).files;
  const left = lacking + segmentsLeft;
  const isDone = left - run.counts.unproven === 0;
  book.note(location, {
    ...(isDone ? { upToDateMs: clock.nowMs() } : {}),
    noRoomForBytes: run.counts.noRoomForBytes,
    safeToUnplug: settings.placeKind === 'drive' && isDone && run.counts.unproven === 0,
    work: null,
  });
  const { copied, proven, noRoomForBytes } = run.counts;
  return { kind: 'mirrored', copied, proven, left, noRoomForBytes };
}

/** What another installation's journal named, and of which nobody has seen that the vault has it. */
function noteUnheld({ catalogue, clock, vault }: MirrorDeps): void {
  catalogue.together(() => {
    for (const digest of catalogue.archive.allDigests()) {
      const known = catalogue.archive.copy(digest, vault)?.state ?? 'unknown';
      if (known !== 'unknown') continue;
      const copy = { digest, location: vault, state: 'missing', provenAtMs: null } as const;
      catalogue.archive.setCopy({ ...copy, listedAtMs: clock.nowMs() });
    }
  });
}

/** A place that is there may have what the vault has lost. */
function askToHealVault({ catalogue, clock, vault }: MirrorDeps, location: string): void {
  const nowMs = clock.nowMs();
  for (const { digest } of catalogue.proofs.troubled(vault, pageSize)) {
    const isThere = catalogue.archive.copy(digest, location)?.state === 'present';
    if (isThere)
      catalogue.operations.insert(
        { kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs },
        nowMs,
      );
  }
}

/** Said before anything is brought: how much it is, and whether it fits. */
function sayPreflight({ log }: MirrorDeps, { settings }: OpenPlace, preflight: Preflight): void {
  if (preflight.files === 0) return;
  const facts = { place: settings.name, ...preflight };
  if (preflight.missingBytes === 0) log.info(facts, 'A place is brought up to date.');
  else log.warn(facts, 'A place is brought up to date, as far as there is room; finals come first.');
}

interface Run {
  readonly counts: { copied: number; proven: number; unproven: number; noRoomForBytes: number };
  bringAll(): Promise<void>;
}

function createRun(deps: MirrorDeps, place: PresentPlace, context: RunContext): Run {
  const { catalogue, clock, vault, book } = deps;
  const { location } = place.settings;
  const roles = rolesOf(place.settings);
  const counts = { copied: 0, proven: 0, unproven: 0, noRoomForBytes: 0 };
  /** What was tried in this run: what could not be brought does not keep the others waiting. */
  const tried = new Set<Digest>();
  let freeBytes = place.presence.freeBytes;
  let failure: unknown = null;

  const bringBatch = async (batch: readonly LackingCopy[], meter: WorkMeter) => {
    const files = batch.flatMap((copy) => {
      const source = deps.blobFile(copy);
      return source === null ? [] : [{ ...placeFileOf(copy), source }];
    });
    const { onProgress } = meter;
    const brought = await bringFiles(place, files, { signal: context.signal, onProgress });
    await recordBrought({ ...deps, location }, brought);
    for (const one of brought) note(one);
    meter.add(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  };

  const note = (one: Brought) => {
    if (one.isNew) counts.copied += 1;
    if (one.kind === 'proven') counts.proven += 1;
    if (one.kind === 'unproven') counts.unproven += 1;
    if (one.kind === 'bad-source') askToHeal(one.file.digest);
    if (one.isNew && freeBytes !== null) freeBytes -= one.file.sizeBytes;
    if (one.error === null) return;
    if (one.error.kind === 'full') {
      counts.noRoomForBytes += one.file.sizeBytes;
      freeBytes = 0;
    } else if (one.error.side === 'source') askToHeal(one.file.digest);
    else failure ??= one.error;
  };

  const askToHeal = (digest: Digest) => {
    const nowMs = clock.nowMs();
    catalogue.operations.insert({ kind: 'heal', lane: 'vault', subject: digest, notBeforeMs: nowMs }, nowMs);
  };

  const isOver = () => isReelholdError(failure, 'unreachable') || isReelholdError(failure, 'read-only');

  return {
    counts,
    async bringAll() {
      const lacking = catalogue.places.countLacking(location, roles, vault);
      sayPreflight(deps, place, judgePreflight(lacking, freeBytes));
      const meter = createWorkMeter(
        { book, clock, location },
        { what: 'copying', bytesTotal: lacking.bytes },
        context,
      );
      for (;;) {
        context.signal.throwIfAborted();
        const page = catalogue.places.lacking(location, roles, vault, pageSize + tried.size);
        const { batch, noRoomForBytes } = planMirror(
          page.filter(({ digest }) => !tried.has(digest)),
          freeBytes,
        );
        counts.noRoomForBytes = Math.max(counts.noRoomForBytes, noRoomForBytes);
        if (batch.length === 0 || isOver()) break;
        for (const { digest } of batch) tried.add(digest);
        await bringBatch(batch, meter);
      }
      if (failure === null) return;
      deps.log.warn(
        { place: place.settings.name, error: describeError(failure) },
        'Not everything could be brought to a place; it is tried again.',
      );
      throw failure;
    },
  };
}

/** Asks for all places to be brought up to date that are there, or can be asked. */
export function requestMirrors(
  { catalogue, book, clock }: Pick<MirrorDeps, 'catalogue' | 'book' | 'clock'>,
  delayMs = 0,
): void {
  const nowMs = clock.nowMs();
  for (const { settings } of book.list()) {
    const { presence } = book.condition(settings.location);
    if (settings.paused || (settings.placeKind === 'drive' && presence.state === 'away')) continue;
    requestAt(catalogue, 'mirror', settings.location, nowMs + delayMs, nowMs);
  }
}
