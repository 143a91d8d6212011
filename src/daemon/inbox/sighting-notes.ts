import { describeError } from '#core/errors.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { fingerprint } from '#core/settle.ts';
import type { Taken } from '#daemon/intake/take.ts';
import type { Sightings } from './sightings.ts';

/** Writes down, for the page and for a restart, how far the taking of a file is. */
export interface SightingNotes {
  /** Writes only where something changes; gives the row's id, and null where the file has none. */
  state(path: string, to: 'taking' | 'waiting', reason: string | null): number | null;
  progress(row: number, bytesDone: number): void;
  /** The file stays where it is; its row keeps it from being taken again for as long as it does not change. */
  taken(
    path: string,
    belongs: Belongs | null,
    taken: Pick<Taken, 'staged' | 'outcome'>,
    reason: string,
  ): void;
}

export function createSightingNotes(deps: {
  readonly inbox: string;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly clock: Clock;
  readonly log: Log;
}): SightingNotes {
  const { inbox, catalogue, sightings, clock, log } = deps;
  return {
    state(path, to, reason) {
      const row = catalogue.sightings.find(inbox, path);
      if (row !== null && (row.state !== to || row.reason !== reason)) {
        catalogue.sightings.update(row.id, { state: to, reason }, clock.nowMs());
      }
      return row?.id ?? null;
    },
    /** Called by a timer, where nobody would catch anything: what cannot be shown now is shown next time. */
    progress(row, bytesDone) {
      try {
        catalogue.sightings.setProgress(row, bytesDone);
      } catch (error) {
        log.debug({ error: describeError(error) }, 'The progress of a copy could not be noted.');
      }
    },
    taken(path, belongs, { staged, outcome }, reason) {
      const print = fingerprint(staged.stat);
      const seen = { inbox, path, sizeBytes: staged.sizeBytes, fingerprint: print };
      const versionId = 'version' in outcome ? outcome.version : partOf(outcome, belongs);
      catalogue.sightings.see({ ...seen, versionId, state: 'taken', reason }, clock.nowMs());
      sightings.release(path);
    },
  };
}

/** A project's parts are very many, and nobody asks for them. */
function partOf({ part }: Extract<TakeOutcome, { part: string }>, belongs: Belongs | null): string | null {
  return belongs?.kind === 'project' ? null : part;
}
