import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { codeOf } from '#core/errors.ts';

const magic = Buffer.from('SQLite format 3\0', 'latin1');
const headerBytes = 100;

/** What can be told of a catalogue before SQLite opens it, which would already take what lies beside it for its own. */
export type HeaderVerdict = 'none' | 'fit' | 'damaged' | 'foreign-log';

/**
 * Looks at the first bytes of the catalogue and at the log (`-wal`) beside it. `foreign-log`: the log is another
 * file's. A catalogue in use is marked as one that has a log, a backup as one that has none: a backup with a log
 * beside it was copied over a catalogue whose log stayed, and SQLite would mix the two without a word.
 */
export function judgeHeader(file: string): HeaderVerdict {
  const logBytes = sizeOf(`${file}-wal`);
  if (sizeOf(file) === 0) return logBytes === 0 ? 'none' : 'foreign-log';
  const header = readHeader(file);
  if (header === null) return 'fit'; // SQLite itself says what it thinks of it
  if (header.length < headerBytes || !header.subarray(0, magic.length).equals(magic)) return 'damaged';
  const versions = [header[18], header[19]];
  if (!versions.every((version) => version === 1 || version === 2)) return 'damaged';
  return logBytes > 0 && versions.includes(1) ? 'foreign-log' : 'fit';
}

/**
 * By a program of its own: a file of SQLite's that is opened and closed here loses every lock that this process has
 * on it (POSIX), and the next who closes it would take our log away.
 */
function readHeader(file: string): Buffer | null {
  try {
    return execFileSync('head', ['-c', String(headerBytes), '--', file], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
