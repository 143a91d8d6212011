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
  /** Whether this very file was taken, and no copy of it has been found damaged or gone since. */
  isTaken(path: string, fingerprint: string): boolean;
  /** Durable with the transaction that records the version. */
  noteTaken(file: ImportedFile, version: string, nowMs: number): void;
}
