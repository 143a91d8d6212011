/** Holds a flow of bytes back. What is taken and does not go is given back. */
export interface Throttle {
  /** How many of the wanted bytes may go now, 0 to all; who wants more asks again a little later. */
  take(wantedBytes: number): number;
  giveBack(bytes: number): void;
}

export interface DiskWorkOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (bytesDone: number) => void;
}

/**
 * What is done with files wherever they stand: whole, flushed, and without keeping the page waiting. Paths are
 * absolute; failures are `ReelholdError`s or the system's errors.
 */
export interface DiskWork {
  /**
   * Copies a file to a new name, hashes it in the same pass, and flushes the copy: SHA-256 as hexadecimal digits.
   * Leaves nothing where it fails; its error says on which `side` (`source`, `vault` for where it is copied to).
   * While it is held back it keeps nobody else waiting, and can be called off.
   */
  copy(
    source: string,
    target: string,
    options: DiskWorkOptions & { readonly throttle?: Throttle | undefined },
  ): Promise<string>;
  /**
   * Hashes a file past its own page cache. Fails with `unsupported` where that cannot be done; what lies below a
   * file system that a program serves is the caller's affair.
   */
  hashFromMedium(path: string, options: DiskWorkOptions): Promise<string>;
  /** Makes a folder and those above it, durably. */
  makeFolder(path: string): Promise<void>;
  /** Makes the names in a folder durable, as far as the file system can. */
  flushFolder(path: string): Promise<void>;
  /** Replaces a small file durably, or leaves the old one; `draft` is a free name on the same file system. */
  replaceFile(path: string, content: Uint8Array, draft: string): Promise<void>;
}
