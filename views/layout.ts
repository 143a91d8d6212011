import { html } from 'hono/html';
import type { Html } from './html.ts';
import type { Site } from './site.ts';

/**
 * htmx: refresh by our events alone, never show an error's text in the place of a region, and never touch what
 * the reader opened: the player, and a video that is open in the list.
 */
const htmxConfig = JSON.stringify({
  extensions: 'sse',
  history: false,
  includeIndicatorCSS: false,
  noSwap: [204, 304, '4xx', '5xx'],
  morphIgnore: ['data-htmx-powered', 'open'],
  morphSkip: '[data-keep], .card:has(> .video)',
});

/** The frame of every page. `live` keeps the page up to date while it is open. */
export function layout(
  site: Site,
  page: {
    readonly title: string;
    readonly content: Html;
    readonly live: boolean;
    /** After how many seconds the browser fetches it again, where it is not live. */
    readonly againSeconds?: number | null;
  },
): Html {
  const { words, asset, basePath } = site;
  return html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${htmxConfig}">
<title>${page.title}</title>
${page.againSeconds ? html`<meta http-equiv="refresh" content="${page.againSeconds}">` : null}
<link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('page.css')}">
<script src="${asset('page.js')}" defer></script>
</head>
<body data-now="${site.nowMs}">
<a class="skip" href="#content">${words.skipToContent}</a>
<header class="top"><a class="brand" href="${basePath}/" aria-label="${words.home}">${logo(site)}<span>${words.name}</span></a></header>
${page.live ? liveStream(site) : null}
<main id="content">
${page.content}
</main>
<footer class="foot"><p>${words.footer.version(site.version)}</p><p>${words.footer.promise}</p></footer>
${page.live ? liveScripts(site) : null}
</body>
</html>
`;
}

function logo({ asset }: Site): Html {
  return html`<img src="${asset('icon.svg')}" alt="" width="28" height="28">`;
}

/** Last, and not deferred: htmx begins when the page has been read, and must not do so before its extension is there. */
function liveScripts({ asset }: Site): Html {
  return html`<script src="${asset('htmx.min.js')}"></script>
<script src="${asset('hx-sse.min.js')}"></script>`;
}

/** One stream for all regions: it carries names, and the regions fetch themselves again. */
function liveStream({ basePath, words }: Site): Html {
  return html`<div id="live" hx-sse:connect="${basePath}/events" hx-trigger="load, connect-again" hx-swap="none">
<p class="lost" role="status" hidden>${words.live.lost}</p></div>`;
}
