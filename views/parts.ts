import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import type { SidecarFacts } from '#core/sidecar-facts.ts';
import { icons } from './components/icons.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';
import type { PartProps, VideoProps } from './video-props.ts';

/** The files that belong to a video beside its versions, and what they say of it; nothing where there are none. */
export function partsRegion(
  site: Site,
  video: VideoProps,
  parts: readonly PartProps[],
  heading: Html,
): Html | null {
  if (video.parts.length === 0) return null;
  const { words, formats } = site;
  const total = video.parts.reduce((sum, { files }) => sum + files, 0);
  const facts = parts.flatMap((part) => part.facts ?? [])[0];
  const damaged = parts.filter((part) => part.damaged !== null).length;
  return html`${facts === undefined ? null : saidRegion(site, facts)}
${heading}
<p class="card-facts">${video.parts.map(({ kind, files, sizeBytes }) => html`<span>${words.parts.count(kind, files)}, ${formats.bytes(sizeBytes)}</span>`)}</p>
${damaged === 0 ? null : damagedLine(words.parts.someDamaged(damaged))}
<details class="parts"><summary>${words.parts.list}</summary><ul>
${parts.map((part) => partItem(site, part))}
</ul>${total > parts.length ? html`<p class="quiet">${words.parts.more(total - parts.length)}</p>` : null}</details>`;
}

function partItem({ words, formats, basePath }: Site, part: PartProps): Html {
  const folders = part.path === null || part.path === '' ? '' : `${part.path}/`;
  const name = displayName(`${folders}${part.name}`);
  const url = `${basePath}/api/v1/parts/${encodeURIComponent(part.id)}/content?download=1`;
  return html`<li><bdi>${name}</bdi> <span class="quiet">${words.parts.kinds[part.kind]}, ${formats.bytes(part.sizeBytes)}</span> <a class="quiet-link" href="${url}" aria-label="${words.parts.download(name)}">${icons.download}</a>${part.damaged === null ? null : damagedLine(words.parts.damaged(part.damaged))}</li>`;
}

function damagedLine(text: string): Html {
  return html`<p class="came-damaged">${icons['needs-you']}<span>${text}</span></p>`;
}

/** What a sidecar says, as it stands there. */
function saidRegion({ words }: Site, facts: SidecarFacts): Html {
  const { title, description, date, tags, rating, sourceUrl } = facts;
  const line = (label: string, value: Html | string | null) =>
    value === null ? null : html`<dt>${label}</dt><dd>${value}</dd>`;
  const stars = rating === null || rating < 1 ? null : `${rating} / 5`;
  return html`<details class="said"><summary>${words.parts.said}</summary><dl>
${line(words.parts.title, title === null ? null : bdi(title))}
${line(words.parts.description, description === null ? null : linesOf(description))}
${line(words.parts.date, date === null ? null : displayName(date))}
${line(words.parts.tags, tags.length === 0 ? null : html`${tags.map((tag) => html`<span class="tag">${bdi(tag)}</span> `)}`)}
${line(words.parts.rating, stars)}
${line(words.parts.source, sourceUrl === null ? null : html`<a href="${sourceUrl}" rel="noreferrer noopener">${sourceUrl}</a>`)}
</dl></details>`;
}

function bdi(text: string): Html {
  return html`<bdi>${displayName(text)}</bdi>`;
}

/** Shown line by line, as the style has it. */
function linesOf(text: string): Html {
  return html`<bdi class="lines">${text.split('\n').map(displayName).join('\n')}</bdi>`;
}
