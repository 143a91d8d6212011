import type { CatalogueDatabase } from '#catalogue/database.ts';
import { openShared } from '#catalogue/shared.ts';
import { systemClock as clock } from '#clock.ts';
import { type ArchiveUse, type OpenArchive, openArchive } from '#compose.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import { noticeOf } from '#core/overview.ts';
import type { Log } from '#core/ports/log.ts';
import { lookAtVaultLock } from '#store/vault-lock.ts';
import { en } from '#views/locales/en.ts';

/** Who can do what a command came for: this process, which now has the vault, or the daemon that has it. */
export type Way =
  | ({ readonly kind: 'here'; readonly archive: OpenArchive } & AsyncDisposable)
  /** `gone` is aborted when the daemon has let go of the vault. */
  | ({
      readonly kind: 'there';
      readonly database: CatalogueDatabase;
      readonly gone: AbortSignal;
    } & AsyncDisposable);

export interface WayWanted {
  readonly config: Config;
  readonly log: Log;
  readonly use: Omit<ArchiveUse, 'program'>;
  /** A daemon did some of it: one that is only started afresh goes before us. */
  readonly isAfterDaemon: boolean;
  readonly signal: AbortSignal;
}

const lookEveryMs = 500;
const startAfreshMs = 3_000;

/**
 * Takes the vault, or finds the daemon that has it. While another command has it, waits for its end, and says for
 * whom. Null where it is told to stop; fails with `unreachable` where the vault cannot be opened.
 */
export async function findWay({ config, log, use, isAfterDaemon, signal }: WayWanted): Promise<Way | null> {
  const mayTakeAtMs = clock.monotonicMs() + (isAfterDaemon ? startAfreshMs : 0);
  let told = '';
  while (!signal.aborted) {
    const lock = lookAtVaultLock(config.vaultDir);
    if (lock.kind === 'free') {
      const archive = clock.monotonicMs() < mayTakeAtMs ? null : await tryHere(config, log, use);
      if (archive !== null) {
        return { kind: 'here', archive, [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose]() };
      }
    } else if (lock.program === 'daemon') {
      const database = openShared(config.catalogueFile);
      if (database !== null) return followThere(config, database);
    } else if (told !== lock.holder) {
      told = lock.holder;
      process.stderr.write(`Waiting for another "reelhold" command to end (${lock.holder}).\n`);
    }
    await clock.sleep(lookEveryMs, signal);
  }
  return null;
}

/** Null where somebody else came first. */
async function tryHere(config: Config, log: Log, use: WayWanted['use']): Promise<OpenArchive | null> {
  const archive = await openArchive(config, log, { ...use, program: 'command' });
  if (archive.kind === 'open') return archive;
  if (archive.kind === 'locked') return null;
  const { what, next } = en.notices.words(noticeOf({ state: 'refused', reason: archive.reason }), String);
  const facts = {
    kind: 'unreachable',
    operation: 'open the vault',
    object: config.vaultDir,
    hint: next,
  } as const;
  throw new ReelholdError(facts, what);
}

function followThere(config: Config, database: CatalogueDatabase): Way {
  const gone = new AbortController();
  const timer = setInterval(() => {
    const lock = lookAtVaultLock(config.vaultDir);
    if (lock.kind === 'free' || lock.program !== 'daemon') gone.abort();
  }, lookEveryMs);
  return {
    kind: 'there',
    database,
    gone: gone.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      database[Symbol.dispose]();
    },
  };
}
