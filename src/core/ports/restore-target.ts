import type { Digest } from '#core/digest.ts';

/** What stands at a path of a folder that videos are brought to. */
export type Standing =
  | { readonly kind: 'nothing' | 'something-else' }
  | { readonly kind: 'file'; readonly sizeBytes: number };

/**
 * A folder that videos are brought to. Obligations: what stands in it is never changed, replaced or removed; a file
 * has its own name only when it is whole and flushed. Paths are below it, `/` between parts, each safe on every file
 * system. Failures are `ReelholdError`s of the side `vault`.
 */
export interface RestoreTarget {
  /** Null where the folder does not say. */
  freeBytes(): Promise<number | null>;
  look(path: string): Promise<Standing>;
  /** Reads what stands at a path. */
  digest(path: string, signal: AbortSignal): Promise<Digest>;
  /** Where a file may be written until it is whole; an absolute path at which nothing stands. */
  draft(): string;
  /** How many bytes were written to a draft. */
  measure(draft: string): Promise<number>;
  /** Gives a draft, whole and flushed, its name, durably; or leaves it where that name is taken. */
  place(draft: string, path: string, modifiedAtMs: number | null): Promise<'placed' | 'taken'>;
  discard(draft: string): Promise<void>;
}
