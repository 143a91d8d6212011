import type { BlobRef, Digest } from '#core/digest.ts';
import { isReelholdError } from '#core/errors.ts';
import type { BlobStore, Verification } from '#core/ports/blob-store.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Intake } from '#daemon/intake/intake.ts';

/** `unreadable`: the disk reported an error, which says nothing about the bytes. */
export type Finding = Verification | 'unreadable';

export type SizedRef = BlobRef & { readonly sizeBytes: number };

/** Told of each copy what reading it back came to, or why it could not be asked about. */
export interface FoundCopies {
  found(digest: Digest, finding: Finding): void;
  unread(digest: Digest, error: unknown): void;
}

/**
 * Reads copies of one place back from its medium itself. Obligations: it tells of each copy once; it fails where the
 * place as a whole cannot be read any more, having told of what it read until then.
 */
export interface Prover {
  prove(refs: readonly SizedRef[], tell: FoundCopies, signal: AbortSignal): Promise<void>;
}

const politeWaitMs = 500;
/** So many errors of the disk one after the other are no longer about single files: it is let rest a while. */
const errorsInARow = 8;

/** Reads the vault, one file after the other, giving way to the intake. */
export function createVaultProver(deps: {
  readonly store: BlobStore;
  readonly intake: Pick<Intake, 'isBusy'>;
  readonly clock: Clock;
}): Prover {
  const { store, intake, clock } = deps;
  return {
    async prove(refs, tell, signal) {
      let inARow = 0;
      for (const ref of refs) {
        while (intake.isBusy() && !signal.aborted) await clock.sleep(politeWaitMs, signal);
        try {
          tell.found(ref.digest, await store.verify(ref, signal));
          inARow = 0;
        } catch (error) {
          const isOfDisk = isReelholdError(error, 'io');
          if (isOfDisk) inARow += 1;
          if (isOfDisk) tell.found(ref.digest, 'unreadable');
          else if (!signal.aborted) tell.unread(ref.digest, error);
          if (signal.aborted || isReelholdError(error, 'unreachable') || inARow >= errorsInARow) throw error;
        }
      }
    },
  };
}
