import type { CatalogueDatabase } from '#catalogue/database.ts';
import { createConditionReader } from '#catalogue/note-rows.ts';
import type { RestoreQueries } from '#catalogue/restore-queries.ts';
import { type CopyFacts, isProven } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { describeError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { orderSources, type ReadablePlace } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import {
  identifySource,
  openPlaceSource,
  openVaultSource,
  requirePlace,
  type SourceDeps,
} from './open-source.ts';

/** The places of an archive that can be read now. */
export interface ReadablePlaces {
  readonly isNone: boolean;
  readonly away: readonly { readonly name: string; readonly why: string }[];
  /** Where to read a blob, best first. */
  sourcesOf(digest: Digest): readonly ArchiveSource[];
}

interface Candidate extends Omit<ReadablePlace, 'location'> {
  readonly name: string;
  /** Null for the vault, whose mark says which place it is. */
  readonly settings: PlaceSettings | null;
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
    { name: 'This NAS', settings: null, medium: 'nas', open: async () => openVaultSource(deps) },
    ...queries.places().map((settings) => ({
      ...{ name: settings.name, settings, medium: settings.medium },
      open: () => openPlaceSource(settings, deps),
    })),
  ];
  const found: (ReadablePlace & { readonly source: ArchiveSource })[] = [];
  const away: { name: string; why: string }[] = [];
  for (const { name, settings, medium, open } of candidates) {
    try {
      const opened = await identifySource(await open(), signal);
      if (settings !== null) requirePlace(opened, settings);
      const location = settings?.location ?? opened.location?.location ?? '';
      found.push({ location, medium, source: opened.source });
    } catch (error) {
      signal.throwIfAborted();
      away.push({ name, why: describeError(error) });
    }
  }
  const promises = createConditionReader(database.db)('places')?.places ?? [];
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
