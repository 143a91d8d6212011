import { ReelholdError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { planRemoval, type SoleCopies } from '#core/plan-removal.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';

/** Fails where a place holds what is good nowhere else, unless the owner means it all the same. */
export function requireSpare(
  { catalogue, vault }: { readonly catalogue: Catalogue; readonly vault: string },
  { location, name }: PlaceSettings,
  operation: 'remove' | 'replace',
  isMeant: boolean,
): void {
  const isReplaced = operation === 'replace';
  const plan = planRemoval(catalogue.places.soleCopies(location, vault), { isReplaced, isMeant });
  if (plan.kind === 'remove') return;
  const videos = plan.videos === 1 ? '1 video' : `${plan.videos} videos`;
  const { detail, hint } = words[plan.reason](videos);
  throw new ReelholdError({ kind: 'unsupported', operation, object: name, hint }, detail);
}

type Said = { readonly detail: string; readonly hint: string };

const words: Readonly<Record<keyof SoleCopies, (videos: string) => Said>> = {
  onlyGood: (videos) => ({
    detail: `as far as is known, it has the only good copy of files of ${videos}`,
    hint: 'Connect it, and say "reelhold verify": what is damaged on this NAS is then mended from there. If it is lost for good, say it again with --anyway.',
  }),
  onlyOutside: (videos) => ({
    detail: `it has the only copy outside of this NAS of files of ${videos}`,
    hint: 'Add another place first (reelhold location add), and have it filled (reelhold mirror). If this one is broken or lost, say it again with --anyway.',
  }),
};
