import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import { mainVersion } from '#core/library-path.ts';
import { icons } from './components/icons.ts';
import { mark } from './components/mark.ts';
import { partPoster, poster } from './components/poster.ts';
import { dayTime } from './components/time.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';
import type { VideoProps } from './video-props.ts';

export interface VideosProps {
  readonly videos: readonly VideoProps[];
  /** Where this list begins, as a query (`?cursor=…&show=…`, or ''): the address it is fetched again from. */
  readonly query: string;
  /** The query that shows more of the same list, or goes on where it ends; null at the end. */
  readonly older: { readonly query: string; readonly firstNew: string | null } | null;
  readonly isFirstPage: boolean;
}

/** The videos, latest first. */
export function videosRegion(site: Site, props: VideosProps): Html {
  const { words, basePath } = site;
  const { videos, query, isFirstPage } = props;
  if (videos.length === 0 && isFirstPage) return emptyRegion(site, query);
  return html`<section id="videos" class="videos" ${live(site, query)} aria-labelledby="videos-heading">
<h2 id="videos-heading">${words.videos.heading}</h2>
${isFirstPage ? null : html`<p><a class="quiet-link" href="${basePath}/videos">${icons.back}${words.videos.newest}</a></p>`}
${videos.length === 0 ? html`<p class="nothing">${words.videos.noOlder}</p>` : html`<div class="grid">${videos.map((video) => videoCard(site, video))}</div>`}
${olderLink(site, props)}
</section>`;
}

/** Nothing to see yet, but ready for the first video. */
function emptyRegion(site: Site, query: string): Html {
  return html`<section id="videos" class="videos" ${live(site, query)} hidden></section>`;
}

function live({ basePath }: Site, query: string): Html {
  return html`hx-get="${basePath}/videos${query}" hx-trigger="videos from:#live" hx-swap="outerMorph"`;
}

/** In place where the list grows; a link to the next page where it does not. */
function olderLink({ words, basePath }: Site, { older }: VideosProps): Html | null {
  if (older === null) return null;
  const url = `${basePath}/videos${older.query}`;
  const anchor = older.firstNew === null ? '' : `#video-${older.firstNew}`;
  const inPlace = html` hx-get="${url}" hx-target="#videos" hx-swap="outerMorph"`;
  return html`<p class="older"><a class="button" id="older" href="${url}${anchor}"${older.firstNew === null ? null : inPlace}>${words.videos.older}</a></p>`;
}

/** One video of the list; a click opens it in its place, or its own page where there is no script. */
export function videoCard(site: Site, video: VideoProps): Html {
  const { words, basePath, formats } = site;
  const newest = mainVersion(video.versions);
  const title = displayName(video.title);
  const url = `${basePath}/videos/${encodeURIComponent(video.id)}`;
  const durationMs = newest?.media?.durationMs ?? null;
  return html`<article class="card" id="video-${video.id}">
<a class="card-link" id="open-${video.id}" href="${url}" hx-get="${url}?in=list" hx-target="#video-${video.id}" hx-swap="innerHTML" aria-label="${newest === undefined ? words.videos.open(title) : words.videos.play(title)}">
<span class="screen">${newest === undefined ? partPoster(site, video.picturedPart) : html`${poster(site, newest)}<span class="play-sign">${icons.play}</span>`}${durationMs === null ? null : html`<span class="duration">${formats.duration(durationMs)}</span>`}</span>
</a>
<h3 class="card-title" title="${title}"><bdi>${title}</bdi></h3>
<p class="card-facts">${newest === undefined ? null : html`<span>${dayTime(site, newest.takenAtMs)}</span><span>${formats.bytes(newest.sizeBytes)}</span>`}${video.versions.length > 1 ? html`<span>${words.videos.versions(video.versions.length)}</span>` : null}${partFiles(site, video)}</p>
<p class="card-mark">${mark(site, video)}</p>
</article>`;
}

function partFiles({ words }: Site, { parts }: VideoProps): Html | null {
  const files = parts.reduce((sum, part) => sum + part.files, 0);
  return files === 0 ? null : html`<span>${words.videos.parts(files)}</span>`;
}
