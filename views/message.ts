import { html } from 'hono/html';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { Site } from './site.ts';

export interface Message {
  readonly title: string;
  readonly text: string;
  /** Where it may be over soon: after how many seconds the browser asks again. */
  readonly againSeconds?: number;
}

/** A page that says one plain sentence, and leads back. */
export function messagePage(site: Site, message: Message): Html {
  const { words, basePath } = site;
  const content = html`<section class="message"><h1>${message.title}</h1><p>${message.text}</p>
<p><a class="button" href="${basePath}/">${words.problems.back}</a></p></section>`;
  const { title, againSeconds } = message;
  return layout(site, {
    title: words.title(title),
    content,
    live: false,
    againSeconds: againSeconds ?? null,
  });
}
