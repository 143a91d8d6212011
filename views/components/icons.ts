import { raw } from 'hono/html';
import type { Verdict } from '#core/assess.ts';
import type { Html } from '#views/html.ts';

function icon(name: string, paths: string): Html {
  return raw(
    `<svg class="icon icon-${name}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`,
  );
}

/** The signs of the page; each stands beside a word, or is labelled by what it stands in. */
export const icons = {
  safe: icon(
    'safe',
    '<path d="M12 3 5 6v5c0 4.6 2.9 8.2 7 10 4.1-1.8 7-5.4 7-10V6z"/><path d="m9 11.8 2.2 2.2L15.2 10"/>',
  ),
  'on-its-way': icon(
    'on-its-way',
    '<circle cx="12" cy="12" r="9"/><path d="M12 16V8m-3.5 3.5L12 8l3.5 3.5"/>',
  ),
  'needs-you': icon(
    'needs-you',
    '<path d="M10.4 4.6 2.9 17.8A1.9 1.9 0 0 0 4.5 20.6h15a1.9 1.9 0 0 0 1.6-2.8L13.6 4.6a1.9 1.9 0 0 0-3.2 0z"/><path d="M12 9.5v4.2m0 3.2v.1"/>',
  ),
  'dont-know': icon(
    'dont-know',
    '<circle cx="12" cy="12" r="9"/><path d="M9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8m0 2.9v.1"/>',
  ),
  play: icon(
    'play',
    '<path d="M8 5.6v12.8a.8.8 0 0 0 1.2.7l10.3-6.4a.8.8 0 0 0 0-1.4L9.2 4.9a.8.8 0 0 0-1.2.7z" fill="currentColor" stroke="none"/>',
  ),
  download: icon('download', '<path d="M12 4v11m-4.5-4.2L12 15.3l4.5-4.5M5 19.5h14"/>'),
  close: icon('close', '<path d="m6.5 6.5 11 11m0-11-11 11"/>'),
  back: icon('back', '<path d="M19 12H5m5.5-5.5L5 12l5.5 5.5"/>'),
  film: icon(
    'film',
    '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M7.5 5v14m9-14v14M3 9.7h4.5M3 14.3h4.5m9-4.6H21m-4.5 4.6H21"/>',
  ),
  copy: icon(
    'copy',
    '<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2"/>',
  ),
  info: icon('info', '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.2M12 7.8v.1"/>'),
  inbox: icon(
    'inbox',
    '<path d="M4 13.5 6.4 6a1.6 1.6 0 0 1 1.5-1.1h8.2A1.6 1.6 0 0 1 17.6 6l2.4 7.5V18a1.6 1.6 0 0 1-1.6 1.6H5.6A1.6 1.6 0 0 1 4 18z"/><path d="M4 13.5h4.4l1.2 2.4h4.8l1.2-2.4H20"/>',
  ),
} as const satisfies Record<Verdict, Html> & Record<string, Html>;
