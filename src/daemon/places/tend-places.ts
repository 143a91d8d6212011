import type { Handler } from '#daemon/worker.ts';
import type { MirrorDeps } from './mirror.ts';
import { requestAt } from './request-at.ts';

const nightly = ['erase-copies', 'list', 'mirror', 'scrub'] as const;

/** Asks for what is due at every place that is there, or that has to be asked first. */
export function createTendPlaces(
  { book, catalogue, clock }: Pick<MirrorDeps, 'book' | 'catalogue' | 'clock'>,
  kinds: readonly string[] = nightly,
): Handler {
  return async () => {
    const nowMs = clock.nowMs();
    const open = book
      .list()
      .filter(
        ({ settings: { location, placeKind, paused } }) =>
          !paused && (placeKind === 'remote' || book.condition(location).presence.state === 'present'),
      );
    for (const { settings } of open) {
      for (const kind of kinds) requestAt(catalogue, kind, settings.location, nowMs, nowMs);
    }
    return `${open.length} places`;
  };
}
