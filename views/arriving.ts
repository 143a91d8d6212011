import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import { isHeldBack } from '#core/hold-back.ts';
import type { SightingState } from '#core/ports/catalogue.ts';
import type { Html } from './html.ts';
import { type InboxProps, inboxLine, inboxState, takeForm } from './inbox.ts';
import type { Site } from './site.ts';

/** A file of an inbox that is not in the archive yet. */
export interface ArrivalProps {
  readonly id: number;
  /** The name of its inbox. */
  readonly inbox: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytesDone: number;
  readonly state: SightingState;
  readonly reason: string | null;
}

export interface ArrivingProps {
  readonly inboxes: readonly InboxProps[];
  readonly files: readonly ArrivalProps[];
  /** How many there are, with those that are not listed. */
  readonly total: number;
}

/** What is on its way from the inboxes into the archive. */
export function arrivingRegion(site: Site, props: ArrivingProps): Html {
  const { words, basePath } = site;
  const { files, total, inboxes } = props;
  const isOneOfSeveral = inboxes.length > 1;
  const listOf = (some: readonly ArrivalProps[]) => arrivals(site, some, isOneOfSeveral);
  const waiting = files.filter(({ state }) => state === 'waiting');
  const coming = files.filter(({ state }) => state !== 'waiting');
  return html`<section id="arriving" class="arriving" hx-get="${basePath}/arriving" hx-trigger="arriving from:#live" hx-swap="outerMorph" aria-labelledby="arriving-heading">
<h2 id="arriving-heading">${words.arriving.heading}</h2>
<div class="panel">
${inboxes.map((inbox, index) => inboxLine(site, inbox, index))}
${files.length === 0 ? html`<p class="nothing">${words.arriving.nothing}</p>` : listOf(coming)}
${waiting.length === 0 ? null : html`<h3 class="label">${words.arriving.waiting}</h3>${listOf(waiting)}`}
${total > files.length ? html`<p class="more">${words.arriving.more(total - files.length)}</p>` : null}
${inboxes.map((inbox, index) => inboxState(site, inbox, { index, isNamed: isOneOfSeveral }))}
</div>
</section>`;
}

function arrivals(site: Site, files: readonly ArrivalProps[], isNamed: boolean): Html | null {
  if (files.length === 0) return null;
  return html`<ul class="arrivals">${files.map((file) => arrival(site, file, isNamed))}</ul>`;
}

function arrival(site: Site, file: ArrivalProps, isNamed: boolean): Html {
  const { words, formats } = site;
  const name = displayName(file.path);
  return html`<li class="arrival arrival-${file.state}" id="arrival-${file.id}">
<span class="arrival-name" title="${name}"><bdi>${name}</bdi></span>
<span class="arrival-size">${file.sizeBytes > 0 ? formats.bytes(file.sizeBytes) : null}</span>
${isNamed ? html`<span class="arrival-inbox">${words.arriving.from(displayName(file.inbox))}</span>` : null}
${file.state === 'taking' ? progress(site, file, name) : html`<span class="arrival-state">${words.arriving.state(file.state, file.reason)}</span>`}
${file.state === 'waiting' && isHeldBack(file.reason) ? takeForm(site, file, words.taking.asItIs) : null}
</li>`;
}

function progress({ words }: Site, { bytesDone, sizeBytes }: ArrivalProps, name: string): Html {
  const percent = sizeBytes > 0 ? Math.min(100, Math.floor((100 * bytesDone) / sizeBytes)) : 0;
  return html`<span class="arrival-state">${words.arriving.saving(percent)}</span>
<progress max="100" value="${percent}" aria-label="${words.arriving.progress(name)}">${percent} %</progress>`;
}
