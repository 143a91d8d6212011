import { html } from 'hono/html';
import type { Reason, Verdict } from '#core/assess.ts';
import type { Html } from '#views/html.ts';
import type { Site } from '#views/site.ts';

/** What a verdict on one video is made from; `places` is how many hold a copy. */
export interface Judged {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly versions: readonly {
    readonly copies: readonly { readonly location: string; readonly state: string }[];
  }[];
}

/** A coloured dot and its word. */
export function mark({ words }: Site, judged: Judged): Html {
  const { verdict, reasons } = judged;
  const word = words.videos.mark(verdict, reasons, placesOf(judged));
  return html`<span class="mark level-${verdict}"><i class="dot dot-${verdict}" aria-hidden="true"></i>${word}</span>`;
}

/** The version in the fewest places counts. */
function placesOf({ versions }: Judged): number {
  const present = versions.map(({ copies }) => copies.filter((copy) => copy.state === 'present').length);
  return Math.min(...present);
}
