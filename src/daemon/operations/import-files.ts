import { describeError, type FailureKind, isReelholdError } from '#core/errors.ts';
import type { ImportPlace } from '#core/import-place.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { totalBytes } from '#core/total-bytes.ts';
import {
  createFileImporter,
  type FileImporterDeps,
  type ImportFile,
  type ImportOutcome,
} from '#daemon/import/import-file.ts';
import type { Handler } from '#daemon/worker.ts';

/**
 * Takes a batch of files at once, so that they are made durable together; one outcome for each, in their order. Files
 * of one name are taken in that order: the last one is the newest version. What lies beside a video comes after it.
 */
export interface Importer {
  take(
    files: readonly ImportFile[],
    signal: AbortSignal,
    onProgress: (bytesDone: number) => void,
  ): Promise<readonly ImportOutcome[]>;
}

/** The originals stay as they are. Rejects only where it is aborted: what was taken by then is remembered. */
export function createImporter(deps: FileImporterDeps): Importer {
  const takeOne = createFileImporter(deps);

  return {
    async take(files, signal, onProgress) {
      const done = files.map(() => 0);
      const inTurn = createTurns();
      const outcomes = await Promise.all(
        files.map((file, index) =>
          inTurn(turnOf(file), () =>
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

interface Turn {
  readonly waitsFor: readonly string[];
  readonly isWaitedForBy: readonly string[];
}

/**
 * Versions of one work come in their order, and of versions with the same bytes the first gives them its name; what lies
 * beside a video comes after it. Parts wait for nobody else.
 */
function turnOf({ path, sizeBytes, place }: ImportFile): Turn {
  if (place.kind === 'beside') return { waitsFor: [`file ${place.file}`], isWaitedForBy: [] };
  const nameKey = nameKeyOf(path.slice(path.lastIndexOf('/') + 1));
  const keys: string[] = [];
  if (place.kind === 'video') keys.push(`file ${path}`, `${sizeBytes} bytes`);
  if (place.kind === 'video' && nameKey !== null) keys.push(`name ${nameKey}`);
  if (place.kind === 'project' && place.role !== null) {
    keys.push(`${place.role} of ${place.key}`, `${sizeBytes} bytes`);
  }
  return { waitsFor: keys, isWaitedForBy: keys };
}

/** What has to wait is done one after the other; the rest side by side. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <T>({ waitsFor, isWaitedForBy }: Turn, run: () => Promise<T>): Promise<T> => {
    const turn = Promise.all(waitsFor.map((key) => last.get(key))).then(run);
    for (const key of isWaitedForBy) last.set(key, turn);
    return turn;
  };
}

/** The same as an operation, as the command line asks for it while a daemon holds the vault. */
export function createImportFiles(importer: Importer): Handler {
  return async (operation, { signal, setProgress }) => {
    const files = parseImportSubject(operation.subject);
    const bytes = Math.max(1, totalBytes(files));
    const outcomes = await importer.take(files, signal, (done) =>
      setProgress(Math.min(100, (100 * done) / bytes)),
    );
    return JSON.stringify(outcomes);
  };
}

/** JSON keeps names that are not UTF-8 whole in a text column. */
export function formatImportSubject(files: readonly ImportFile[]): string {
  return JSON.stringify(
    files.map(({ path, within, sizeBytes, place }) => ({ path, within, sizeBytes, place })),
  );
}

function parseImportSubject(subject: string): readonly ImportFile[] {
  const files: unknown = JSON.parse(subject);
  if (Array.isArray(files) && files.length > 0 && files.every(isImportFile)) return files;
  throw new TypeError('the operation names no files');
}

function isImportFile(value: unknown): value is ImportFile {
  const { path, within, sizeBytes, place } = (value ?? {}) as Partial<ImportFile>;
  const { kind } = (place ?? {}) as Partial<ImportPlace>;
  return [path, within, kind].every((one) => typeof one === 'string') && typeof sizeBytes === 'number';
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
