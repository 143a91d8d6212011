import { open } from 'node:fs/promises';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { encodeName } from '#core/file-name.ts';

/** A file that lists paths for other programs, byte for byte. */
export interface PathList extends AsyncDisposable {
  /** False where the path cannot stand on a line, as its name has a line break: it is left out. */
  add(path: string): Promise<boolean>;
}

const flushAtBytes = 64 * 1024;

/**
 * Begins a list of absolute paths, each ended by a line break, or by NUL where `isNul`. Refuses a file that is there,
 * as it may be anybody's.
 */
export async function createPathList(file: string, { isNul }: { isNul: boolean }): Promise<PathList> {
  const facts = { operation: 'write the list', object: file };
  const handle = await open(file, 'wx').catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw translateError(error, facts);
    const hint = 'Name a file that is not there yet.';
    throw new ReelholdError({ ...facts, kind: 'unsupported', hint }, 'it is there already');
  });
  const end = isNul ? 0 : 0x0a;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await handle.writeFile(bytes).catch((error: unknown) => {
      throw translateError(error, facts);
    });
  };
  return {
    async add(path) {
      const bytes = encodeName(path);
      if (bytes.includes(end)) return false;
      waiting.push(bytes, Uint8Array.of(end));
      waitingBytes += bytes.length + 1;
      if (waitingBytes >= flushAtBytes) await flush();
      return true;
    },
    async [Symbol.asyncDispose]() {
      await flush().finally(() => handle.close());
    },
  };
}
