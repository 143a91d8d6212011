import type { CatalogueDatabase } from '#catalogue/database.ts';
import { readCondition } from '#catalogue/note-rows.ts';
import type { RestoreQueries } from '#catalogue/restore-queries.ts';
import { type CopyFacts, isProven } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { describeError } from '#core/errors.ts';
import { orderSources, type ReadablePlace } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import { identifySource, openPlaceSource, openVaultSource, type SourceDeps } from './open-source.ts';

/** The places of an archive that can be read now. */
export interface ReadablePlaces {
  readonly isNone: boolean;
  readonly away: readonly { readonly name: string; readonly why: string }[];
  /** Where to read a blob, best first. */
  sourcesOf(digest: Digest): readonly ArchiveSource[];
}

interface Candidate extends Omit<ReadablePlace, 'location'> {
  readonly name: string;
  /** Null for the vault, whose mark says it. */
  readonly location: string | null;
  readonly open: () => Promise<ArchiveSource>;
}

/** Looks at the vault and at every place that is set up; what cannot be read is said, and asked no more. */
export async function createReadablePlaces(
  database: CatalogueDatabase,
  queries: RestoreQueries,
  deps: SourceDeps,
  nowMs: number,
  signal: AbortSignal,
): Promise<ReadablePlaces> {
  const candidates: Candidate[] = [
    { name: 'This NAS', location: null, medium: 'nas', open: async () => openVaultSource(deps) },
    ...queries.places().map((settings) => ({
      ...{ name: settings.name, location: settings.location, medium: settings.medium },
      open: () => openPlaceSource(settings, deps),
    })),
  ];
  const found: (ReadablePlace & { readonly source: ArchiveSource })[] = [];
  const away: { name: string; why: string }[] = [];
  for (const { name, location, medium, open } of candidates) {
    try {
      const opened = await identifySource(await open(), signal);
      const known = opened.location?.location;
      if (location !== null && known !== location) throw new Error('it is another place than the one meant');
      found.push({ location: location ?? known ?? '', medium, source: opened.source });
    } catch (error) {
      signal.throwIfAborted();
      away.push({ name, why: describeError(error) });
    }
  }
  const promises = readCondition(database.db, 'places')?.places ?? [];
  const counts = (copy: CopyFacts) => {
    const place = promises.find(({ location }) => location === copy.location);
    return place !== undefined && isProven(copy, place, nowMs);
  };
  return {
    isNone: found.length === 0,
    away,
    sourcesOf: (digest) => orderSources(found, queries.copies(digest), counts).map(({ source }) => source),
  };
}
