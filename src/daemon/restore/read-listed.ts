import { describeError, isReelholdError } from '#core/errors.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';

export interface ReadableCopy {
  readonly source: ArchiveSource;
  /** Fails where the copy of the archive is not there any more. */
  readonly requireSource: () => Promise<void>;
}

/** A file of a copy that cannot be read, though the copy is there, and why. */
export interface UnreadableFile {
  readonly path: string;
  readonly why: string;
}

export type ListedRead =
  | { readonly kind: 'read'; readonly content: Uint8Array }
  | ({ readonly kind: 'unreadable' } & UnreadableFile);

/**
 * Reads a small file that a copy lists. One that cannot be read, as of a bad sector, is told from a copy that went
 * away, of which every file would seem so: that fails.
 */
export async function readListed(path: string, copy: ReadableCopy, signal: AbortSignal): Promise<ListedRead> {
  const first = await readOnce(path, copy, signal);
  // A line that was cut, or a server that was busy, is no damage.
  return first.kind === 'read' ? first : await readOnce(path, copy, signal);
}

async function readOnce(
  path: string,
  { source, requireSource }: ReadableCopy,
  signal: AbortSignal,
): Promise<ListedRead> {
  let why = 'it is not there any more';
  try {
    const content = await source.read(path, signal);
    if (content !== null) return { kind: 'read', content };
  } catch (error) {
    if (!isReelholdError(error) || error.kind === 'aborted') throw error;
    why = describeError(error);
  }
  await requireSource();
  return { kind: 'unreadable', path, why };
}
