import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import { noteVault, type OpenArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import type { Operation } from '#core/operation.ts';
import type { NewOperation } from '#core/ports/catalogue.ts';
import type { Handler, RunContext } from '#daemon/worker.ts';
import { createLogger } from '#logger.ts';
import { findWay } from './find-way.ts';
import { createFollower } from './follow-operation.ts';

export interface Command extends Omit<NewOperation, 'notBeforeMs'> {
  /** What it is done to, for people. */
  readonly name: string;
  /** Does it in this process, where nobody else holds the vault. */
  readonly handler: (archive: OpenArchive) => Handler;
  /** Told now and then how far it is, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Does one operation and gives its result: here, or by the daemon that holds the vault. Fails with `unreachable`
 * where the vault cannot be opened.
 */
export async function runOperation(config: Config, command: Command): Promise<string | undefined> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const { handler, onProgress = () => {}, ...operation } = command;
  const log = createLogger({ ...config.log, level: 'warn' });
  const use = { onTaken: () => {}, largestBatch: 64 };
  await using way = await findWay({ config, log, use, isAfterDaemon: false, signal: stop.signal });
  if (way === null) throw new Error('stopped');
  if (way.kind === 'here')
    return await doHere(way.archive, operation, handler, {
      signal: stop.signal,
      setProgress: (percent) => onProgress(percent / 100),
    });
  const follow = createFollower(createTransactor(way.database).operations, clock);
  return (await follow(operation, AbortSignal.any([stop.signal, way.gone]), onProgress)) ?? undefined;
}

async function doHere(
  archive: OpenArchive,
  operation: Omit<NewOperation, 'notBeforeMs'>,
  handler: Command['handler'],
  context: RunContext,
): Promise<string | undefined> {
  noteVault(archive);
  await archive.reconcile();
  const nowMs = clock.nowMs();
  const claimed: Operation = {
    ...{ ...operation, id: 0, error: null },
    ...{ state: 'running' as const, attempt: 1, notBeforeMs: nowMs, createdAtMs: nowMs },
  };
  const result = await handler(archive)(claimed, context);
  await archive.refreshLibrary?.({ ...claimed, kind: 'library' }, context);
  return result;
}
