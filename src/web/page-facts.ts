import type { Queries, VideoRow } from '#catalogue/queries.ts';
import { type Overview, overview } from '#core/overview.ts';
import { judgeKit } from '#core/recovery-kit.ts';
import type { Trouble } from '#core/trouble.ts';
import type { ArrivingProps } from '#views/arriving.ts';
import type { InboxProps } from '#views/inbox.ts';
import type { PlacesProps } from '#views/places.ts';
import type { OpenVideoProps } from '#views/video.ts';
import type { VideosProps } from '#views/videos.ts';

const arrivalsShown = 20;
/** Videos that a list begins with, and grows by. */
const videosAtOnce = 24;
/** A list grows no longer than this; then it goes on in another one. */
export const videosAtMost = 240;

/** Reads what the page says first; what is known of a trouble goes before what the catalogue says. */
export function readOverview(
  queries: Queries,
  inboxes: readonly string[],
  trouble: Trouble | null,
): Overview {
  return overview(queries.summary(), {
    vault: trouble ?? queries.condition('vault'),
    places: queries.condition('places'),
    space: queries.condition('space'),
    tools: queries.condition('tools'),
    library: queries.condition('library'),
    proofs: queries.condition('proofs'),
    catalogue: queries.condition('catalogue'),
    inboxes: readInboxes(queries, inboxes).flatMap(({ condition }) => condition ?? []),
    others: queries.places(),
    changes: queries.condition('changes'),
    kit: judgeKit(
      queries.kit(),
      queries.condition('kit'),
      queries.places().map(({ settings }) => settings),
    ),
  });
}

/** Reads where the videos are. */
export function readPlaces(queries: Queries): PlacesProps {
  const others = queries.places();
  if (others.length === 0) return { vault: null, others };
  const counts = queries.vaultCounts();
  return {
    vault: counts === null ? null : { ...counts, freeBytes: queries.condition('space')?.freeBytes ?? null },
    others,
  };
}

/** What is known of each inbox, by its name, in their order. */
export function readInboxes(queries: Queries, names: readonly string[]): readonly InboxProps[] {
  return names.map((name) => ({ name, condition: queries.condition(`inbox:${name}`) }));
}

/** Reads what is on its way into the archive. */
export function readArriving(queries: Queries, inboxes: readonly string[]): ArrivingProps {
  const { items, total } = queries.arrivals(arrivalsShown);
  return { inboxes: readInboxes(queries, inboxes), files: items, total };
}

const partsListed = 200;

/** Reads what belongs to a video, and what it seems to belong to. */
export function readBelonging(queries: Queries, video: string): Pick<OpenVideoProps, 'parts' | 'editOf'> {
  const found = queries.suggestions().find(({ from }) => from === video);
  const editOf = found === undefined ? null : { into: found.into, title: found.intoTitle };
  return { parts: queries.parts(video, partsListed), editOf };
}

export interface VideosAsked {
  /** Where the list begins: after the video that changed at this point; null for the latest. */
  readonly cursor: number | null;
  readonly show: number | null;
}

/** Reads a list of videos, and where it goes on. */
export function readVideos(queries: Queries, { cursor, show }: VideosAsked): VideosProps {
  const limit = show ?? videosAtOnce;
  const rows = queries.latestVideos({ limit: limit + 1, beforeSeq: cursor });
  return {
    videos: rows.slice(0, limit),
    query: listQuery(cursor, limit),
    older: olderOf(rows, cursor, limit),
    isFirstPage: cursor === null,
  };
}

function olderOf(rows: readonly VideoRow[], cursor: number | null, limit: number): VideosProps['older'] {
  const next = rows[limit];
  const last = rows[limit - 1];
  if (next === undefined || last === undefined) return null;
  const longer = limit + videosAtOnce;
  if (longer <= videosAtMost) return { query: listQuery(cursor, longer), firstNew: next.id };
  return { query: listQuery(last.changedSeq, videosAtOnce), firstNew: null };
}

function listQuery(cursor: number | null, show: number): string {
  const query = new URLSearchParams();
  if (cursor !== null) query.set('cursor', String(cursor));
  if (show !== videosAtOnce) query.set('show', String(show));
  return query.size === 0 ? '' : `?${query}`;
}
