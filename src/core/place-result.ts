import type { AwayReason } from '#core/ports/location.ts';

/** What work at a place came to, as its operation notes it. */
export type PlaceResult =
  | { readonly kind: 'away'; readonly reason: AwayReason; readonly detail: string | null }
  | { readonly kind: 'paused' }
  /** It is outside of the place's hours; ms of the wall clock. */
  | { readonly kind: 'waits'; readonly untilMs: number }
  /** The place was removed meanwhile. */
  | { readonly kind: 'unknown' }
  | MirrorResult
  | { readonly kind: 'listed'; readonly files: number; readonly gone: number; readonly changed: number }
  | { readonly kind: 'drilled'; readonly tried: number; readonly good: number }
  /** One copy was looked at, and mended where it could be. */
  | { readonly kind: 'seen-to' }
  /** A share of the copies was read back. */
  | { readonly kind: 'read-back'; readonly words: string }
  | { readonly kind: 'erased'; readonly files: number };

export interface MirrorResult {
  readonly kind: 'mirrored';
  /** Brought there by this run. */
  readonly copied: number;
  readonly proven: number;
  /** Not there, or not proven, when it ended. */
  readonly left: number;
  readonly noRoomForBytes: number;
  /** Copies that are known to be damaged, or could not be read, and are not mended yet. */
  readonly damaged: number;
  /** Files that are larger than any that the place can hold. */
  readonly tooLargeFiles: number;
  /** What waits for room here, to be encrypted in. */
  readonly noSpoolForBytes: number;
  /** When it goes on, where it stopped because the place's hours were over; ms of the wall clock. */
  readonly waitsUntilMs: number | null;
}

export function formatPlaceResult(result: PlaceResult): string {
  return JSON.stringify(result);
}

/** Null where it is none. */
export function parsePlaceResult(text: string | null | undefined): PlaceResult | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as PlaceResult) : null;
  } catch {
    return null;
  }
}
