import type { Context, Hono } from 'hono';
import type { PlaceView, Queries, VersionRow, VideoRow } from '#catalogue/queries.ts';
import { describeError, isReelholdError, type ReelholdError } from '#core/errors.ts';
import { mainVersion } from '#core/library-path.ts';
import { shownSize } from '#core/shown-size.ts';
import type { EditSuggestion } from '#core/suggest-edits.ts';
import { troubleOf } from '#core/trouble.ts';
import { contentUrl, posterUrl } from '#views/components/poster.ts';
import { en } from '#views/locales/en.ts';
import { contentResponse, type SentFile } from '#web/content-response.ts';
import { problem } from '#web/problem.ts';
import { oneOf, readQuery, wholeNumber } from '#web/query-params.ts';
import { isoTime, readSummary, summaryWithout, verdictName } from '#web/summary.ts';
import type { WebDeps } from '#web/web-deps.ts';

const defaultLimit = 50;
const asksForVideos = { limit: wholeNumber(1, 200), cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER) };
const mostParts = 1000;
const asksForParts = { limit: wholeNumber(1, mostParts) };
const asksForContent = { download: oneOf('1') };

/** What programs ask: keys in camelCase, times in ISO 8601, errors as problems. */
export function addApi(app: Hono, deps: WebDeps): void {
  const { queries } = deps;
  app.use('/api/*', async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
  app.get('/api/v1/summary', (c) => {
    readQuery(c.req.url, {});
    return c.json(summaryOf(deps));
  });
  app.get('/api/v1/locations', (c) => {
    readQuery(c.req.url, {});
    return c.json({ items: queries.places().map(locationItem) });
  });
  app.get('/api/v1/videos', (c) => {
    const { limit, cursor } = readQuery(c.req.url, asksForVideos);
    return c.json(videosOf(deps, limit ?? defaultLimit, cursor));
  });
  app.get('/api/v1/versions/:id/content', (c) =>
    sendContent(c, deps, deps.queries.version(c.req.param('id')), 'There is no such version.'),
  );
  app.get('/api/v1/videos/:id/parts', (c) => {
    const { limit } = readQuery(c.req.url, asksForParts);
    return c.json({
      items: deps.queries
        .parts(c.req.param('id'), limit ?? mostParts)
        .map((part) => partItem(deps.basePath, part)),
    });
  });
  app.get('/api/v1/parts/:id/content', (c) =>
    sendContent(c, deps, deps.queries.part(c.req.param('id')), 'There is no such part.'),
  );
  app.get('/api/v1/suggestions', (c) => {
    readQuery(c.req.url, {});
    return c.json({ items: deps.queries.suggestions().map(suggestionItem) });
  });
}

function summaryOf({ queries, inboxes, version, trouble }: WebDeps) {
  try {
    return readSummary(queries, { inboxes, version, trouble: trouble() });
  } catch (error) {
    const why = trouble() ?? troubleOf(error);
    if (why === null) throw error;
    return summaryWithout(why, version);
  }
}

function locationItem(view: PlaceView) {
  const { settings, condition, counts } = view;
  const { presence } = condition ?? {};
  const { what, next } = en.places.state(view);
  return {
    id: settings.location,
    name: settings.name,
    kind: settings.placeKind,
    medium: settings.medium,
    awayFromHome: settings.awayFromHome,
    paused: settings.paused,
    state: presence?.state ?? 'unknown',
    reason: presence?.state === 'away' ? presence.reason : null,
    words: next === '' ? what : `${what} ${next}`,
    freeBytes: presence?.state === 'present' ? presence.freeBytes : null,
    filesWanted: counts.wanted,
    filesProven: counts.proven,
    filesBad: counts.bad,
    lastReadBackAt: isoTime(counts.lastProvenAtMs),
    lastSeenAt: isoTime(condition?.lastSeenMs ?? null),
    upToDateAt: isoTime(condition?.upToDateMs ?? null),
    safeToUnplug: condition?.safeToUnplug ?? false,
    hours: settings.schedule,
    bandwidth: settings.bandwidth,
    waitsUntil: isoTime(condition?.waitsUntilMs ?? null),
  };
}

function videosOf(
  { queries, basePath }: { queries: Queries; basePath: string },
  limit: number,
  cursor: number | null,
) {
  const rows = queries.latestVideos({ limit: limit + 1, beforeSeq: cursor });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((video) => videoItem(basePath, video)),
    nextCursor: last === undefined ? null : String(last.changedSeq),
  };
}

function videoItem(basePath: string, video: VideoRow) {
  const newest = mainVersion(video.versions);
  return {
    id: video.id,
    title: video.title,
    verdict: verdictName(video.verdict),
    posterUrl: newest === undefined ? null : posterUrl({ basePath }, newest),
    versions: video.versions.map((version) => versionItem(basePath, version)),
    parts: video.parts,
  };
}

function partItem(basePath: string, part: ReturnType<Queries['parts']>[number]) {
  const { id, kind, name, path, sizeBytes, digest, damaged, facts } = part;
  const contentUrl = `${basePath}/api/v1/parts/${encodeURIComponent(id)}/content`;
  const takenAt = isoTime(part.takenAtMs);
  return { id, kind, name, path, sizeBytes, digest, takenAt, damaged, facts, contentUrl };
}

/** What the owner does with it, or does not. */
function suggestionItem({ from, into, fromTitle, intoTitle }: EditSuggestion) {
  return { kind: 'edit', from, into, fromTitle, intoTitle, accept: `reelhold merge ${from} ${into}` };
}

function versionItem(basePath: string, version: VersionRow) {
  const size =
    version.media === null ? null : shownSize({ ...version.media, rotationDegrees: rotationOf(version) });
  return {
    id: version.id,
    number: version.number,
    role: version.role,
    name: version.name,
    sizeBytes: version.sizeBytes,
    digest: version.digest,
    takenAt: isoTime(version.takenAtMs),
    /** What was wrong with it before it reached us. */
    damaged: version.damaged,
    durationMs: version.media?.durationMs ?? null,
    width: size?.width ?? null,
    height: size?.height ?? null,
    videoCodec: version.media?.videoCodec ?? null,
    contentUrl: contentUrl({ basePath }, version),
    samePictureAndSoundAs: version.twins.map(({ video, version: id, number, title }) => ({
      ...{ video, title, version: id, number },
    })),
    copies: version.copies.map(({ location, state, provenAtMs }) => ({
      location,
      state,
      provenAt: isoTime(provenAtMs),
    })),
  };
}

function rotationOf({ media }: VersionRow): 0 | 90 | null {
  if (media === null || media.rotationDegrees === null) return null;
  return media.rotationDegrees % 180 === 90 ? 90 : 0;
}

async function sendContent(
  c: Context,
  { content, log }: WebDeps,
  file: SentFile | null,
  notThere: string,
): Promise<Response> {
  const { download } = readQuery(c.req.url, asksForContent);
  if (file === null) return problem(c, 404, notThere);
  try {
    return await contentResponse(content, file, {
      method: c.req.method,
      range: c.req.header('Range'),
      ifMatch: c.req.header('If-Match'),
      ifNoneMatch: c.req.header('If-None-Match'),
      ifRange: c.req.header('If-Range'),
      asDownload: download !== null,
    });
  } catch (error) {
    log.warn({ id: c.req.param('id'), error: describeError(error) }, 'A video could not be sent.');
    if (isReelholdError(error)) return problem(c, isAway(error) ? 503 : 500, en.video.cannotRead);
    throw error;
  }
}

function isAway(error: ReelholdError): boolean {
  return error.kind === 'unreachable' || error.kind === 'missing' || error.retryable;
}
