import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { OperationRows } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { formatPathSubject } from '#daemon/operations/take-file.ts';

/** How a file is taken: here, where nobody else holds the vault, or by the daemon that does. */
export type Take = (
  path: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
) => Promise<TakeOutcome>;

const followEveryMs = 150;
/** A daemon of which nothing moved for so long does not answer. */
const noAnswerMs = 60_000;

/** Has another process take files, through its queue, and watches it doing so. */
export function createFollower(operations: OperationRows, clock: Clock): Take {
  /** Of any of the files: many wait while one is copied. */
  let lastMoveMs = clock.monotonicMs();

  return async (path, signal, onProgress) => {
    const nowMs = clock.nowMs();
    const id = operations.insert(
      { kind: 'add', lane: 'intake', subject: formatPathSubject(path), notBeforeMs: nowMs },
      nowMs,
    );
    const attemptsBefore = operations.get(id)?.attempt ?? 0;
    for (let last = ''; ; ) {
      await clock.sleep(followEveryMs, signal);
      const operation = operations.get(id);
      if (operation?.state === 'done') return JSON.parse(operation.result ?? 'null') as TakeOutcome;
      const failed =
        operation === null ||
        operation.state === 'failed' ||
        (operation.state === 'pending' && operation.attempt > attemptsBefore);
      if (failed || signal.aborted) throw new Error(operation?.error ?? 'stopped');
      onProgress((operation.progress ?? 0) / 100);
      const now = `${operation.state} ${operation.progress}`;
      if (now !== last) lastMoveMs = clock.monotonicMs();
      last = now;
      if (clock.monotonicMs() - lastMoveMs > noAnswerMs && operation.state === 'pending') {
        throw new ReelholdError(
          {
            kind: 'unreachable',
            operation: 'add',
            object: displayName(path),
            hint: 'It is noted and will be done when the daemon comes to it.',
          },
          'the running Reelhold does not answer',
        );
      }
    }
  };
}
