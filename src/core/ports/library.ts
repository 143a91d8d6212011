import type { ReelholdError } from '#core/errors.ts';
import type { LibraryFile } from '#core/library-path.ts';

/** How a file of the readable tree was made. */
export type LibraryLink = 'reflink' | 'hardlink' | 'copy';

export interface LibraryEntry extends LibraryFile {
  readonly link: LibraryLink;
  /** What the file looked like when it was made, to notice that somebody wrote to it. */
  readonly fingerprint: string;
}

/** `outdated`: it has to be made again, as its blob was healed meanwhile, or a power cut emptied it. */
export type EntryState = 'untouched' | 'written' | 'gone' | 'outdated';

/**
 * The readable tree. Obligations: never a byte of the vault is changed by it; what it makes is read-only where
 * the file system can say so; what somebody else put there is never overwritten nor removed.
 */
export interface Library {
  /** Gives, for each file in their order, its entry, or the reason why it could not be made. */
  make(files: readonly LibraryFile[]): Promise<readonly (LibraryEntry | ReelholdError)[]>;
  /**
   * Removes an entry that is as it was made, and folders that it leaves empty. `evenIfWritten` removes it also
   * where its content changed, if it is still the same file.
   */
  remove(entry: LibraryEntry, options: { readonly evenIfWritten: boolean }): Promise<void>;
  check(entry: LibraryEntry): Promise<EntryState>;
}
