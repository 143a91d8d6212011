import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { CopyFacts, CopyState } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { libraryFiles } from '#core/library-path.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { isAskedFor, type RestoreAsked, type RestoreFile } from '#core/plan-restore.ts';
import type { CatalogueDatabase, Drizzle } from './database.ts';
import { readLibraryVideos, resolveVideo } from './library-videos.ts';
import { createPlaceReader } from './place-rows.ts';
import { copies } from './schema/finding-tables.ts';
import { parts, versions, videos } from './schema/journal-tables.ts';
import { guarded } from './sqlite-errors.ts';

/** Questions of whoever brings videos back, over a connection that need not write. */
export interface RestoreQueries {
  /** The files of the videos that are asked for, older versions and parts with them; page by page. */
  files(asked: RestoreAsked): Iterable<RestoreFile>;
  copies(digest: Digest): readonly CopyFacts[];
  /** Places that were not removed. */
  places(): readonly PlaceSettings[];
}

const pageSize = 200;

export function createRestoreQueries(database: CatalogueDatabase): RestoreQueries {
  return guarded(createRawQueries(database), 'read', database);
}

function createRawQueries({ db }: CatalogueDatabase): RestoreQueries {
  return {
    *files(asked) {
      for (const ids of pagesOf(db, asked)) yield* filesOf(db, ids);
    },
    copies: (digest) =>
      db
        .select()
        .from(copies)
        .where(eq(copies.digest, digest))
        .all()
        .map((copy) => ({ ...copy, state: copy.state as CopyState })),
    places: createPlaceReader(db),
  };
}

function* pagesOf(db: Drizzle, asked: RestoreAsked): Generator<readonly string[]> {
  if (asked.kind === 'video') {
    yield [resolveVideo(db, asked.id)];
    return;
  }
  for (let after = ''; ; ) {
    const rows = db
      .select({ id: videos.id, title: videos.title, folder: videos.folder })
      .from(videos)
      .where(and(isNull(videos.trashedAtMs), gt(videos.id, after)))
      .orderBy(asc(videos.id))
      .limit(pageSize)
      .all();
    if (rows.length === 0) return;
    const wanted = rows.filter((row) => asked.kind === 'all' || isAskedFor(asked.words, row));
    yield wanted.map(({ id }) => id);
    after = rows.at(-1)?.id ?? after;
  }
}

function filesOf(db: Drizzle, ids: readonly string[]): RestoreFile[] {
  const wanted = [...ids];
  const facts = new Map<string, Pick<RestoreFile, 'sizeBytes' | 'modifiedAtMs'>>([
    ...db
      .select()
      .from(parts)
      .where(inArray(parts.videoId, wanted))
      .all()
      .map(({ digest, sizeBytes }) => [digest, { sizeBytes, modifiedAtMs: null }] as const),
    ...db
      .select()
      .from(versions)
      .where(inArray(versions.videoId, wanted))
      .all()
      .map(({ digest, sizeBytes, modifiedAtMs }) => [digest, { sizeBytes, modifiedAtMs }] as const),
  ]);
  return readLibraryVideos(db, ids)
    .flatMap((video) => libraryFiles(video))
    .flatMap(({ digest, ext, path }) => {
      const known = facts.get(digest);
      return known === undefined ? [] : [{ digest, ext, path, ...known }];
    });
}
