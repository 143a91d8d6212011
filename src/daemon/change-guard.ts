import { dayMs } from '#core/assess.ts';
import { judgeMassChange, type MassChange } from '#core/mass-change.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';

/**
 * Whoever is about to remove what cannot be had again asks it first, whatever the reason: while much changes at once
 * somebody's program may be spoiling files.
 */
export interface ChangeGuard {
  /** Judges the last day, and notes it for the page. */
  mayRemove(): boolean;
}

/** What is careful already is not judged again at once: that reads all versions, and whoever waits for room asks often. */
const restMs = 60_000;

export function createChangeGuard({
  catalogue,
  clock,
  log,
}: {
  readonly catalogue: Pick<Catalogue, 'places' | 'notes'>;
  readonly clock: Clock;
  readonly log: Log;
}): ChangeGuard {
  let last: MassChange = 'none';
  let judgedAtMs = Number.NEGATIVE_INFINITY;

  const judge = (): MassChange => {
    const change = judgeMassChange(catalogue.places.changesSince(clock.nowMs() - dayMs));
    catalogue.notes.setCondition('changes', { change }, clock.nowMs());
    judgedAtMs = clock.monotonicMs();
    if (change === last) return change;
    if (change !== 'none') log.error({ change }, sentences[change]);
    else log.info({}, 'It is a day since many videos changed at once: originals leave the inboxes again.');
    return change;
  };

  return {
    mayRemove() {
      const isResting = last !== 'none' && clock.monotonicMs() - judgedAtMs < restMs;
      if (!isResting) last = judge();
      return last === 'none';
    },
  };
}

const stays = 'Old versions stay, and for a day no original leaves an inbox, even where room is short.';
const sentences: Readonly<Record<Exclude<MassChange, 'none'>, string>> = {
  'many-changed': `Many videos changed at once. ${stays}`,
  'no-longer-videos': `Most of what came in last is no video any more. ${stays}`,
};
