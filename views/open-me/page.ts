import { html, raw } from 'hono/html';
import { type Digest, hexOf } from '#core/digest.ts';
import { displayName } from '#core/file-name.ts';
import { createFormats, type Formats } from '#views/formats.ts';
import type { Html } from '#views/html.ts';
import type { OpenMeWords } from '#views/locales/en-open-me.ts';
import { openMeScript, openMeScriptHash } from './script.ts';
import { openMeStyle } from './style.ts';

/** A still, small enough to stand in the page itself. */
export interface OpenMePoster {
  readonly type: 'image/webp' | 'image/jpeg' | 'image/png';
  readonly base64: string;
}

export interface OpenMeVersion {
  readonly number: number;
  readonly digest: Digest;
  /** Below the place's root, as `blobPath` gives it. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly durationMs: number | null;
}

export interface OpenMeVideo {
  readonly title: string;
  /** `YYYY-MM-DD`, as in the readable tree. */
  readonly day: string;
  /** Newest first; at least one. */
  readonly versions: readonly OpenMeVersion[];
  /** Null where there is none, or no room for it. */
  readonly poster: OpenMePoster | null;
}

export interface OpenMeProps {
  /** Those that stand at the place, newest first. */
  readonly videos: readonly OpenMeVideo[];
  /** `YYYY-MM-DD` of the day on which it is made. */
  readonly madeOn: string;
}

/**
 * OPEN-ME.html: all videos of a place, to be opened from the place itself by any browser. It asks for nothing but
 * the videos beside it; each is a link that plays without a script.
 */
export async function openMePage(words: OpenMeWords, { videos, madeOn }: OpenMeProps): Promise<string> {
  const show: Show = { words, formats: createFormats(words.formatLanguage, 'UTC') };
  const months = [...Map.groupBy(videos, ({ day }) => day.slice(0, 7))];
  const total = words.videos(videos.length, show.formats.count(videos.length));
  return String(
    await html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${words.title}</title>
<style>${raw(openMeStyle)}</style>
</head>
<body>
<header><h1>${words.title}</h1>
<p class="soft">${videos.length === 0 ? words.empty : words.intro(total)}</p>
${yearLinks(show, months)}
${videos.length === 0 ? null : searchField(words)}</header>
<main>
<p id="nothing" role="status" hidden>${words.nothingFound}</p>
${months.map(([month, shown]) => monthSection(show, month, shown))}
</main>
<footer><p>${words.madeOn(dayOf(show, madeOn))}</p><p>${words.restore}</p></footer>
${player(words)}
<script>${raw(openMeScript)}</script>
</body>
</html>
`,
  );
}

/** Whatever a title might smuggle in could neither run nor ask anybody for anything. */
const policy = [
  ...["default-src 'none'", "style-src 'unsafe-inline'", `script-src 'sha256-${openMeScriptHash}'`],
  ...['img-src data:', "media-src file: 'self'", "base-uri 'none'", "form-action 'none'"],
].join('; ');

interface Show {
  readonly words: OpenMeWords;
  readonly formats: Formats;
}

type Months = readonly (readonly [string, readonly OpenMeVideo[]])[];

/** To the newest month of each year. */
function yearLinks({ words }: Show, months: Months): Html | null {
  const years = [...Map.groupBy(months, ([month]) => month.slice(0, 4))];
  if (years.length < 2) return null;
  return html`<nav aria-label="${words.years}"><ul>${years.map(([year, [first]]) => html`<li><a href="#m${first?.[0] ?? ''}">${year}</a></li>`)}</ul></nav>`;
}

/** Shown by the script, which it needs. */
function searchField(words: OpenMeWords): Html {
  return html`<label class="search" hidden><span>${words.searchLabel}</span><input type="search" id="find" placeholder="${words.search}" autocomplete="off" spellcheck="false"></label>`;
}

/** A month out of sight costs the browser nothing: it is told about how high it would be. */
function monthSection(show: Show, month: string, videos: readonly OpenMeVideo[]): Html {
  const count = show.words.videos(videos.length, show.formats.count(videos.length));
  const name = monthName(show, month);
  return html`<section id="m${month}" style="--n:${videos.length}" aria-label="${name}"><h2>${name} <small>${count}</small></h2>
<ul class="grid">
${videos.map((video) => card(show, video))}</ul></section>
`;
}

function monthName({ words }: Show, month: string): string {
  const atMs = Date.parse(`${month}-01T00:00:00Z`);
  if (Number.isNaN(atMs)) return month;
  const format = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(words.formatLanguage, format).format(atMs);
}

/** Few elements, as ten thousand of these have to be read at once. */
function card(show: Show, video: OpenMeVideo): Html {
  const { words, formats } = show;
  const [newest, ...older] = video.versions;
  if (newest === undefined) return html``;
  const title = displayName(video.title);
  const facts = [
    dayOf(show, video.day),
    ...(newest.durationMs === null ? [] : [formats.duration(newest.durationMs)]),
    formats.bytes(newest.sizeBytes),
  ];
  return html`<li class="card" data-day="${video.day}"><a class="open" data-play href="${linkTo(newest.path)}" aria-label="${words.play(title)}">${picture(video, newest, title)}<bdi>${title}</bdi></a><span class="facts">${facts.map(unbroken).join(' · ')}</span>${older.length === 0 ? null : olderVersions(show, older)}</li>
`;
}

function olderVersions({ words, formats }: Show, versions: readonly OpenMeVersion[]): Html {
  return html`<details><summary>${words.older(versions.length)}</summary><ul>${versions.map((version) => html`<li><a data-play href="${linkTo(version.path)}">${words.version(version.number)}</a> · ${formats.bytes(version.sizeBytes)}</li>`)}</ul></details>`;
}

/** A coloured tile where there is no still: of the same video always the same colour. */
function picture({ poster }: OpenMeVideo, { digest }: OpenMeVersion, title: string): Html {
  if (poster !== null && /^[A-Za-z0-9+/]+=*$/.test(poster.base64)) {
    return html`<img class="screen" src="data:${poster.type};base64,${poster.base64}" alt="" decoding="async" width="480" height="270">`;
  }
  const hue = Number.parseInt(hexOf(digest).slice(0, 4), 16) % 360;
  const [first = ''] = /[\p{L}\p{N}]\p{M}*/u.exec(title) ?? [];
  return html`<i class="screen tile" style="--hue:${hue}" data-letter="${first.toUpperCase()}"></i>`;
}

/** Kept on one line: `12 MB`. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** Relative, so that it holds wherever the drive is mounted; each part as an address has it. */
function linkTo(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function dayOf({ formats }: Show, day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(atMs) ? day : formats.day(atMs);
}

function player(words: OpenMeWords): Html {
  return html`<dialog aria-labelledby="playing"><header><h2 id="playing"><bdi></bdi></h2><button type="button">${words.close}</button></header>
<video controls playsinline preload="none"></video>
<p class="problem" role="alert" hidden>${words.cannotPlay} <a href="">${words.openFile}</a></p></dialog>`;
}
