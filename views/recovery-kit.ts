import { html } from 'hono/html';
import { displayName } from '#core/file-name.ts';
import type { Html } from './html.ts';
import { type Kit, kitSections } from './kit-sections.ts';

/** The kit as a text file; its lines are not broken, so that what is copied from it is right. */
export function kitText(kit: Kit): string {
  const sections = kitSections(kit).map(({ title, text, code }) =>
    [
      `${title.toUpperCase()}\n`,
      ...text.map((line) => `${displayName(line)}\n`),
      ...(code === undefined ? [] : ['\n', ...code.split('\n').map((line) => `    ${line}\n`)]),
    ].join(''),
  );
  return sections.join('\n\n');
}

/** The kit as a page to print: without a script, and without anything from elsewhere. */
export function kitPage(kit: Kit): Html {
  const sections = kitSections(kit).map(
    ({ title, text, code }) => html`<section><h2>${title}</h2>
${text.map((line) => html`<p>${displayName(line)}</p>\n`)}${code === undefined ? '' : html`<pre>${code}</pre>`}</section>\n`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>Reelhold</title>
<style>body{font:11pt/1.4 sans-serif;max-width:45em;margin:2em auto;padding:0 1em;color:#000;background:#fff}
h2{font-size:12pt;margin:1.2em 0 .2em}p{margin:.2em 0}section{break-inside:avoid}
pre{font:10pt/1.4 monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #888;padding:.5em;margin:.4em 0}</style>
</head><body>
${sections}</body></html>\n`;
}
