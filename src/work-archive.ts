import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ReelholdError, translateError } from '#core/errors.ts';
import type { Log } from '#core/ports/log.ts';
import { stopsWork, type Trouble, troubleOf } from '#core/trouble.ts';
import type { Daemon } from '#daemon/daemon.ts';
import { probeDisk } from '#store/probe-disk.ts';
import { createArchiveDaemon } from './archive-daemon.ts';
import { systemClock as clock } from './clock.ts';
import { openArchive } from './compose.ts';
import type { Config } from './config.ts';
import type { Opened, Workable } from './keep-archive.ts';

/** Recorded in well under the time that a page may take. */
const largestBatch = 64;
const lookAtDisksEveryMs = 10_000;

export const heldByAnother: Trouble = { state: 'failing', place: 'vault', failure: 'busy' };

export interface WorkDeps {
  readonly config: Config;
  readonly log: Log;
  /** Told when the archive is open, and about to be worked on. */
  readonly onOpen: () => void;
}

/**
 * Opens the archive for the daemon. `isAgain`: there was trouble before, so both disks have to show first that they
 * can be written to. The trouble comes with an error where another daemon holds the vault, which does not end by itself
 * as a command does.
 */
export async function openForWork(deps: WorkDeps, isAgain: boolean): Promise<Opened> {
  const { config, log } = deps;
  const failing = new AbortController();
  let poke = () => {};
  const onFailure = (error: unknown) => {
    const trouble = troubleOf(error);
    if (trouble !== null && stopsWork(trouble)) failing.abort(error);
  };
  const use = { program: 'daemon', onTaken: () => poke(), largestBatch, onFailure } as const;
  const archive = await openArchive(config, log, use);
  if (archive.kind === 'locked') {
    const error = archive.program === 'daemon' ? lockedError(config, archive.holder) : null;
    return { trouble: heldByAnother, error };
  }
  if (archive.kind === 'refused') {
    return { trouble: { state: 'refused', reason: archive.reason }, error: null };
  }
  await using stack = new AsyncDisposableStack();
  stack.use(archive);
  if (isAgain) await probeDisks(config);
  const owned = stack.move();
  const workable: Workable = {
    async work(signal) {
      deps.onOpen();
      await archive.reconcile();
      const daemon = await createArchiveDaemon(config, log, archive);
      poke = daemon.poke;
      await runWatched(daemon, config, AbortSignal.any([signal, failing.signal]), onFailure);
      if (!signal.aborted) failing.signal.throwIfAborted();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return { archive: workable };
}

async function runWatched(
  daemon: Daemon,
  config: Config,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const ended = new AbortController();
  const watching = watchDisks(config, AbortSignal.any([signal, ended.signal])).catch(onFailure);
  try {
    await daemon.run(signal);
  } finally {
    ended.abort();
    await watching;
  }
}

async function probeDisks({ vaultDir, configDir }: Config): Promise<void> {
  await probeDisk(join(vaultDir, 'staging'), 'vault');
  await probeDisk(configDir);
}

/** Rejects when the vault went away, or one of the disks can no longer be written to; wakes no disk. */
async function watchDisks({ vaultDir, configDir }: Config, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(lookAtDisksEveryMs, signal);
    if (signal.aborted) return;
    await requireAccess(vaultDir, constants.W_OK, 'vault');
    await requireAccess(join(vaultDir, 'archive.json'), constants.R_OK, 'vault');
    await requireAccess(configDir, constants.W_OK);
  }
}

async function requireAccess(path: string, mode: number, side?: 'vault'): Promise<void> {
  try {
    await access(path, mode);
  } catch (error) {
    const facts = { operation: 'look at', object: path };
    throw translateError(error, side === undefined ? facts : { ...facts, side });
  }
}

function lockedError(config: Config, holder: string): ReelholdError {
  return new ReelholdError(
    {
      kind: 'busy',
      operation: 'open the vault',
      object: config.vaultDir,
      side: 'vault',
      hint: 'Stop the other one first, or give this one a vault of its own (REELHOLD_VAULT).',
    },
    `another Reelhold holds it (${holder})`,
  );
}
