import type { BlobRef } from '#core/digest.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { Draft, TakenFile, TakeOutcome } from '#core/plan-intake.ts';
import { planIntake } from '#core/plan-intake.ts';
import type { BlobStore, StagedBlob } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { fingerprint } from '#core/settle.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { requestFollowUps } from './follow-ups.ts';
import { createGroupCommit } from './group-commit.ts';
import { type JoiningFile, joinHeld } from './join.ts';
import { describeTaken, type Taken, type TakeRequest } from './take.ts';

/**
 * Brings files into the archive: `take` resolves when the file is in the store, the journal and the catalogue,
 * and fails with a `ReelholdError` where nothing of it was recorded. Several files are copied at once, and
 * whatever is ready when the disk comes free is made durable together.
 */
export interface Intake {
  take(request: TakeRequest): Promise<Taken>;
  /** Records what is held as a project's, too (`joinHeld`); `alsoRecord` runs in that transaction. */
  join<T extends JoiningFile>(
    files: readonly T[],
    alsoRecord: (file: T, outcome: TakeOutcome) => void,
  ): Promise<number>;
  /** Whether anything is being taken right now. */
  isBusy(): boolean;
}

export interface IntakeDeps {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly location: string;
  readonly newId: () => string;
  readonly localDay: (atMs: number) => string;
  /** How many files at the most are recorded in one transaction, for which the page waits. */
  readonly largestBatch: number;
  /** Told after each commit, so that what follows (pictures, library, proof) starts. */
  readonly onTaken: () => void;
}

/** A file whose bytes stand in staging, waiting for the next commit. */
interface Ready {
  readonly request: TakeRequest;
  readonly staged: StagedBlob;
  readonly file: TakenFile;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: unknown) => void;
}

export function createIntake(deps: IntakeDeps): Intake {
  const { store, clock } = deps;
  let open = 0;
  let staging = 0;

  const commit = createGroupCommit<Ready, ReadonlyMap<Ready, Reread>>({
    clock,
    largestBatch: deps.largestBatch,
    isMoreComing: () => staging > 0,
    keyOf: (item) => item.file.digest,
    place: (batch) => placeBatch(deps, batch),
    async record(batch, reread) {
      const taken = await recordBatch(deps, batch, reread);
      for (const [index, item] of batch.entries()) item.resolve(taken[index] as Taken);
      deps.onTaken();
    },
    async fail(batch, error) {
      await discardAll(store, batch);
      for (const item of batch) item.reject(error);
    },
  });

  const stage = async ({ source, signal, onProgress, expects }: TakeRequest): Promise<StagedBlob> => {
    staging += 1;
    try {
      return await store.stage(source, {
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(expects == null ? {} : { also: expects.algorithm }),
      });
    } finally {
      staging -= 1;
      commit.nudge();
    }
  };

  const take = async (request: TakeRequest): Promise<Taken> => {
    const staged = await stage(request);
    await requireSettled(request, staged);
    const file = describeTaken(request, staged, clock.nowMs(), deps.localDay);
    return new Promise((resolve, reject) => {
      commit.add({ request, staged, file, resolve, reject });
    });
  };

  /** Between the last look at a file and its turn to be copied a writer may have gone on. */
  const requireSettled = async ({ source, settledAs }: TakeRequest, staged: StagedBlob): Promise<void> => {
    if (settledAs === undefined || settledAs === fingerprint(staged.stat)) return;
    await store.discard(staged);
    const facts = { operation: 'read', object: displayName(source.path), side: 'source' } as const;
    throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed after it had settled');
  };

  return {
    async take(request) {
      open += 1;
      try {
        return await take(request);
      } finally {
        open -= 1;
      }
    },
    async join(files, alsoRecord) {
      const joined = await joinHeld(deps, files, alsoRecord);
      if (joined > 0) deps.onTaken();
      return joined;
    },
    isBusy: () => open > 0,
  };
}

/** Makes the bytes durable, before anything names them. */
async function placeBatch(deps: IntakeDeps, batch: readonly Ready[]): Promise<ReadonlyMap<Ready, Reread>> {
  const { fresh, again } = separate(batch, deps.catalogue);
  const reread = await rereadHeld(deps, again);
  await deps.store.store(fresh.map(({ staged, file }) => ({ staged, ext: file.ext })));
  return reread;
}

/** Writes the records that name the bytes, then the rows; only then is anything acknowledged. */
function recordBatch(
  deps: IntakeDeps,
  batch: readonly Ready[],
  reread: ReadonlyMap<Ready, Reread>,
): Promise<readonly Taken[]> {
  const { catalogue, ledger, clock } = deps;
  return ledger.commit(() => {
    const nowMs = clock.nowMs();
    const { drafts, outcomes } = planIntake(
      batch.map((item) => item.file),
      catalogue.archive,
      deps.newId,
      nowMs,
    );
    return {
      drafts: [...rereadDrafts(reread, deps.location), ...drafts],
      also: () => {
        requestFollowUps(
          deps,
          batch.flatMap(({ file: { digest, name } }, index) => {
            const outcome = outcomes[index];
            return isNew(outcome) ? [{ digest, name, isPart: outcome?.kind === 'new-part' }] : [];
          }),
          nowMs,
        );
        return batch.map((item, index) => {
          const outcome = outcomes[index];
          if (outcome === undefined) throw new RangeError('the plan left a file out');
          const { digest, ext, damaged = null } = item.file;
          const taken: Taken = { digest, ext, outcome, staged: item.staged, damaged };
          recordTaken(deps, taken, reread.get(item), nowMs);
          item.request.alsoRecord?.(taken);
          return taken;
        });
      },
    };
  });
}

/** Splits a batch into bytes that are new to the archive and bytes that it holds, or that came twice in the batch. */
function separate(batch: readonly Ready[], catalogue: Catalogue) {
  const seen = new Set<string>();
  const fresh: Ready[] = [];
  const again: Ready[] = [];
  for (const item of batch) {
    const isAgain = seen.has(item.file.digest) || catalogue.archive.isHeld(item.file.digest);
    (isAgain ? again : fresh).push(item);
    seen.add(item.file.digest);
  }
  return { fresh, again };
}

/**
 * "Already held" is true only after the held bytes were read again; where they are bad or gone, the new ones
 * take their place. Gives what came of it for each item.
 */
async function rereadHeld(
  { store, catalogue }: IntakeDeps,
  again: readonly Ready[],
): Promise<ReadonlyMap<Ready, Reread>> {
  const reread = new Map<Ready, Reread>();
  for (const item of again) {
    const ref = catalogue.archive.blobRef(item.file.digest);
    if (ref === null) {
      await store.discard(item.staged); // its twin in this batch is being stored
    } else if (await isGood(store, ref)) {
      await store.discard(item.staged);
      reread.set(item, 'proven');
    } else {
      await store.heal(item.staged, ref);
      reread.set(item, 'healed');
    }
  }
  return reread;
}

type Reread = 'proven' | 'healed';

/** A held blob that the disk cannot read is as bad as one that reads wrong: here are good bytes to take its place. */
async function isGood(store: BlobStore, ref: BlobRef): Promise<boolean> {
  try {
    return (await store.verify(ref, new AbortController().signal)) === 'good';
  } catch (error) {
    if (isReelholdError(error, 'io')) return false;
    throw error;
  }
}

/** What reading the held bytes came to: they were proven, or the new ones took their place. */
function rereadDrafts(reread: ReadonlyMap<Ready, Reread>, location: string): Draft[] {
  const events = { proven: 'fixity check', healed: 'recovery' } as const;
  return (['proven', 'healed'] as const).flatMap((wanted) => {
    const digests = [...reread].flatMap(([item, outcome]) => (outcome === wanted ? [item.file.digest] : []));
    if (digests.length === 0) return [];
    const facts = { kind: 'event', event: events[wanted], location, outcome: 'success', digests } as const;
    return [{ facts, index: [] }];
  });
}

function recordTaken(deps: IntakeDeps, taken: Taken, reread: Reread | undefined, nowMs: number): void {
  const { catalogue, location } = deps;
  if (taken.outcome.kind === 'held') catalogue.archive.countSeenAgain(taken.outcome.version);
  const before =
    isNew(taken.outcome) && reread === undefined ? null : catalogue.archive.copy(taken.digest, location);
  catalogue.archive.setCopy({
    digest: taken.digest,
    location,
    state: 'present',
    listedAtMs: nowMs,
    provenAtMs: reread === 'proven' ? nowMs : reread === 'healed' ? null : (before?.provenAtMs ?? null),
  });
  if (reread === 'healed') catalogue.library.outdate(taken.digest);
}

function isNew(outcome: TakeOutcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== 'held' && outcome.kind !== 'held-part';
}

async function discardAll(store: BlobStore, batch: readonly Ready[]): Promise<void> {
  // Staging is wiped at the next start anyway: what cannot be discarded now must not hide the first error.
  await Promise.allSettled(batch.map((item) => store.discard(item.staged)));
}
