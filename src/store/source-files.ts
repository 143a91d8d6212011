import { type BigIntStats, close, fstat, open, read } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { codeOf, isReelholdError, translateError } from '#core/errors.ts';
import type { ByteRange } from '#core/examination/reading.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import type { OpenSource, SourceFiles } from '#core/ports/source-files.ts';
import { toFileStat } from './file-stat.ts';
import { requireInside, sourceFlags } from './open-source.ts';

/** Not the handles of `fs/promises`: thousands of small files are opened, and those cost twice as much. */
const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat) as (file: number, options: { bigint: true }) => Promise<BigIntStats>;
const readFile = promisify(read);

/** What is read at the least: what is asked for next is often close by. */
const windowBytes = 4096;
const windowsKept = 4;

/** Files of this machine, looked into by ranges. */
export function createSourceFiles(): SourceFiles {
  return {
    async open(source) {
      const path = Buffer.from(encodeName(source.path));
      const facts = { operation: 'look into', object: displayName(source.path), side: 'source' } as const;
      let file: number | null = null;
      try {
        file = await openFile(path, sourceFlags);
        const stat = await statFile(file, { bigint: true });
        if (!stat.isFile()) throw Object.assign(new Error('no regular file'), { code: 'ELOOP' });
        const within = source.within === null ? null : encodeName(source.within);
        requireInside(file, { path, within });
        return openSource(file, toFileStat(stat), Number(stat.birthtimeNs / 1_000_000n), facts);
      } catch (error) {
        if (file !== null) await closeFile(file);
        if (isNoFile(error)) return null;
        throw translateError(error, facts);
      }
    },
    async list(folder) {
      try {
        const names = await readdir(Buffer.from(encodeName(folder)), { encoding: 'buffer' });
        return names.map((name) => decodeName(name));
      } catch (error) {
        const facts = { operation: 'list', object: displayName(folder), side: 'source' } as const;
        const failure = translateError(error, facts);
        if (failure.kind === 'missing') return [];
        throw failure;
      }
    },
  };
}

/** Nothing of the name, a name that none can have, a link, a socket or a device that nobody serves. */
function isNoFile(error: unknown): boolean {
  if (isReelholdError(error)) return false;
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'].includes(codeOf(error) ?? '');
}

function openSource(
  file: number,
  stat: OpenSource['stat'],
  createdAtMs: number,
  facts: { readonly operation: string; readonly object: string; readonly side: 'source' },
): OpenSource {
  const windows: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  const readWindow = async ({ at, length }: ByteRange): Promise<Uint8Array> => {
    const bytes = Buffer.alloc(Math.max(length, Math.min(windowBytes, Math.max(0, stat.sizeBytes - at))));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await readFile(file, bytes, done, bytes.length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  };
  return {
    stat,
    createdAtMs: createdAtMs === 0 ? null : createdAtMs,
    async read({ at, length }) {
      const wantedEnd = Math.min(at + length, stat.sizeBytes);
      const known = windows.find((window) => window.at <= at && wantedEnd <= window.at + window.bytes.length);
      if (known !== undefined) return known.bytes.subarray(at - known.at, wantedEnd - known.at);
      try {
        const bytes = await readWindow({ at, length: Math.max(0, wantedEnd - at) });
        if (windows.length === windowsKept) windows.splice(1, 1); // the head stays
        windows.push({ at, bytes });
        return bytes.subarray(0, Math.max(0, wantedEnd - at));
      } catch (error) {
        throw translateError(error, facts);
      }
    },
    [Symbol.asyncDispose]: () => closeFile(file),
  };
}
