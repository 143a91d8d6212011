import { lstat } from 'node:fs/promises';
import { ReelholdError, translateError } from '#core/errors.ts';
import { displayName, encodeName } from '#core/file-name.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { Handler } from '#daemon/worker.ts';

export interface FileTaker {
  take(
    path: string,
    signal: AbortSignal,
    onProgress: (bytesDone: number, sizeBytes: number) => void,
  ): Promise<TakeOutcome>;
}

/** Takes a file that the owner names himself, wherever it is; the original stays where it is. */
export function createFileTaker({ intake, space }: { intake: Intake; space: SpaceGuard }): FileTaker {
  return {
    async take(path, signal, onProgress) {
      const sizeBytes = await sizeOf(path);
      using room = await space.admit(sizeBytes);
      if (room === null) throw noRoom(path);
      const { outcome } = await intake.take({
        source: { path, within: null },
        continues: null,
        sizeBytes,
        signal,
        onProgress: (bytesDone) => onProgress(bytesDone, sizeBytes),
      });
      return outcome;
    },
  };
}

/** The same as an operation, as the command line asks for it while a daemon holds the vault. */
export function createTakeFile(taker: FileTaker): Handler {
  return async (operation, { signal, setProgress }) => {
    const path = parsePathSubject(operation.subject);
    const outcome = await taker.take(path, signal, (done, size) =>
      setProgress((100 * done) / Math.max(1, size)),
    );
    return JSON.stringify(outcome);
  };
}

/** A path as an operation's subject: JSON keeps names that are not UTF-8 whole in a text column. */
export function formatPathSubject(path: string): string {
  return JSON.stringify(path);
}

function parsePathSubject(subject: string): string {
  const path: unknown = JSON.parse(subject);
  if (typeof path !== 'string') throw new TypeError('the operation names no file');
  return path;
}

async function sizeOf(path: string): Promise<number> {
  const object = displayName(path);
  const stat = await lstat(Buffer.from(encodeName(path))).catch((error: unknown) => {
    throw translateError(error, { operation: 'add', object, side: 'source' });
  });
  const refuse = (detail: string, hint: string) =>
    new ReelholdError({ kind: 'unsupported', operation: 'add', object, side: 'source', hint }, detail);
  if (stat.isDirectory())
    throw refuse('it is a folder', 'Name the files in it, or take all of it with --recursive.');
  if (stat.isSymbolicLink())
    throw refuse('it is a link, and links are not followed', 'Name the file that it points to.');
  if (!stat.isFile()) throw refuse('it is not a regular file', 'Only files can be added.');
  if (stat.size === 0) throw refuse('it is empty', 'Wait until it has been written, then add it again.');
  return stat.size;
}

/** The failure of a file for which the vault has no room. */
export function noRoom(path: string): ReelholdError {
  return new ReelholdError(
    {
      kind: 'full',
      operation: 'add',
      object: displayName(path),
      side: 'vault',
      hint: 'Make room on the disk that holds the vault, then add it again.',
    },
    'there is not enough room in the vault',
  );
}
