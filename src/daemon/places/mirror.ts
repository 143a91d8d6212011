import { assetRoles } from '#core/asset-role.ts';
import type { MirrorResult } from '#core/place-result.ts';
import { rolesOf } from '#core/place-settings.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { Handler } from '#daemon/worker.ts';
import { listPlace } from './list-place.ts';
import { type MirrorExtrasDeps, mirrorExtras } from './mirror-extras.ts';
import { type MirrorJournalDeps, mirrorJournal } from './mirror-journal.ts';
import { createMirrorRun, type MirrorRun, type MirrorRunDeps } from './mirror-run.ts';
import type { OpenPlace } from './place-book.ts';
import { requestAt } from './request-at.ts';
import { createVisit, type Visit } from './visit.ts';

export interface MirrorDeps extends MirrorRunDeps, MirrorJournalDeps, MirrorExtrasDeps {}

/** So many of what a place lacks are looked up at once. */
const pageSize = 2_000;

/**
 * Brings a place up to date: blobs in the order of the plan, each batch read back there and recorded, then the
 * journal, and last what people look at. One file that cannot be brought keeps neither the others nor these away: the
 * run fails with it in the end. It goes on where it was, however it was stopped; nothing at the place is changed but
 * what was found wrong. A drive on which nothing is left to do may be unplugged then.
 */
export function createMirror(deps: MirrorDeps, location: string): Handler {
  const work: Visit['work'] = async (place, context) => {
    deps.book.note(location, { safeToUnplug: false });
    if (deps.catalogue.places.hasUnknown(location)) await listPlace(deps, place, context.signal);
    const run = createMirrorRun(deps, place, context);
    const failure = await run.bringAll();
    const { left, takenIn, failure: failureOfJournal } = await mirrorJournal(deps, place, context.signal);
    if (takenIn > 0) await knowMore(deps, place, context.signal);
    askToHealVault(deps, location);
    const failureOfScript = await mirrorExtras(deps, place, context.signal);
    const result = conclude(deps, place, run, left + (failureOfScript === null ? 0 : 1));
    const first = failure ?? failureOfJournal ?? failureOfScript;
    if (first !== null) throw first;
    return result;
  };
  return createVisit(deps, location, { work, brings: true });
}

/** The journal that stood there told of more than was known: what stands there is looked up again. */
async function knowMore(deps: MirrorDeps, place: OpenPlace, signal: AbortSignal): Promise<void> {
  noteUnheld(deps);
  await listPlace(deps, place, signal);
}

function conclude(
  { book, catalogue, clock, vault }: MirrorDeps,
  { settings }: OpenPlace,
  { counts, noRoom, tooLarge, noSpool, waitsUntilMs }: MirrorRun,
  othersLeft: number,
): MirrorResult {
  const { location } = settings;
  const lacking = catalogue.places.countLacking(location, rolesOf(settings), vault).files;
  const damaged = catalogue.proofs.damaged(location);
  const left = lacking + othersLeft;
  const isDone = left - counts.unproven + damaged === 0;
  const noRoomForBytes = totalBytes(noRoom());
  const noSpoolForBytes = totalBytes(noSpool());
  const tooLargeFiles = tooLarge().length;
  book.note(location, {
    ...(isDone ? { upToDateMs: clock.nowMs() } : {}),
    noRoomForBytes,
    noRoomForRoles: assetRoles.filter((role) => noRoom().some((copy) => copy.role === role && !copy.trashed)),
    noSpoolForBytes,
    tooLargeFiles,
    safeToUnplug: settings.placeKind === 'drive' && isDone && counts.unproven === 0,
    work: null,
  });
  const { copied, proven } = counts;
  return {
    ...{ kind: 'mirrored', copied, proven, left, damaged: damaged },
    ...{ noRoomForBytes, noSpoolForBytes, tooLargeFiles },
    waitsUntilMs: waitsUntilMs(),
  };
}

/** What another installation's journal named, and of which nobody has seen that the vault has it. */
function noteUnheld({ catalogue, clock, vault }: MirrorDeps): void {
  catalogue.together(() => {
    for (const { digest, state } of catalogue.archive.copiesAt(vault)) {
      if (state !== null && state !== 'unknown') continue;
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
