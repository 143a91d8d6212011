import { html } from 'hono/html';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { icons } from './components/icons.ts';
import { agoTime } from './components/time.ts';
import type { Html } from './html.ts';
import type { Site } from './site.ts';

interface Counts {
  readonly wanted: number;
  readonly proven: number;
  readonly lastProvenAtMs: number | null;
}

/** A place other than this NAS. */
export interface PlaceProps {
  readonly settings: PlaceSettings;
  readonly condition: PlaceCondition | null;
  readonly counts: Counts;
}

export interface PlacesProps {
  /** Null where nothing is known of it yet. */
  readonly vault: (Counts & { readonly freeBytes: number | null }) | null;
  readonly others: readonly PlaceProps[];
}

/** Where the videos are: this NAS, drives and services, each in plain words. Empty while there is one place only. */
export function placesRegion(site: Site, { vault, others }: PlacesProps): Html {
  const { words, basePath } = site;
  const cards = [
    ...(vault === null ? [] : [vaultCard(site, vault)]),
    ...others.map((one) => placeCard(site, one)),
  ];
  return html`<section id="places" class="places" hx-get="${basePath}/places" hx-trigger="places from:#live" hx-swap="outerMorph" aria-labelledby="places-heading"${others.length === 0 ? html` hidden` : null}>
<h2 id="places-heading">${words.places.heading}</h2>
${others.length === 0 ? null : html`<ul class="place-cards">${cards}</ul>`}
</section>`;
}

function vaultCard(site: Site, vault: NonNullable<PlacesProps['vault']>): Html {
  const { words, formats } = site;
  return html`<li class="panel place"><h3>${words.places.vault}</h3>
${countsLine(site, vault)}
${vault.freeBytes === null ? null : html`<p class="quiet">${words.places.free(formats.bytes(vault.freeBytes))}</p>`}
</li>`;
}

function placeCard(site: Site, place: PlaceProps): Html {
  const { words, formats } = site;
  const { settings, condition, counts } = place;
  const { what, next } = words.places.state(place);
  const limits = words.places.limits(settings);
  const isAway = condition?.presence.state === 'away';
  const freeBytes = condition?.presence.state === 'present' ? condition.presence.freeBytes : null;
  const seenAtMs = isAway ? condition.lastSeenMs : null;
  const drill = condition?.drill ?? null;
  return html`<li class="panel place" id="place-${settings.location}"><h3><bdi>${settings.name}</bdi></h3>
<p class="place-state">${isAway ? icons.info : null}<span><strong>${what}</strong> ${next}</span></p>
${condition === null || condition.disk === null ? null : html`<p class="place-state">${icons.info}<span>${words.places.sharesDisk}</span></p>`}
${work(condition, what)}
${countsLine(site, counts)}
${freeBytes === null ? null : html`<p class="quiet">${words.places.free(formats.bytes(freeBytes))}</p>`}
${limits === '' ? null : html`<p class="quiet">${limits}</p>`}
${seenAtMs === null ? null : html`<p class="quiet">${words.places.seen(agoTime(site, seenAtMs))}</p>`}
${drill === null ? null : html`<p class="quiet">${words.places.drill(drill.good, drill.tried, agoTime(site, drill.atMs))}</p>`}
</li>`;
}

function countsLine(site: Site, { proven, wanted, lastProvenAtMs }: Counts): Html {
  const { words } = site;
  return html`<p>${words.places.counts(proven, wanted)}</p>
${lastProvenAtMs === null ? null : html`<p class="quiet">${words.places.readBack(agoTime(site, lastProvenAtMs))}</p>`}`;
}

function work(condition: PlaceCondition | null, label: string): Html | null {
  const now = condition?.work ?? null;
  if (now === null) return null;
  const percent = Math.min(100, Math.floor((100 * now.bytesDone) / Math.max(1, now.bytesTotal)));
  return html`<progress max="100" value="${percent}" aria-label="${label}">${percent} %</progress>`;
}
