/** A file of an old archive, where it stands. */
export interface ImportedFile {
  /** Absolute, in the form of `core/file-name.ts`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** `lastingFingerprint` of the file as it was read. */
  readonly fingerprint: string;
}

/** What imports took, so that one that was interrupted does not read everything again. */
export interface ImportRows {
  /**
   * When what this very file became was taken, ms of the wall clock; null where it was not, or a copy of it has been
   * found damaged or gone since.
   */
  takenAtMs(path: string, fingerprint: string): number | null;
  /** The video that the file at this path became, or became a part of; null where it was not taken. */
  videoOf(path: string): string | null;
  /** `id` of the version or the part that it became; durable with the transaction that records that. */
  noteTaken(file: ImportedFile, id: string, nowMs: number): void;
}
