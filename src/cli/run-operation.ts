import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, type OpenArchive, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import type { NewOperation } from '#core/ports/catalogue.ts';
import type { Handler } from '#daemon/worker.ts';
import { createLogger } from '#logger.ts';
import { createFollower } from './follow-operation.ts';

export interface Command extends Omit<NewOperation, 'notBeforeMs'> {
  /** What it is done to, for people. */
  readonly name: string;
  /** Does it in this process, where nobody else holds the vault. */
  readonly handler: (archive: OpenArchive) => Handler;
}

const neverBusy = { program: 'command', onTaken: () => {}, largestBatch: 64 } as const;

/**
 * Does one operation and gives its result: here, or by the daemon that holds the vault. Fails with `unreachable`
 * where the vault cannot be opened.
 */
export async function runOperation(config: Config, command: Command): Promise<string | undefined> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const { handler, ...operation } = command;
  const archive = await openArchive(config, createLogger({ ...config.log, level: 'warn' }), neverBusy);
  if (archive.kind === 'refused') {
    const hint = '"reelhold doctor" says what to do.';
    const facts = {
      kind: 'unreachable',
      operation: 'open the vault',
      object: config.vaultDir,
      hint,
    } as const;
    throw new ReelholdError(facts, archive.reason);
  }
  if (archive.kind === 'locked') {
    using database = openForWriting(config.catalogueFile);
    const follow = createFollower(createTransactor(database).operations, clock);
    return (await follow(operation, stop.signal, () => {})) ?? undefined; // only then is it closed
  }
  await using open = archive;
  noteVault(open);
  await open.reconcile();
  const nowMs = clock.nowMs();
  const claimed: Operation = {
    ...{ ...operation, id: 0, error: null },
    ...{ state: 'running' as const, attempt: 1, notBeforeMs: nowMs, createdAtMs: nowMs },
  };
  const result = await handler(open)(claimed, { signal: stop.signal, setProgress: () => {} });
  if (open.refreshLibrary !== null) {
    await open.refreshLibrary(
      { ...claimed, kind: 'library' },
      { signal: stop.signal, setProgress: () => {} },
    );
  }
  return result;
}
