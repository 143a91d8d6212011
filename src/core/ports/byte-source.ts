import type { Digest } from '#core/digest.ts';
import type { SourceFile } from '#core/ports/blob-store.ts';

/**
 * A place where good bytes of a damaged blob may still be found. Obligations: it changes nothing, and names files
 * only, best first; none where there is none, or where the place is away. What it names is hashed before it is
 * believed, and may be gone once the next one is asked for.
 */
export interface ByteSource {
  find(digest: Digest, signal: AbortSignal): AsyncIterable<SourceFile>;
}
