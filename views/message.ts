import { html } from 'hono/html';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { Site } from './site.ts';

/** A page that says one plain sentence, and leads back. */
export function messagePage(site: Site, message: { readonly title: string; readonly text: string }): Html {
  const { words, basePath } = site;
  const content = html`<section class="message"><h1>${message.title}</h1><p>${message.text}</p>
<p><a class="button" href="${basePath}/">${words.problems.back}</a></p></section>`;
  return layout(site, { title: words.title(message.title), content, live: false });
}
