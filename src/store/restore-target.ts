import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, readdir, rename, rm, rmdir, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, translateError } from '#core/errors.ts';
import type { RestoreTarget, Standing } from '#core/ports/restore-target.ts';
import { makeDirectory, syncDirectory } from './durable.ts';
import { hashFile } from './hash-file.ts';

/** Where unfinished files stand, with the process that writes them; restore.sh has the same (docs/format.md). */
const workPattern = /^\.reelhold-restore-(\d+)$/;
const draftPattern = /^[0-9a-f]{16}$/;
/** What a file system answers that has no hard links. */
const linklessCodes = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** Opens a folder for videos to be brought to, and makes it where it is not there yet. */
export async function openRestoreTarget(root: string): Promise<RestoreTarget & AsyncDisposable> {
  const failure = (error: unknown, operation: string, object: string) =>
    translateError(error, { operation, object, side: 'vault' });
  const work = join(root, `.reelhold-restore-${process.pid}`);
  try {
    await makeDirectory(root);
    await clearLeftovers(root);
    await mkdir(work, { recursive: true });
  } catch (error) {
    throw failure(error, 'write to', root);
  }

  return {
    async freeBytes() {
      const { bsize, bavail, blocks } = await statfs(root).catch((error: unknown) => {
        throw failure(error, 'measure the room of', root);
      });
      return blocks === 0 ? null : bsize * bavail;
    },
    async look(path) {
      try {
        return toStanding(await lstat(join(root, path)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return { kind: 'nothing' };
        throw failure(error, 'look at', path);
      }
    },
    async digest(path, signal) {
      try {
        return (await hashFile(Buffer.from(join(root, path)), { signal })).digest;
      } catch (error) {
        throw failure(error, 'read', path);
      }
    },
    draft: () => join(work, randomBytes(8).toString('hex')),
    async measure(draft) {
      const { size } = await lstat(draft).catch((error: unknown) => {
        throw failure(error, 'write to', root);
      });
      return size;
    },
    async place(draft, path, modifiedAtMs) {
      const target = join(root, path);
      try {
        await makeDirectory(dirname(target));
        await makeOrdinary(draft, modifiedAtMs);
        if (!(await moveBeside(draft, target))) return 'taken';
        await syncDirectory(dirname(target));
        return 'placed';
      } catch (error) {
        throw failure(error, 'write', path);
      }
    },
    async discard(draft) {
      await rm(draft, { force: true });
    },
    async [Symbol.asyncDispose]() {
      await clearFolder(work).catch(() => undefined); // the next restore clears it
    },
  };
}

function toStanding(stat: { isFile(): boolean; readonly size: number }): Standing {
  return stat.isFile() ? { kind: 'file', sizeBytes: stat.size } : { kind: 'something-else' };
}

/** A blob is read-only; what is brought back is its owner's. Some file systems have neither modes nor all dates. */
async function makeOrdinary(draft: string, modifiedAtMs: number | null): Promise<void> {
  await chmod(draft, 0o666 & ~process.umask()).catch(() => undefined);
  if (modifiedAtMs === null) return;
  await utimes(draft, Date.now() / 1000, modifiedAtMs / 1000).catch(() => undefined);
}

/**
 * False where something stands there. A hard link never replaces anything; where there are none, somebody could take
 * the name between the look and the move.
 */
async function moveBeside(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target);
    await rm(draft);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!linklessCodes.has(codeOf(error) ?? '')) throw error;
  }
  if (await isThere(target)) return false;
  await rename(draft, target);
  return true;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Removes what a restore that was cut off had not finished, and nothing else. */
async function clearLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = Number(workPattern.exec(name)?.[1] ?? 0);
    if (pid > 0 && (pid === process.pid || !isAlive(pid))) await clearFolder(join(root, name));
  }
}

async function clearFolder(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (draftPattern.test(name)) await rm(join(path, name), { force: true });
  }
  await rmdir(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
