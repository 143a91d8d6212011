import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemClock as clock } from '#clock.ts';
import type { OpenArchive } from '#compose.ts';
import { type Config, inboxNames } from '#config.ts';
import { type InboxFileName, operationOf } from '#core/command.ts';
import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { createTakeInboxFile } from '#daemon/operations/take-inbox-file.ts';
import type { Handler } from '#daemon/worker.ts';
import { createInboxes } from '#inboxes.ts';
import { createLogger } from '#logger.ts';
import { outcomeInWords } from './adding.ts';
import { argumentPaths } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { runOperation } from './run-operation.ts';

const lookAgainMs = 500;

/** Has a file of an inbox taken, whatever holds it back; by the daemon that holds the vault, or by this process. */
export async function runTake(config: Config, file: string): Promise<number> {
  const [path = file] = argumentPaths([file]);
  const named = await findInInbox(inboxNames(config), resolve(path));
  const result = await runOperation(config, {
    ...operationOf({ kind: 'take-inbox-file', ...named }),
    name: displayName(named.path),
    handler: (archive) => takeHere(config, archive, named),
  });
  const taken = JSON.parse(result ?? '{}') as Taken;
  const words =
    taken.kind === 'taken'
      ? outcomeInWords(taken.outcome, config.timeZone)
      : 'still being copied in; it is taken as soon as it has stopped changing';
  process.stdout.write(`${displayName(named.path)}: ${words}\n`);
  return exitCodes.done;
}

type Taken = Awaited<ReturnType<ReturnType<typeof createInboxes>[number]['takeAnyway']>>;

/** The inbox that the file lies in, by the path as it is written or by where that leads. */
async function findInInbox(inboxes: readonly string[], path: string): Promise<InboxFileName> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  for (const candidate of [path, join(folder, basename(path))]) {
    for (const inbox of inboxes) {
      const root = await realpath(inbox).catch(() => inbox);
      const start = [inbox, root].find((place) => candidate.startsWith(`${place}/`));
      if (start !== undefined) return { inbox, path: candidate.slice(start.length + 1) };
    }
  }
  const hint = `It takes a file in ${inboxes.join(' or ')}. For others there is "reelhold add".`;
  const facts = { kind: 'unsupported', operation: 'take', object: displayName(path), hint } as const;
  throw new ReelholdError(facts, 'it is in none of the inboxes');
}

/** Nobody watches the inbox here: the file is looked at until it has settled. */
function takeHere(config: Config, archive: OpenArchive, { inbox: name }: InboxFileName): Handler {
  const log = createLogger({ ...config.log, level: 'warn' });
  const inboxes = createInboxes(config, log, archive);
  const take = createTakeInboxFile(inboxes);
  return async (operation, context) => {
    const inbox = inboxes.find((one) => one.name === name);
    if (await inbox?.connect()) await inbox?.lookAround(context.signal);
    for (;;) {
      const result = await take(operation, context);
      if ((JSON.parse(result ?? '{}') as Taken).kind !== 'settling') return result;
      await clock.sleep(lookAgainMs, context.signal);
      context.signal.throwIfAborted();
    }
  };
}
