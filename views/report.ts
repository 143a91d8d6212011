import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import { copyAt, type Report } from '#core/report.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { Formats } from './formats.ts';
import type { Html } from './html.ts';
import type { Words } from './locales/en.ts';

/** A page to print: what is held where, and when each copy was last read back. It needs nothing but itself. */
export function reportPage(
  { words, formats }: { readonly words: Words; readonly formats: Formats },
  { atMs, places, files }: Report,
): Html {
  const bytes = totalBytes(files);
  return html`<!doctype html>
<html lang="${words.language}">
<meta charset="utf-8">
<title>${words.report.title(formats.day(atMs))}</title>
<style>
body { font: 10pt/1.4 system-ui, sans-serif; margin: 2rem; color: #111; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: 0.3em 0.5em; border-bottom: 1px solid #ccc; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
code { font-size: 8pt; overflow-wrap: anywhere; }
@page { margin: 15mm; size: landscape; }
</style>
<h1>${words.report.title(formats.day(atMs))}</h1>
<p>${words.report.sum(files.length, formats.bytes(bytes))}</p>
<table>
<thead><tr><th>${words.report.video}</th><th>${words.report.size}</th><th>${words.report.saved}</th>${places.map(({ name }) => html`<th><bdi>${name}</bdi></th>`)}</tr></thead>
<tbody>${files.map(
    (file) => html`<tr>
<td><bdi>${displayName(file.title)}</bdi> (${file.number === null ? html`<bdi>${displayName(file.name)}</bdi>` : words.video.version(file.number)})<br><code>${file.digest}</code></td>
<td>${formats.bytes(file.sizeBytes)}</td>
<td>${formats.day(file.takenAtMs)}</td>
${places.map(({ location }) => html`<td>${words.report.copy(copyAt(file, location), formats.day)}</td>`)}
</tr>`,
  )}</tbody>
</table>
</html>`;
}
