/** Of how many videos a place may have what is good nowhere else. */
export interface SoleCopies {
  /** Not even in the vault. */
  readonly onlyGood: number;
  /** At no other place than the vault. */
  readonly onlyOutside: number;
}

export type RemovalPlan =
  | { readonly kind: 'remove' }
  | { readonly kind: 'refused'; readonly reason: keyof SoleCopies; readonly videos: number };

/**
 * Decides whether a place may stop to count: not where something would be left without a copy, but by a second word.
 * What another takes the part of is gone or given up anyway: then only what is good nowhere else is in the way.
 */
export function planRemoval(
  { onlyGood, onlyOutside }: SoleCopies,
  { isReplaced, isMeant }: { readonly isReplaced: boolean; readonly isMeant: boolean },
): RemovalPlan {
  if (isMeant) return { kind: 'remove' };
  if (onlyGood > 0) return { kind: 'refused', reason: 'onlyGood', videos: onlyGood };
  if (onlyOutside > 0 && !isReplaced) return { kind: 'refused', reason: 'onlyOutside', videos: onlyOutside };
  return { kind: 'remove' };
}
