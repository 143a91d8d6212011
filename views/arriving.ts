import { html } from 'hono/html';
import type { InboxCondition } from '#core/conditions.ts';
import { displayName } from '#core/file-name.ts';
import type { SightingState } from '#core/ports/catalogue.ts';
import { icons } from './components/icons.ts';
import { agoTime } from './components/time.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';

/** A file of an inbox that is not in the archive yet. */
export interface ArrivalProps {
  readonly id: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytesDone: number;
  readonly state: SightingState;
  readonly reason: string | null;
}

export interface ArrivingProps {
  readonly inboxAddress: string;
  readonly inbox: InboxCondition | null;
  readonly files: readonly ArrivalProps[];
  /** How many there are, with those that are not listed. */
  readonly total: number;
}

/** What is on its way from the inbox into the archive. */
export function arrivingRegion(site: Site, props: ArrivingProps): Html {
  const { words, basePath } = site;
  const { files, total } = props;
  const waiting = files.filter(({ state }) => state === 'waiting');
  const coming = files.filter(({ state }) => state !== 'waiting');
  return html`<section id="arriving" class="arriving" hx-get="${basePath}/arriving" hx-trigger="arriving from:#live" hx-swap="outerMorph" aria-labelledby="arriving-heading">
<h2 id="arriving-heading">${words.arriving.heading}</h2>
<div class="panel">
${inboxLine(site, props)}
${files.length === 0 ? html`<p class="nothing">${words.arriving.nothing}</p>` : arrivals(site, coming)}
${waiting.length === 0 ? null : html`<h3 class="label">${words.arriving.waiting}</h3>${arrivals(site, waiting)}`}
${total > files.length ? html`<p class="more">${words.arriving.more(total - files.length)}</p>` : null}
${watching(site, props.inbox)}
</div>
</section>`;
}

function arrivals(site: Site, files: readonly ArrivalProps[]): Html | null {
  if (files.length === 0) return null;
  return html`<ul class="arrivals">${files.map((file) => arrival(site, file))}</ul>`;
}

function inboxLine({ words }: Site, { inboxAddress }: ArrivingProps): Html {
  return html`<p class="inbox">${icons.inbox}<span class="inbox-label">${words.arriving.inbox}</span>
<code id="inbox-address">${displayName(inboxAddress)}</code>
<button type="button" class="button small copy" data-copy="inbox-address" data-done="${words.arriving.copied}" aria-label="${words.arriving.copyLabel}">${icons.copy}<span data-keep aria-live="polite">${words.arriving.copy}</span></button></p>`;
}

function arrival(site: Site, file: ArrivalProps): Html {
  const { words, formats } = site;
  const name = displayName(file.path);
  return html`<li class="arrival arrival-${file.state}" id="arrival-${file.id}">
<span class="arrival-name" title="${name}"><bdi>${name}</bdi></span>
<span class="arrival-size">${file.sizeBytes > 0 ? formats.bytes(file.sizeBytes) : null}</span>
${file.state === 'taking' ? progress(site, file, name) : html`<span class="arrival-state">${words.arriving.state(file.state, file.reason)}</span>`}
</li>`;
}

function progress({ words }: Site, { bytesDone, sizeBytes }: ArrivalProps, name: string): Html {
  const percent = sizeBytes > 0 ? Math.min(100, Math.floor((100 * bytesDone) / sizeBytes)) : 0;
  return html`<span class="arrival-state">${words.arriving.saving(percent)}</span>
<progress max="100" value="${percent}" aria-label="${words.arriving.progress(name)}">${percent} %</progress>`;
}

function watching(site: Site, inbox: InboxCondition | null): Html | null {
  if (inbox === null) return null;
  const { arriving } = site.words;
  const how = { watched: arriving.watching, 'watched-partly': arriving.watchingPartly, gone: arriving.away }[
    inbox.state
  ];
  const { lastLookedAtMs, ignored, notVideos } = inbox;
  return html`<p class="quiet watching">${how} ${lastLookedAtMs === null ? null : arriving.looked(agoTime(site, lastLookedAtMs))}</p>
${ignored > 0 ? html`<p class="quiet">${arriving.ignored(ignored)}</p>` : null}
${notVideos > 0 ? html`<p class="quiet">${arriving.notVideos(notVideos)}</p>` : null}`;
}
