import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { readFailure } from '#core/kept-failure.ts';
import type { FollowedOperation, NewOperation, OperationRows } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { type AddOutcome, formatPathSubject } from '#daemon/operations/take-file.ts';

/** How a file is taken: here, where nobody else holds the vault, or by the daemon that does. */
export type Take = (
  path: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
) => Promise<AddOutcome>;

/** Has another process do an operation, through its queue, and gives what came of it. */
export type Follow = (
  operation: Omit<NewOperation, 'notBeforeMs'> & { readonly name: string },
  signal: AbortSignal,
  onProgress: (share: number) => void,
) => Promise<string | null>;

const followEveryMs = 150;
/** A daemon of which nothing moved for so long does not answer. */
const noAnswerMs = 60_000;

export function createFollower(operations: OperationRows, clock: Clock): Follow {
  /** Of any of the operations: many wait while one is done. */
  let lastMoveMs = clock.monotonicMs();

  return async ({ name, ...wanted }, signal, onProgress) => {
    const nowMs = clock.nowMs();
    const id = operations.insert({ ...wanted, notBeforeMs: nowMs }, nowMs);
    const attemptsBefore = operations.get(id)?.attempt ?? 0;
    for (let last = ''; ; ) {
      await clock.sleep(followEveryMs, signal);
      const operation = operations.get(id);
      if (operation?.state === 'done') return operation.result;
      const failed =
        operation === null ||
        operation.state === 'failed' ||
        (operation.state === 'pending' && operation.attempt > attemptsBefore && operation.error !== null);
      if (failed) throw failureOf(operation);
      if (signal.aborted) throw new Error('stopped');
      onProgress((operation.progress ?? 0) / 100);
      const now = `${operation.state} ${operation.progress}`;
      // One that runs may be long at one per cent; where its daemon dies, the vault is let go of.
      if (now !== last || operation.state === 'running') lastMoveMs = clock.monotonicMs();
      last = now;
      if (clock.monotonicMs() - lastMoveMs > noAnswerMs && operation.state === 'pending') {
        throw new ReelholdError(
          {
            kind: 'unreachable',
            operation: wanted.kind,
            object: name,
            hint: 'It is noted and will be done when the daemon comes to it.',
          },
          'the running Reelhold does not answer',
        );
      }
    }
  };
}

function failureOf(operation: FollowedOperation | null): Error {
  const { failure = null, error = null } = operation ?? {};
  return failure === null ? new Error(error ?? 'it is gone from the queue') : readFailure(failure);
}

/** Has another process take files. */
export function createFollowingTake(operations: OperationRows, clock: Clock): Take {
  const follow = createFollower(operations, clock);
  return async (path, signal, onProgress) => {
    const operation = { kind: 'add', lane: 'intake', subject: formatPathSubject(path) } as const;
    const result = await follow({ ...operation, name: displayName(path) }, signal, onProgress);
    return JSON.parse(result ?? 'null') as AddOutcome;
  };
}
