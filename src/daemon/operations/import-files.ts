import { describeError, type FailureKind, isReelholdError, ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { nameKeyOf } from '#core/name-key.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { type FileStat, lastingFingerprint } from '#core/settle.ts';
import { statInboxFile } from '#daemon/inbox/walk.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { Handler } from '#daemon/worker.ts';
import { noRoom } from './take-file.ts';

/** A file of an old archive; paths are in the form of `core/file-name.ts`. */
export interface ImportFile {
  readonly path: string;
  /** The archive's folder: nothing outside of it is read, whatever links say. */
  readonly within: string;
  /** As it was found; decides nothing but turns and progress. */
  readonly sizeBytes: number;
}

/** What became of a file of an import. */
export type ImportOutcome =
  | { readonly kind: TakeOutcome['kind'] }
  /** An import that was interrupted had taken it. */
  | { readonly kind: 'taken-before' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint: string | null;
      /** Other files would fail as well. */
      readonly endsImport: boolean;
    };

/**
 * Takes a batch of files at once, so that they are made durable together; one outcome for each, in their order. Files
 * of one name are taken in that order: the last one is the newest version.
 */
export interface Importer {
  take(
    files: readonly ImportFile[],
    signal: AbortSignal,
    onProgress: (bytesDone: number) => void,
  ): Promise<readonly ImportOutcome[]>;
}

/** The originals stay as they are. Rejects only where it is aborted: what was taken by then is remembered. */
export function createImporter(deps: {
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
}): Importer {
  const { catalogue, clock } = deps;

  const takeOne = async (
    file: ImportFile,
    signal: AbortSignal,
    onProgress: (bytesDone: number) => void,
  ): Promise<ImportOutcome> => {
    const { path, within } = file;
    const stat = await statSource(file);
    if (catalogue.imports.isTaken(path, lastingFingerprint(stat))) return { kind: 'taken-before' };
    using room = await deps.space.admit(stat.sizeBytes);
    if (room === null) throw noRoom(path);
    const { outcome } = await deps.intake.take({
      source: { path, within },
      continues: null,
      sizeBytes: stat.sizeBytes,
      signal,
      onProgress(bytesDone) {
        room.use(bytesDone);
        onProgress(bytesDone);
      },
      alsoRecord: (taken) => {
        const { sizeBytes } = taken.staged;
        const read = { path, sizeBytes, fingerprint: lastingFingerprint(taken.staged.stat) };
        if ('version' in taken.outcome) {
          catalogue.imports.noteTaken(read, taken.outcome.version, clock.nowMs());
        }
      },
    });
    return { kind: outcome.kind };
  };

  return {
    async take(files, signal, onProgress) {
      const done = files.map(() => 0);
      const inTurn = createTurns();
      const outcomes = await Promise.all(
        files.map((file, index) =>
          inTurn(turnsOf(file), () =>
            takeOne(file, signal, (bytesDone) => {
              done[index] = bytesDone;
              onProgress(done.reduce((sum, bytes) => sum + bytes, 0));
            }).catch(toFailure),
          ),
        ),
      );
      signal.throwIfAborted();
      return outcomes;
    },
  };
}

/** Files of one name become versions in their order, and of files of the same bytes the first gives them its name. */
function turnsOf({ path, sizeBytes }: ImportFile): readonly string[] {
  const nameKey = nameKeyOf(path.slice(path.lastIndexOf('/') + 1));
  return [`${sizeBytes} bytes`, ...(nameKey === null ? [] : [`name ${nameKey}`])];
}

/** What shares a key is done one after the other; the rest side by side. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(keys: readonly string[], run: () => Promise<T>): Promise<T> => {
    const turn = Promise.all(keys.map((key) => last.get(key))).then(run);
    for (const key of keys) last.set(key, turn);
    return turn;
  };
}

/** The same as an operation, as the command line asks for it while a daemon holds the vault. */
export function createImportFiles(importer: Importer): Handler {
  return async (operation, { signal, setProgress }) => {
    const files = parseImportSubject(operation.subject);
    const bytes = Math.max(1, sumOfSizes(files));
    const outcomes = await importer.take(files, signal, (done) =>
      setProgress(Math.min(100, (100 * done) / bytes)),
    );
    return JSON.stringify(outcomes);
  };
}

/** What a batch comes to, in bytes. */
export function sumOfSizes(files: readonly ImportFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** JSON keeps names that are not UTF-8 whole in a text column. */
export function formatImportSubject(files: readonly ImportFile[]): string {
  return JSON.stringify(files.map(({ path, within, sizeBytes }) => ({ path, within, sizeBytes })));
}

function parseImportSubject(subject: string): readonly ImportFile[] {
  const files: unknown = JSON.parse(subject);
  if (Array.isArray(files) && files.length > 0 && files.every(isImportFile)) return files;
  throw new TypeError('the operation names no files');
}

function isImportFile(value: unknown): value is ImportFile {
  const { path, within, sizeBytes } = (value ?? {}) as Partial<ImportFile>;
  return typeof path === 'string' && typeof within === 'string' && typeof sizeBytes === 'number';
}

function toFailure(error: unknown): ImportOutcome {
  const known = isReelholdError(error) ? error : null;
  return {
    kind: 'failed',
    message: describeError(error),
    hint: known?.hint ?? hints[known?.kind ?? 'io'] ?? null,
    endsImport: known?.side === 'vault' || known?.side === undefined,
  };
}

/** What to do about a file that could not be read. */
const hints: Partial<Record<FailureKind, string>> = {
  missing: 'Somebody moved it meanwhile; run the same command again.',
  changed: 'Another program is writing to it; run the same command again when that has ended.',
  denied: 'Let the user that runs Reelhold read it, then run the same command again.',
  io: 'Its disk may be failing: copy the file from another place if you can, then run the same command again.',
  unreachable: 'Connect its drive again, then run the same command again.',
  busy: 'Run the same command again in a while.',
};

async function statSource({ path, within }: ImportFile): Promise<FileStat> {
  const stat = await statInboxFile(within, path.slice(within.length + 1));
  if (stat !== null) return stat;
  const facts = { kind: 'missing', operation: 'add', object: displayName(path), side: 'source' } as const;
  throw new ReelholdError(facts, 'it is not there');
}
