import { html } from 'hono/html';
import { type Digest, hexOf } from '#core/digest.ts';
import type { Html } from '#views/html.ts';
import type { Site } from '#views/site.ts';
import type { VersionProps } from '#views/video-props.ts';
import { icons } from './icons.ts';

/** Where a version's still is served; null where there is none. */
export function posterUrl({ basePath }: Pick<Site, 'basePath'>, version: VersionProps): string | null {
  return version.media?.hasPoster === true ? `${basePath}/posters/${hexOf(version.digest)}.webp` : null;
}

/** The still, or a sign in its place; without words, as it stands in a link that has them. */
export function poster(site: Site, version: VersionProps): Html {
  const url = posterUrl(site, version);
  if (url === null) return html`<span class="no-poster">${icons.film}</span>`;
  return html`<img src="${url}" alt="" loading="lazy" decoding="async" width="480" height="270">`;
}

/** The still of a part, for a video that has no version yet. */
export function partPoster({ basePath }: Site, part: Digest | null): Html {
  if (part === null) return html`<span class="no-poster">${icons.film}</span>`;
  const url = `${basePath}/posters/${hexOf(part)}.webp`;
  return html`<img src="${url}" alt="" loading="lazy" decoding="async" width="480" height="270">`;
}

/** Where a version's bytes are served. */
export function contentUrl({ basePath }: Pick<Site, 'basePath'>, version: { readonly id: string }): string {
  return `${basePath}/api/v1/versions/${encodeURIComponent(version.id)}/content`;
}
