import { openForReading } from '#catalogue/database.ts';
import { createQueries, type PlaceView, type Queries } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import { askedNow, placeLane } from '#core/operation.ts';
import { type PlaceResult, parsePlaceResult } from '#core/place-result.ts';
import { findPlace } from '#core/plan-place.ts';
import { createProgressLine } from './progress.ts';
import { runOperation } from './run-operation.ts';

/** Asks the catalogue; null where there is none yet. */
export function askCatalogue<T>(config: Config, ask: (queries: Queries) => T): T | null {
  using database = openForReading(config.catalogueFile);
  return database === null ? null : ask(createQueries(database, clock.nowMs));
}

/** The places that the owner means: the one of this name, or all that are not paused. */
export function placesCalled(config: Config, name: string | undefined): readonly PlaceView[] {
  const all = askCatalogue(config, (queries) => queries.places()) ?? [];
  if (name === undefined) return all.filter(({ settings }) => !settings.paused);
  const found = findPlace(
    name,
    all.map(({ settings }) => settings),
  );
  const view = all.find(({ settings }) => found.kind === 'found' && settings === found.settings);
  if (view !== undefined) return [view];
  throw new ReelholdError(
    {
      ...{ kind: 'unsupported', operation: 'find the place', object: name },
      hint: '"reelhold location list" shows all places.',
    },
    found.kind === 'refused' && found.reason === 'ambiguous-name'
      ? 'two places have that name'
      : 'there is no such place',
  );
}

/** Has work done at a place now, whatever its hours, by this process or by the daemon, and shows how far it is. */
export async function workAt(
  config: Config,
  { settings }: PlaceView,
  kind: 'mirror' | 'scrub' | 'verify' | 'drill' | 'list' | 'erase-copies',
): Promise<{ readonly result: PlaceResult | null; readonly text: string }> {
  const asked = askedNow(kind);
  const line = createProgressLine({ files: 1, bytes: 100 }, process.stderr, clock.monotonicMs);
  try {
    const text =
      (await runOperation(config, {
        ...{
          kind: asked,
          lane: placeLane(settings.location),
          subject: settings.location,
          name: settings.name,
        },
        handler: ({ places }) => {
          const handler = places.handlersOf(settings.location)[asked];
          if (handler === undefined) throw new TypeError(`nobody knows how to do "${kind}"`);
          return handler;
        },
        onProgress: (share) => line.update({ files: 0, bytes: 100 * share }),
      })) ?? '';
    return { result: parsePlaceResult(text), text };
  } finally {
    line.clear();
  }
}
