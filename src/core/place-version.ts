import type { Digest } from '#core/digest.ts';

/** What is known of a file when it has been hashed. */
export interface TakenFacts {
  readonly digest: Digest;
  /** Key under which names are compared; null for generic names, which say nothing about the work. */
  readonly nameKey: string | null;
  /** The video this file is known to go on from (its original changed after it was taken), if any. */
  readonly continues: string | null;
}

/** What the archive already says about these bytes and this name. */
export interface History {
  readonly held: { readonly video: string; readonly trashed: boolean } | null;
  readonly sameName: { readonly video: string } | null;
}

export type Placement =
  | { readonly kind: 'held'; readonly video: string; readonly bringBack: boolean }
  | { readonly kind: 'new-version'; readonly video: string }
  | { readonly kind: 'new-video' };

/**
 * Decides what a file is: bytes held already, a new version of a known video, or a new video.
 * Bytes decide before names: the same bytes are never a second version, whatever they are called.
 */
export function placeVersion(history: History, facts: TakenFacts): Placement {
  if (history.held !== null) {
    return { kind: 'held', video: history.held.video, bringBack: history.held.trashed };
  }
  if (facts.continues !== null) return { kind: 'new-version', video: facts.continues };
  if (facts.nameKey !== null && history.sameName !== null) {
    return { kind: 'new-version', video: history.sameName.video };
  }
  return { kind: 'new-video' };
}
