import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { type Mount, parseMounts } from '#core/mount-table.ts';

/**
 * A folder held open: what is done below `path` happens on the file system that was looked at, even where that is
 * unmounted meanwhile and another one shows under the folder's name.
 */
export interface PinnedFolder extends AsyncDisposable {
  /** Good for every thread and child process. */
  readonly path: string;
  /** The file system's number, as `stat` gives it. */
  readonly device: number;
  /** The mount that the folder is on; null where the system does not say. */
  readonly mount: Mount | null;
}

/** Opens a folder; fails with the system's error. */
export async function pinFolder(folder: string): Promise<PinnedFolder> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const { dev } = await handle.stat();
    return {
      // Not /proc/self: a child process has another self.
      path: `/proc/${process.pid}/fd/${handle.fd}`,
      device: dev,
      mount: await mountOf(handle.fd),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function mountOf(fd: number): Promise<Mount | null> {
  try {
    const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8');
    const id = Number(/^mnt_id:\s*(\d+)$/m.exec(info)?.[1]);
    const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
    return mounts.find((mount) => mount.id === id) ?? null;
  } catch {
    return null;
  }
}
