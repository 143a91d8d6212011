import { html } from 'hono/html';
import { formatInboxFile, type InboxFileName } from '#core/command.ts';
import type { InboxCondition } from '#core/conditions.ts';
import { displayName } from '#core/file-name.ts';
import { icons } from './components/icons.ts';
import { agoTime } from './components/time.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';

export interface InboxProps {
  /** Its folder, which is its name in rows. */
  readonly name: string;
  /** Null where it was not looked at yet. */
  readonly condition: InboxCondition | null;
}

/** Where the owner copies videos to. */
export function inboxLine({ words }: Site, { name }: InboxProps, index: number): Html {
  const id = `inbox-address-${index}`;
  return html`<p class="inbox">${icons.inbox}<span class="inbox-label">${words.arriving.inbox}</span>
<code id="${id}">${displayName(name)}</code>
<button type="button" class="button small copy" data-copy="${id}" data-done="${words.arriving.copied}" aria-label="${words.arriving.copyLabel}">${icons.copy}<span data-keep aria-live="polite">${words.arriving.copy}</span></button></p>`;
}

/** How an inbox is looked at and when it was, and what in it is left alone; named where there are several. */
export function inboxState(
  site: Site,
  { name, condition }: InboxProps,
  place: { index: number; isNamed: boolean },
): Html | null {
  if (condition === null) return null;
  const { arriving } = site.words;
  const { lastLookedAtMs, ignored, state, watching } = condition;
  const looked = lastLookedAtMs === null ? null : arriving.looked(agoTime(site, lastLookedAtMs));
  const which = place.isNamed ? html`<code>${displayName(name)}</code> ` : null;
  const how = state === 'gone' ? arriving.away : arriving.watching(watching);
  const passedOver = arriving.ignored(ignored);
  return html`<div class="inbox-state">
<p class="quiet watching">${which}${how} ${looked}</p>
${passedOver === '' ? null : html`<p class="quiet">${passedOver}</p>`}
${leftList(site, name, condition.left, place.index)}
</div>`;
}

function leftList(site: Site, inbox: string, left: InboxCondition['left'], index: number): Html | null {
  const { arriving } = site.words;
  if (left.total === 0) return null;
  const unnamed = left.total - left.paths.length;
  return html`<details class="left" id="left-${index}"><summary>${arriving.notVideos(left.total)}</summary>
<ul class="arrivals">${left.paths.map((path) => leftFile(site, { inbox, path }))}</ul>
${unnamed > 0 ? html`<p class="more">${arriving.more(unnamed)}</p>` : null}
</details>`;
}

function leftFile(site: Site, file: InboxFileName): Html {
  const name = displayName(file.path);
  return html`<li class="arrival"><span class="arrival-name" title="${name}"><bdi>${name}</bdi></span>${takeForm(site, file, site.words.taking.anyway)}</li>`;
}

/** A button that has a file taken; without a script it is a plain form. */
export function takeForm({ basePath, words }: Site, file: InboxFileName, label: string): Html {
  const url = `${basePath}/inbox/take`;
  return html`<form class="take" method="post" action="${url}" hx-post="${url}" hx-target="this" hx-swap="outerHTML"><input type="hidden" name="file" value="${formatInboxFile(file)}"><button class="button small" aria-label="${words.taking.label(label, displayName(file.path))}">${label}</button></form>`;
}
