import { html } from 'hono/html';
import { hexOf } from '#core/digest.ts';
import { displayName } from '#core/file-name.ts';
import { shownSize } from '#core/shown-size.ts';
import { icons } from './components/icons.ts';
import { mark } from './components/mark.ts';
import { contentUrl, posterUrl } from './components/poster.ts';
import { agoTime, dayTime } from './components/time.ts';
import type { Html } from './html.ts';
import { partsRegion } from './parts.ts';
import type { Site } from './site.ts';
import type { PartProps, TwinProps, VersionProps, VideoProps } from './video-props.ts';

export interface OpenVideoProps {
  readonly video: VideoProps;
  /** The version in the player; null for a project that has nothing final yet. */
  readonly shown: VersionProps | null;
  /** Its parts, as many as are listed. */
  readonly parts: readonly PartProps[];
  /** A video that this one seems to be an edit of; null for none. */
  readonly editOf: { readonly into: string; readonly title: string } | null;
  /** Opened in the list, where a click meant "play", or on a page of its own. */
  readonly inList: boolean;
}

/** One video: a player, and all its versions. */
export function videoRegion(site: Site, props: OpenVideoProps): Html {
  const { words, basePath } = site;
  const { video, shown, inList } = props;
  const title = displayName(video.title);
  // Refreshed with the version that it shows, whatever came since: somebody may be watching it.
  const url = versionUrl(site, props, shown);
  const heading = inList ? html`<h3>${bdi(title)}</h3>` : html`<h1>${bdi(title)}</h1>`;
  return html`<div class="video" id="opened-${video.id}" hx-get="${url}" hx-trigger="videos from:#live" hx-swap="outerMorph">
${shown === null ? html`<p class="nothing">${words.parts.nothingFinal}</p>` : player(site, { inList, shown }, title)}
<div class="video-facts">
<div class="video-head">${heading}${inList ? closeLink(site, video) : null}</div>
<p>${mark(site, video)}</p>
${suggestion(site, props)}
${video.versions.length === 0 ? null : heading2(inList, words.video.versionsHeading)}
<ol class="versions">${video.versions.map((version, index) => versionItem(site, props, version, index === 0 && video.versions.length > 1))}</ol>
${partsRegion(site, video, props.parts, heading2(inList, words.parts.heading))}
</div>
${inList ? null : html`<p class="video-back"><a class="quiet-link" href="${basePath}/#video-${video.id}">${icons.back}${words.video.back}</a></p>`}
</div>`;
}

function heading2(inList: boolean, text: string): Html {
  return inList ? html`<h4 class="label">${text}</h4>` : html`<h2 class="label">${text}</h2>`;
}

/** Never done by itself: two clips may have one number, one moment and one camera by chance. */
function suggestion({ words, basePath }: Site, { video, editOf }: OpenVideoProps): Html | null {
  if (editOf === null) return null;
  const link = html`<a href="${basePath}/videos/${encodeURIComponent(editOf.into)}">${bdi(displayName(editOf.title))}</a>`;
  return html`<p class="quiet">${words.parts.editOf(link)} <code>reelhold merge ${video.id} ${editOf.into}</code></p>`;
}

function bdi(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** A version in the player, at an address of its own; without one, a video's address means the newest. */
function versionUrl(
  { basePath }: Site,
  { video, inList }: Pick<OpenVideoProps, 'video' | 'inList'>,
  version: VersionProps | null,
): string {
  const query = new URLSearchParams({
    ...(inList ? { in: 'list' } : {}),
    ...(version === null ? {} : { version: version.id }),
  });
  return `${basePath}/videos/${encodeURIComponent(video.id)}?${query}`;
}

/** Under the id that the link to open it had: so the keyboard's focus stays where it was. */
function closeLink({ words, basePath }: Site, { id }: VideoProps): Html {
  const url = `${basePath}/videos/${encodeURIComponent(id)}/card`;
  return html`<a class="button small video-close" id="open-${id}" href="${basePath}/#video-${id}" hx-get="${url}" hx-target="#video-${id}" hx-swap="outerHTML">${icons.close}${words.video.close}</a>`;
}

/** The player is kept as it is while the page around it changes: its id says which version it plays. */
function player(
  site: Site,
  { shown, inList }: { readonly shown: VersionProps; readonly inList: boolean },
  title: string,
): Html {
  const { words } = site;
  const src = contentUrl(site, shown);
  const still = posterUrl(site, shown);
  // The player has its height before the first bytes come.
  const size = sizeOf(shown);
  const box = size === null ? null : html` width="${size.width}" height="${size.height}"`;
  return html`<div class="screen player" id="player-${shown.id}" data-keep>
<video controls playsinline preload="metadata" src="${src}"${box}${still === null ? null : html` poster="${still}"`}${inList ? html` autoplay` : null} aria-label="${words.video.player(title)}"></video>
<div class="no-play" role="alert" hidden>
<p data-when="cannot-play">${words.video.cannotPlay}</p>
<p data-when="cannot-read">${words.video.cannotRead}</p>
<p data-when="cannot-play"><a class="button" href="${src}?download=1">${icons.download}${words.video.download}</a></p>
</div>
</div>`;
}

function versionItem(site: Site, props: OpenVideoProps, version: VersionProps, isNewest: boolean): Html {
  const { words, formats } = site;
  const isShown = version.id === props.shown?.id;
  const facts = factsOf(site, version);
  return html`<li class="version${isShown ? ' is-shown' : ''}" id="version-${version.id}">
<div class="version-head"><span class="version-name">${words.video.version(version.number)}</span>${isNewest ? html`<span class="tag">${words.video.newest}</span>` : null}${version.role === 'master' ? null : html`<span class="tag">${words.video.roles[version.role]}</span>`}</div>
<p class="card-facts"><span>${formats.bytes(version.sizeBytes)}</span>${facts.map((fact) => html`<span>${fact}</span>`)}</p>
<p class="card-facts"><span>${words.video.saved(dayTime(site, version.takenAtMs))}</span><span>${readBack(site, version)}</span>${version.seenAgain > 0 ? html`<span>${words.video.seenAgain(version.seenAgain)}</span>` : null}</p>
${version.damaged === null ? null : html`<p class="came-damaged">${icons['needs-you']}<span>${words.video.damaged(version.damaged)}</span></p>`}
${version.media?.problem === 'unreadable' ? html`<p class="quiet">${words.video.unreadable}</p>` : null}
${version.twins.map((twin) => twinLine(site, props.video, twin))}
<p class="version-actions">${playLink(site, props, version)}<a class="button small" href="${contentUrl(site, version)}?download=1" aria-label="${words.video.downloadVersion(version.number, displayName(props.video.title))}">${icons.download}${words.video.download}</a></p>
${details(site, version)}
</li>`;
}

/** The same picture and sound may stand in a version of this video, or in another one. */
function twinLine({ words, basePath }: Site, video: VideoProps, twin: TwinProps): Html {
  const url = `${basePath}/videos/${encodeURIComponent(twin.video)}?version=${encodeURIComponent(twin.version)}`;
  const name = words.video.version(twin.number);
  const link = html`<a href="${url}">${twin.video === video.id ? name : html`${bdi(displayName(twin.title))}, ${name}`}</a>`;
  return html`<p class="quiet">${words.video.samePictureAndSound(link)}</p>`;
}

function factsOf({ words, formats }: Site, version: VersionProps): string[] {
  const { media } = version;
  if (media === null) return [];
  const size = sizeOf(version);
  return [
    ...(media.durationMs === null ? [] : [formats.duration(media.durationMs)]),
    ...(size === null ? [] : [words.video.size(size.width, size.height)]),
  ];
}

function sizeOf({ media }: VersionProps): { width: number; height: number } | null {
  return media === null ? null : shownSize({ ...media, rotationDegrees: toRotation(media.rotationDegrees) });
}

function toRotation(degrees: number | null): 0 | 90 | 180 | 270 | null {
  return degrees === 0 || degrees === 90 || degrees === 180 || degrees === 270 ? degrees : null;
}

function readBack(site: Site, { copies }: VersionProps): Html | string {
  const proofs = copies.flatMap(({ state, provenAtMs }) =>
    state === 'present' && provenAtMs !== null ? [provenAtMs] : [],
  );
  if (proofs.length === 0) return site.words.video.notReadBack;
  return site.words.video.readBack(agoTime(site, Math.max(...proofs)));
}

function playLink(site: Site, props: OpenVideoProps, version: VersionProps): Html {
  const { words } = site;
  const { video, shown, inList } = props;
  if (version.id === shown?.id) return html`<span class="playing">${icons.play}${words.video.playing}</span>`;
  const label = words.video.playVersion(version.number, displayName(video.title));
  const page = versionUrl(site, { ...props, inList: false }, version);
  const inPlace = html` hx-get="${versionUrl(site, props, version)}" hx-target="#opened-${video.id}" hx-swap="outerHTML"`;
  return html`<a class="button small" href="${page}"${inList ? inPlace : null} aria-label="${label}">${icons.play}${words.video.play}</a>`;
}

function details({ words, formats }: Site, version: VersionProps): Html {
  const { media } = version;
  const codecs = [media?.container, media?.videoCodec, media?.audioCodec].filter(
    (part) => typeof part === 'string',
  );
  return html`<details><summary>${words.video.details}</summary><dl>
<dt>${words.video.fileName}</dt><dd>${bdi(displayName(version.name))}</dd>
<dt>${words.video.exactSize}</dt><dd>${words.video.bytes(formats.count(version.sizeBytes))}</dd>
${codecs.length === 0 ? null : html`<dt>${words.video.codecs}</dt><dd>${codecs.map(displayName).join(', ')}</dd>`}
<dt>${words.video.checksum}</dt><dd><code>${hexOf(version.digest)}</code></dd>
</dl></details>`;
}
