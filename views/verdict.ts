import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import type { Notice, Overview } from '#core/overview.ts';
import { icons } from './components/icons.ts';
import { agoTime } from './components/time.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';

export interface VerdictProps {
  readonly overview: Overview;
  /** What the owner calls the inbox. */
  readonly inboxAddress: string;
}

/** What the browser shows in its tab. */
export function pageTitle({ words }: Site, { level }: Overview): string {
  return level === 'needs-you' ? words.titleWhenNeeded : words.name;
}

/** Whether everything is safe, why, and what the owner is asked to see to. */
export function verdictRegion(site: Site, { overview, inboxAddress }: VerdictProps): Html {
  const { words, basePath } = site;
  const { level, lastProvenAtMs } = overview;
  const lastRead = lastProvenAtMs === null ? null : words.lastReadBack(agoTime(site, lastProvenAtMs));
  return html`<section id="verdict" class="verdict level-${level}" hx-get="${basePath}/verdict" hx-trigger="verdict from:#live" hx-swap="outerMorph" aria-labelledby="verdict-words">
<div class="verdict-card">
<div class="verdict-sign">${icons[level]}</div>
<div class="verdict-text" role="status">
<p class="verdict-level">${words.level[level]}</p>
<h1 id="verdict-words">${words.headline(overview, displayName(inboxAddress))}</h1>
${words.why(overview).map((sentence) => html`<p>${sentence}</p>`)}
${lastRead === null ? null : html`<p class="quiet">${lastRead}</p>`}
</div>
</div>
${noticeList(
  site,
  'urgent',
  overview.notices.filter((notice) => notice.urgent),
)}
${noticeList(
  site,
  'others',
  overview.notices.filter((notice) => !notice.urgent),
)}
</section>`;
}

function noticeList(site: Site, kind: 'urgent' | 'others', notices: readonly Notice[]): Html | null {
  if (notices.length === 0) return null;
  const { words } = site;
  return html`<section class="notices notices-${kind}" aria-labelledby="notices-${kind}">
<h2 id="notices-${kind}">${words.notices[kind]}</h2>
<ul>${notices.map((notice) => noticeItem(site, notice))}</ul>
</section>`;
}

function noticeItem({ words, formats }: Site, notice: Notice): Html {
  const { what, next } = words.notices.words(notice, formats.bytes);
  return html`<li class="notice">${notice.urgent ? icons['needs-you'] : icons.info}<div><p class="notice-what">${what}</p><p>${next}</p></div></li>`;
}
