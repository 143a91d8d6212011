import { randomUUIDv7 } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PlaceView } from '#catalogue/queries.ts';
import type { Config } from '#config.ts';
import type { PlaceChange, PlaceWish } from '#core/plan-place.ts';
import { foldName } from '#core/safe-name.ts';
import { formatPlaceChange } from '#daemon/places/change-place.ts';
import { en } from '#views/locales/en.ts';
import { exitCodes } from './exit-codes.ts';
import { codeOf, resultInWords } from './mirror.ts';
import { forecastInWords, readForecast } from './place-preflight.ts';
import { askCatalogue, placesCalled, workAt } from './places.ts';
import { runOperation } from './run-operation.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

/** Adds, changes, pauses, removes or takes over a place; by this process or by the daemon that holds the vault. */
export async function runPlaceChange(config: Config, change: PlaceChange): Promise<number> {
  const name = change.kind === 'add' ? change.wish.name : change.name;
  await runOperation(config, {
    ...{ kind: 'place', lane: 'intake', subject: formatPlaceChange(change), name },
    handler: ({ places }) => places.change,
  });
  const isReplacing = change.kind === 'add' && change.replaces !== undefined;
  process.stdout.write(`${isReplacing ? replaced(name) : said[change.kind](name)}\n`);
  if (change.kind === 'add') await sayForecast(config, name);
  return exitCodes.done;
}

/** Said of a place that was added: whatever it is that keeps it from being said, the place is there. */
async function sayForecast(config: Config, name: string): Promise<void> {
  const view = askCatalogue(config, (queries) => queries.places())?.find(
    ({ settings }) => foldName(settings.name) === foldName(name),
  );
  if (view?.condition?.disk != null) process.stdout.write(`${en.places.sharesDisk}\n`);
  const lines = view === undefined ? [] : await forecastInWords(config, view);
  for (const line of lines) process.stdout.write(`${line}\n`);
}

const said: Readonly<Record<PlaceChange['kind'], (name: string) => string>> = {
  add: (name) =>
    `"${name}" is a place of your archive now. A running Reelhold fills it by itself; "reelhold mirror" does so now.`,
  adjust: (name) => `"${name}" is changed.`,
  pause: (name) => `"${name}" is left alone until you resume it. What it holds still counts.`,
  resume: (name) => `"${name}" is brought up to date again.`,
  remove: (name) => `"${name}" is no longer a place of your archive. Nothing on it was deleted.`,
  'take-over': (name) => `"${name}" belongs to this Reelhold now.`,
};

function replaced(name: string): string {
  return `"${name}" is another one now. What the old one holds no longer counts as a copy, and nothing on it was deleted: keep it, if you have it, until the new one is filled. A running Reelhold fills the new one by itself; "reelhold mirror" does so now.`;
}

/** A drive's folder as the daemon will see it, whatever folder the command was typed in, and without links; with the id that it gets, so that it is added once. */
export function driveWish(wish: Omit<PlaceWish, 'placeKind'>): PlaceWish {
  const path = resolve(wish.path);
  const drive = { ...wish, location: randomUUIDv7(), placeKind: 'drive' } as const;
  try {
    return { ...drive, path: realpathSync(path) };
  } catch {
    return { ...drive, path };
  }
}

/** Says of each place what is there; 0 also where none is. */
export async function runPlaceList(config: Config, { json }: { readonly json: boolean }): Promise<number> {
  const places = askCatalogue(config, (queries) => queries.places()) ?? [];
  if (json) {
    const withForecast = places.map(async (place) => ({
      ...place,
      forecast: await readForecast(config, place),
    }));
    process.stdout.write(`${JSON.stringify(await Promise.all(withForecast), null, 2)}\n`);
  } else if (places.length === 0)
    process.stdout.write(
      'There is no place but this NAS yet. "reelhold location add drive NAME FOLDER" adds a drive.\n',
    );
  for (const place of json ? [] : places) {
    const forecast = await forecastInWords(config, place);
    const lines = [...placeInWords(config, place), ...forecast.map((line) => `  ${line}`)];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return exitCodes.done;
}

/** A place in some lines, as `status` shows it too. */
export function placeInWords({ timeZone }: Config, view: PlaceView, running = true): string[] {
  const { settings, condition, counts } = view;
  const { what, next } = en.places.state(view, running);
  const free =
    condition?.presence.state === 'present' && condition.presence.freeBytes !== null
      ? `, ${sizeInWords(condition.presence.freeBytes)} free`
      : '';
  const read =
    counts.lastProvenAtMs === null ? '' : `, last read back ${timeInWords(counts.lastProvenAtMs, timeZone)}`;
  return [
    `${settings.name} (${settings.path}): ${what}${next === '' ? '' : ` ${next}`}`,
    `  ${counts.proven} of ${counted(counts.wanted, 'file', 'files')} there and read back${free}${read}.`,
    `  ${en.places.terms(settings)}`,
    ...(condition === null || condition.disk === null ? [] : [`  ${en.places.sharesDisk}`]),
  ];
}

/** Looks at a place, and fetches a few videos from it. */
export async function runPlaceTest(config: Config, name: string): Promise<number> {
  const [place] = placesCalled(config, name);
  if (place === undefined) return exitCodes.failed;
  const { result: listed } = await workAt(config, place, 'list');
  if (listed?.kind !== 'listed') {
    process.stdout.write(`${place.settings.name}: ${resultInWords(listed)}\n`);
    return codeOf(listed);
  }
  const { result } = await workAt(config, place, 'drill');
  const words =
    result?.kind === 'drilled'
      ? `${result.good} of ${result.tried} videos came back whole`
      : resultInWords(result);
  process.stdout.write(
    `${place.settings.name}: it answers, lists ${counted(listed.files, 'file', 'files')}, and ${words}.\n`,
  );
  const [after = place] = placesCalled(config, name);
  for (const line of await forecastInWords(config, after)) process.stdout.write(`${line}\n`);
  return codeOf(result);
}
