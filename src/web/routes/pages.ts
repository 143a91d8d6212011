import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import { mainVersion } from '#core/library-path.ts';
import { arrivingRegion } from '#views/arriving.ts';
import { homePage } from '#views/home.ts';
import type { Html } from '#views/html.ts';
import { layout } from '#views/layout.ts';
import { placesRegion } from '#views/places.ts';
import type { Site } from '#views/site.ts';
import { pageTitle, verdictRegion } from '#views/verdict.ts';
import { videoRegion } from '#views/video.ts';
import { videoCard, videosRegion } from '#views/videos.ts';
import {
  readArriving,
  readBelonging,
  readOverview,
  readPlaces,
  readVideos,
  videosAtMost,
} from '#web/page-facts.ts';
import { NotFoundError } from '#web/problem.ts';
import { identifier, oneOf, readQuery, wholeNumber } from '#web/query-params.ts';
import type { WebDeps } from '#web/web-deps.ts';

const asksForList = {
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  show: wholeNumber(1, videosAtMost),
};
const asksForVideo = { in: oneOf('list'), version: identifier };

/** The first page, and each of its regions at an address of its own. */
export function addPages(app: Hono, deps: WebDeps, makeSite: () => Site): void {
  const { queries, inboxes, trouble } = deps;

  app.get('/', (c) => {
    readQuery(c.req.url, {});
    const props = {
      inboxAddress: inboxes[0],
      overview: readOverview(queries, inboxes, trouble()),
      places: readPlaces(queries),
      ...readArriving(queries, inboxes),
      ...readVideos(queries, { cursor: null, show: null }),
    };
    return sendPage(c, homePage(makeSite(), props));
  });

  app.get('/verdict', (c) => {
    readQuery(c.req.url, {});
    const site = makeSite();
    const facts = readOverview(queries, inboxes, trouble());
    const title = pageTitle(site, facts);
    // Bare too it carries the title, which warns in the browser's tab.
    const tab = isBare(c) ? html`<title>${title}</title>` : null;
    const region = verdictRegion(site, { overview: facts, inboxAddress: inboxes[0] });
    return sendRegion(c, site, title, html`${tab}${region}`);
  });

  app.get('/places', (c) => {
    readQuery(c.req.url, {});
    const site = makeSite();
    const { heading } = site.words.places;
    const region = placesRegion(site, readPlaces(queries));
    return sendRegion(c, site, site.words.title(heading), withTitle(c, heading, region));
  });

  app.get('/arriving', (c) => {
    readQuery(c.req.url, {});
    const site = makeSite();
    const region = arrivingRegion(site, readArriving(queries, inboxes));
    return sendRegion(
      c,
      site,
      site.words.title(site.words.arriving.heading),
      withTitle(c, site.words.arriving.heading, region),
    );
  });

  app.get('/videos', (c) => {
    const asked = readQuery(c.req.url, asksForList);
    const site = makeSite();
    const region = videosRegion(site, readVideos(queries, asked));
    return sendRegion(
      c,
      site,
      site.words.title(site.words.videos.heading),
      withTitle(c, site.words.videos.heading, region),
    );
  });

  app.get('/videos/:id', (c) => {
    const asked = readQuery(c.req.url, asksForVideo);
    const site = makeSite();
    const video = findVideo(deps, c.req.param('id'), site);
    const shown =
      asked.version === null
        ? mainVersion(video.versions)
        : video.versions.find(({ id }) => id === asked.version);
    const isNothing = shown === undefined && (asked.version !== null || video.parts.length === 0);
    if (isNothing) throw new NotFoundError(site.words.problems.noVideo);
    const inList = isBare(c) && asked.in === 'list';
    const region = videoRegion(site, {
      video,
      shown: shown ?? null,
      inList,
      ...readBelonging(queries, video.id),
    });
    return sendRegion(c, site, site.words.title(displayName(video.title)), region);
  });

  app.get('/videos/:id/card', (c) => {
    readQuery(c.req.url, {});
    const site = makeSite();
    const video = findVideo(deps, c.req.param('id'), site);
    return sendRegion(c, site, site.words.title(displayName(video.title)), videoCard(site, video));
  });
}

function findVideo({ queries }: WebDeps, id: string, { words }: Site) {
  const video = queries.video(id);
  if (video === null) throw new NotFoundError(words.problems.noVideo);
  return video;
}

/** htmx asks for a region to put it in its place; anybody else gets a whole page. */
export function isBare(c: Context): boolean {
  return c.req.header('HX-Request-Type') === 'partial';
}

/** A region that stands alone needs a heading of the first order. */
function withTitle(c: Context, title: string, region: Html): Html {
  return isBare(c) ? region : html`<h1 class="visually-hidden">${title}</h1>${region}`;
}

function sendRegion(c: Context, site: Site, title: string, region: Html): Response | Promise<Response> {
  c.header('Vary', 'HX-Request-Type');
  return sendPage(c, isBare(c) ? region : layout(site, { title, content: region, live: true }));
}

function sendPage(c: Context, page: Html): Response | Promise<Response> {
  c.header('Cache-Control', 'no-cache');
  return c.html(page);
}
