import { html } from 'hono/html';
import type { Html } from '#views/html.ts';
import type { Site } from '#views/site.ts';

/** A time as people say it, with the exact one on hover; views/static/page.js keeps it true. */
export function agoTime({ formats, nowMs }: Site, atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}" title="${formats.exact(atMs)}" data-ago>${formats.ago(atMs, nowMs)}</time>`;
}

/** A day, with the exact time on hover. */
export function dayTime({ formats }: Site, atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}" title="${formats.exact(atMs)}">${formats.day(atMs)}</time>`;
}
