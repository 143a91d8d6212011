import { lstat, realpath } from 'node:fs/promises';
import type { Damage } from '#core/damage.ts';
import { ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import { damageOf } from '#core/hold-back.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import { fingerprint } from '#core/settle.ts';
import type { SourceLook } from '#daemon/import/source-look.ts';
import { statInboxFile } from '#daemon/inbox/walk.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { Handler } from '#daemon/worker.ts';

/** What became of a file that the owner named. */
export type AddOutcome = TakeOutcome & {
  /** What was wrong with it before it reached us. */
  readonly damaged?: Damage;
};

export interface FileTaker {
  take(
    path: string,
    signal: AbortSignal,
    onProgress: (bytesDone: number, sizeBytes: number) => void,
  ): Promise<AddOutcome>;
}

/** Takes a file that the owner names himself, wherever it is and whatever is wrong with it; the original stays. */
export function createFileTaker(deps: {
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly look: SourceLook;
}): FileTaker {
  const { intake, space, look } = deps;
  return {
    async take(path, signal, onProgress) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const folder = await realFolderOf(path);
      const stat = await statInboxFile(folder, name);
      if (stat === null || stat.sizeBytes === 0) throw await whyNoFile(path);
      const { sizeBytes } = stat;
      const { cause, expects } = await look.at(folder, { path: name, stat });
      using room = await space.admit(sizeBytes);
      if (room === null) throw noRoom(path);
      const { outcome, damaged } = await intake.take({
        source: { path, within: null },
        continues: null,
        sizeBytes,
        settledAs: fingerprint(stat),
        damaged: cause === null ? null : damageOf(cause),
        expects,
        signal,
        onProgress: (bytesDone) => onProgress(bytesDone, sizeBytes),
      });
      return { ...outcome, ...(damaged === null ? {} : { damaged }) };
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

/** Links may lead to it: nothing but what really lies in that folder is looked into. */
async function realFolderOf(path: string): Promise<string> {
  const folder = Buffer.from(encodeName(path.slice(0, Math.max(1, path.lastIndexOf('/')))));
  try {
    return decodeName(await realpath(folder, { encoding: 'buffer' }));
  } catch (error) {
    throw translateError(error, { operation: 'add', object: displayName(path), side: 'source' });
  }
}

/** Why what stands there, if anything does, is no file to take. */
async function whyNoFile(path: string): Promise<ReelholdError> {
  const facts = { operation: 'add', object: displayName(path), side: 'source' } as const;
  const refuse = (detail: string, hint: string) =>
    new ReelholdError({ ...facts, kind: 'unsupported', hint }, detail);
  try {
    const stat = await lstat(Buffer.from(encodeName(path)));
    if (stat.isDirectory())
      return refuse('it is a folder', 'Name the files in it, or take all of it with --recursive.');
    if (stat.isSymbolicLink())
      return refuse('it is a link, and links are not followed', 'Name the file that it points to.');
    if (!stat.isFile()) return refuse('it is not a regular file', 'Only files can be added.');
    return refuse('it is empty', 'Wait until it has been written, then add it again.');
  } catch (error) {
    return translateError(error, facts);
  }
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
