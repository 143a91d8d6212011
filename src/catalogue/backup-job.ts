import type { FailureKind } from '#core/errors.ts';
import type { BackupOutcome } from '#core/ports/catalogue-backups.ts';

/** What the thread is given: the catalogue, the folder of the backups, and the name of the one to be made. */
export interface BackupJob {
  readonly file: string;
  readonly folder: string;
  readonly name: string;
}

export type BackupReply =
  | BackupOutcome
  | { readonly kind: 'damaged'; readonly findings: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: FailureKind; readonly message: string };
