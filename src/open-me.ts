import { readFile, stat } from 'node:fs/promises';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import { type StandingVersion, standingVersions } from '#catalogue/open-me-queries.ts';
import { hexOf } from '#core/digest.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { Clock } from '#core/ports/clock.ts';
import { countPosters } from '#core/poster-budget.ts';
import { enOpenMe } from '#views/locales/en-open-me.ts';
import { type OpenMePoster, type OpenMeVideo, openMePage } from '#views/open-me/page.ts';

export interface OpenMeDeps {
  readonly database: CatalogueDatabase;
  readonly clock: Clock;
  readonly localDay: (atMs: number) => string;
  /** Where a still is, by its version's digest in hexadecimal digits. */
  readonly posterFile: (hex: string) => string;
}

/**
 * Makes OPEN-ME.html of what stands at a drive. A remote has none: nobody opens it from there, and it would be
 * brought anew with every video.
 */
export function createOpenMeMaker(deps: OpenMeDeps): (settings: PlaceSettings) => Promise<Uint8Array | null> {
  return async ({ location, placeKind }) => {
    if (placeKind !== 'drive') return null;
    const standing = [...Map.groupBy(standingVersions(deps.database, location), ({ videoId }) => videoId)];
    const posters = await findPosters(
      deps,
      standing.flatMap(([, [newest]]) => newest ?? []),
    );
    const videos = standing.flatMap(([, versions]) => toVideo(versions, posters));
    const madeOn = deps.localDay(deps.clock.nowMs());
    return new TextEncoder().encode(await openMePage(enOpenMe, { videos, madeOn }));
  };
}

function toVideo(
  versions: readonly StandingVersion[],
  posters: ReadonlyMap<StandingVersion, OpenMePoster>,
): OpenMeVideo[] {
  const [newest] = versions;
  if (newest === undefined) return [];
  const { title, folder } = newest;
  const [day = ''] = /\d{4}-\d{2}-\d{2}/.exec(folder) ?? [];
  return [{ title, day, versions, poster: posters.get(newest) ?? null }];
}

/** The stills of the newest videos, as many as the page has room for. */
async function findPosters(
  { posterFile }: OpenMeDeps,
  newest: readonly StandingVersion[],
): Promise<ReadonlyMap<StandingVersion, OpenMePoster>> {
  const fileOf = ({ digest }: StandingVersion) => posterFile(hexOf(digest));
  const sizes: (number | null)[] = [];
  for (const version of newest) sizes.push(version.hasPoster ? await sizeOf(fileOf(version)) : null);
  const posters = new Map<StandingVersion, OpenMePoster>();
  for (const [index, version] of newest.slice(0, countPosters(sizes)).entries()) {
    if (sizes[index] === null) continue;
    const bytes = await readFile(fileOf(version)).catch(() => null);
    if (bytes !== null) posters.set(version, { type: 'image/webp', base64: bytes.toString('base64') });
  }
  return posters;
}

/** Null where there is none: a still is made again from the video, and the page does without. */
async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}
