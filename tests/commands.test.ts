import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '#clock.ts';
import { createCommands } from '#commands.ts';
import { afterFailure } from '#core/operation.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const folder = useTempFolder();
const open = useCatalogue(folder);
const command = { kind: 'take-inbox-file', inbox: '/a', path: 'b.txt' } as const;
/** The two seconds that somebody waits are never over. */
const patient = { ...clock, monotonicMs: () => 0 };
const run = (file = open.database.sqlite.name) => createCommands({ file, clock: patient }).run(command);

/** Does what is in the queue as a worker would. */
async function work(finish: (id: number, attempt: number) => void): Promise<void> {
  const { operations } = open.catalogue;
  const operation = await until('the operation', () => operations.claim('intake', clock.nowMs()));
  expect(operation).toMatchObject({ kind: 'take-inbox-file', subject: '{"inbox":"/a","path":"b.txt"}' });
  finish(operation.id, operation.attempt);
}

const finish = (id: number, outcome: Parameters<typeof open.catalogue.operations.finish>[1]) =>
  open.catalogue.operations.finish(id, outcome, clock.nowMs());

describe('a command', () => {
  it('is noted, and answered with what came of it', async () => {
    const [outcome] = await Promise.all([
      run(),
      work((id) => finish(id, { state: 'done', notBeforeMs: 0, error: null, result: 'x' })),
    ]);
    expect(outcome).toEqual({ kind: 'done', result: 'x' });
  });

  it.each([true, false])('that failed says why (tried again later: %s)', async (retryable) => {
    const failure = { retryable, message: 'no room' };
    const [outcome] = await Promise.all([
      run(),
      work((id, attempt) => finish(id, afterFailure(attempt, failure, clock.nowMs()))),
    ]);
    expect(outcome).toEqual({ kind: 'failed', why: 'no room' });
  });

  it('that nobody does within two seconds stays noted', async () => {
    const waiting = createManualClock();
    let outcome: unknown = null;
    void createCommands({ file: open.database.sqlite.name, clock: waiting })
      .run(command)
      .then((told) => {
        outcome = told;
      });
    for (let waitedMs = 0; waitedMs < 1_900; waitedMs += 100) await waiting.advance(100);
    expect(outcome).toBeNull();
    for (let waitedMs = 0; waitedMs < 300; waitedMs += 100) await waiting.advance(100);
    expect(outcome).toEqual({ kind: 'working' });
    expect(open.catalogue.operations.claim('intake', waiting.nowMs())).toMatchObject({ attempt: 1 });
  });

  it('for which there is no catalogue fails', async () => {
    await expect(run(join(folder.path, 'nothing.sqlite'))).rejects.toMatchObject({ kind: 'missing' });
  });
});
