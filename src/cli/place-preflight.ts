import type { PlaceView } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import { createSpoolRoom } from '#compose-ways.ts';
import type { Config } from '#config.ts';
import { createLocalTime } from '#core/local-time.ts';
import { forecastPlace, type PlaceForecast } from '#core/place-forecast.ts';
import { paceOfPlace } from '#core/place-settings.ts';
import { judgeWorkTime } from '#core/work-hours.ts';
import { forecastWords } from '#views/locales/en-forecast.ts';
import { askCatalogue } from './places.ts';
import { durationInWords, sizeInWords } from './words.ts';

/** What filling a place comes to, by what was last seen of it; null where that cannot be told, as the vault is away. */
export async function readForecast(
  config: Config,
  { settings, condition }: PlaceView,
): Promise<PlaceForecast | null> {
  const { presence } = condition ?? {};
  const seen = presence?.state === 'present' ? presence : { freeBytes: null };
  try {
    const loads = askCatalogue(config, (queries) => queries.loads(settings)) ?? [];
    const room = { ...seen, spoolBytes: await createSpoolRoom(config)(settings) };
    const pace = paceOfPlace(settings, condition, createLocalTime(config.timeZone));
    return forecastPlace(loads, room, pace, clock.nowMs());
  } catch {
    return null;
  }
}

/** The same in sentences; none where there is nothing to bring. */
export async function forecastInWords(config: Config, view: PlaceView): Promise<readonly string[]> {
  const forecast = await readForecast(config, view);
  if (forecast === null) return [];
  return forecastWords(forecast, view.settings.schedule, { size: sizeInWords, duration: durationInWords });
}

/** Whether a place is worked on now though its hours have not come, as the owner asks for it. */
export function isOutsideHours({ timeZone }: Config, { settings }: PlaceView): boolean {
  const time = judgeWorkTime(settings.schedule, clock.nowMs(), createLocalTime(timeZone));
  return time.kind === 'waits';
}
