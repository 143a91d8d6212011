import type { FailureKind } from '#core/errors.ts';
import type { FileStat } from '#core/settle.ts';

/** What goes to a hash worker. Paths of sources are bytes, as names need not be UTF-8. */
export type HashJob =
  | {
      readonly id: number;
      readonly kind: 'stage';
      readonly source: Uint8Array;
      readonly within: Uint8Array | null;
      readonly target: string;
      readonly tryReflink: boolean;
    }
  | { readonly id: number; readonly kind: 'hash'; readonly path: string };

export interface StagedFile {
  readonly hex: string;
  readonly stat: FileStat;
  readonly reflinked: boolean;
}

/** What comes back. */
export type HashReply =
  | ({ readonly id: number; readonly kind: 'staged' } & StagedFile)
  | { readonly id: number; readonly kind: 'hashed'; readonly hex: string }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly side: 'source' | 'vault';
      readonly code: string | undefined;
      readonly failure: FailureKind;
      readonly message: string;
    };

/** Shared with the worker while it works: [0] set to 1 to break off, [1] bytes done so far. */
export interface HashSetup {
  readonly control: BigInt64Array<SharedArrayBuffer>;
}

/** How a job tells how far it is, and learns that it should stop. */
export interface JobProgress {
  isAborted(): boolean;
  setBytesDone(bytes: number): void;
}
