import { dayMs } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import type { Draft } from '#core/plan-intake.ts';

/** How long a video has been in the trash before it can be deleted everywhere without asking twice, in ms. */
const trashRestMs = 30 * dayMs;

/** A video that the owner wants gone, as it is now. */
export interface ErasableVideo {
  readonly id: string;
  readonly title: string;
  readonly trashed: boolean;
  /** Null where nobody knows since when it is in the trash. */
  readonly trashedAtMs: number | null;
  /** Of its versions and parts. */
  readonly digests: readonly Digest[];
}

export interface EraseWish {
  readonly video: string;
  /** Its title, as the owner typed it. */
  readonly title: string;
  /** It is to go though it has not been in the trash for long. */
  readonly now: boolean;
}

export type EraseRefusal = 'no-such-video' | 'not-in-trash' | 'another-title' | 'too-soon' | 'many-changes';

export type ErasePlan =
  | { readonly kind: 'erase'; readonly drafts: readonly Draft[] }
  /** It was deleted before; where it still is it goes now. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'refused'; readonly reason: EraseRefusal };

/**
 * Decides whether a video may be deleted everywhere: only from the trash, by its title, after a month or by a second
 * word, and never while much changes at once.
 */
export function planErase(
  wish: EraseWish,
  video: ErasableVideo | null,
  facts: { readonly nowMs: number; readonly isMassChange: boolean },
): ErasePlan {
  const refuse = (reason: EraseRefusal): ErasePlan => ({ kind: 'refused', reason });
  if (video === null) return refuse('no-such-video');
  if (!video.trashed) return refuse('not-in-trash');
  if (video.digests.length === 0) return { kind: 'go-on' };
  if (wish.title.trim().normalize() !== video.title.trim().normalize()) return refuse('another-title');
  if (facts.isMassChange) return refuse('many-changes');
  const restedMs = video.trashedAtMs === null ? 0 : facts.nowMs - video.trashedAtMs;
  if (!wish.now && restedMs < trashRestMs) return refuse('too-soon');
  const tombstone = { kind: 'tombstone', video: video.id, digests: video.digests } as const;
  return { kind: 'erase', drafts: [{ facts: tombstone, index: [] }] };
}
