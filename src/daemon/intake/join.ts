import type { Damage } from '#core/damage.ts';
import type { Digest } from '#core/digest.ts';
import type { OfProject } from '#core/late-files.ts';
import { planIntake, type TakenFile, type TakeOutcome } from '#core/plan-intake.ts';
import { projectOfFile } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { requestFollowUps } from './follow-ups.ts';
import { describeName } from './take.ts';

/** A file that was taken for itself, and shows itself as a project's. */
export interface JoiningFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** As it came, without folders. */
  readonly name: string;
  readonly belongs: OfProject;
  /** What is known to be wrong with its bytes. */
  readonly damaged?: Damage | null;
}

export interface JoinDeps {
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly location: string;
  readonly newId: () => string;
  readonly localDay: (atMs: number) => string;
}

/**
 * Records files whose bytes are held as a project's, too; nothing is read or copied. Left out is what is held no more,
 * and what is of a project of which nothing was taken yet. Gives how many joined.
 */
export function joinHeld<T extends JoiningFile>(
  deps: JoinDeps,
  files: readonly T[],
  alsoRecord: (file: T, outcome: TakeOutcome) => void,
): Promise<number> {
  const { catalogue, ledger, clock } = deps;
  return ledger.commit(() => {
    const nowMs = clock.nowMs();
    const joining = files.filter(
      ({ digest, belongs }) =>
        catalogue.archive.isHeld(digest) && projectOfFile(belongs, catalogue.archive, nowMs) !== null,
    );
    const day = deps.localDay(nowMs);
    const taken = joining.map((file) => describe(file, day));
    const { drafts, outcomes } = planIntake(taken, catalogue.archive, deps.newId, nowMs);
    return {
      drafts,
      also: () => {
        if (drafts.length > 0) requestFollowUps(deps, [], nowMs);
        for (const [index, file] of joining.entries()) {
          const outcome = outcomes[index];
          if (outcome !== undefined) alsoRecord(file, outcome);
        }
        return joining.length;
      },
    };
  });
}

function describe({ digest, sizeBytes, name, belongs, damaged = null }: JoiningFile, day: string): TakenFile {
  return {
    ...describeName(name),
    ...{ digest, sizeBytes, belongs, damaged, day },
    modifiedAtMs: null,
    continues: null,
    how: 'taken',
  };
}
