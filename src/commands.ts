import { openShared } from '#catalogue/shared.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { operationOf } from '#core/command.ts';
import { ReelholdError } from '#core/errors.ts';
import type { OperationRows } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { CommandOutcome, Commands } from '#core/ports/commands.ts';

const waitMs = 2_000;
const lookEveryMs = 50;

/** Commands through the queue of the catalogue in this file, which is open only while one is waited for. */
export function createCommands({ file, clock }: { file: string; clock: Clock }): Commands {
  return {
    async run(command) {
      using database = openShared(file);
      if (database === null) throw notThere(file);
      const { operations } = createTransactor(database);
      const nowMs = clock.nowMs();
      const id = operations.insert({ ...operationOf(command), notBeforeMs: nowMs }, nowMs);
      const before = operations.get(id)?.attempt ?? 0;
      const untilMs = clock.monotonicMs() + waitMs;
      for (;;) {
        const outcome = outcomeOf(operations, id, before);
        if (outcome.kind !== 'working' || clock.monotonicMs() > untilMs) return outcome;
        await clock.sleep(lookEveryMs, new AbortController().signal);
      }
    },
  };
}

/** One that failed and is tried again has failed for now: whoever asked should know why. */
function outcomeOf(operations: OperationRows, id: number, attemptsBefore: number): CommandOutcome {
  const operation = operations.get(id);
  if (operation?.state === 'done') return { kind: 'done', result: operation.result };
  const hasFailed = operation?.state === 'failed' || (operation?.attempt ?? 0) > attemptsBefore;
  if (hasFailed && operation?.error) return { kind: 'failed', why: operation.error };
  return { kind: 'working' };
}

function notThere(file: string): ReelholdError {
  return new ReelholdError({ kind: 'missing', operation: 'write to', object: file }, 'it is not there yet');
}
