import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** File systems that are memory: nothing measured there says anything about a disk. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

/** An error whose message is all that the user needs to see. */
export class SayableError extends Error {
  name = 'SayableError';

  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Makes a folder of the benchmark's own below `parent`; throws a {@link SayableError} where it cannot be. */
export async function openWorkspace(parent, neededBytes) {
  await checkRoom(parent, neededBytes);
  const root = await mkdtemp(join(parent, 'reelhold-bench-'));
  return {
    root,
    /** Gives an empty folder of this name. */
    async fresh(name) {
      const folder = join(root, name);
      await removeTree(folder);
      await mkdir(folder);
      return folder;
    },
    remove: removeTree,
    close: () => removeTree(root),
  };
}

async function checkRoom(parent, neededBytes) {
  const hint = 'Set REELHOLD_BENCH_DIR to a folder on the disk that is to be measured.';
  const space = await statfs(parent).catch((error) => {
    throw new SayableError(`${parent} cannot be used (${error.code}). ${hint}`);
  });
  if (memoryFileSystems.has(space.type)) {
    throw new SayableError(`${parent} is in memory, not on a disk. ${hint}`);
  }
  const freeBytes = space.bavail * space.bsize;
  if (freeBytes >= neededBytes) return;
  const [needed, free] = [neededBytes, freeBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw new SayableError(
    `There is not enough room in ${parent}: ${needed} are needed, ${free} are free. ${hint}`,
  );
}

/** git-annex takes the right to write from its folders, so that only root could remove them as they are. */
async function removeTree(path) {
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5 });
  try {
    await remove();
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
    await promisify(execFile)('chmod', ['-R', 'u+rwX', '--', path]);
    await remove();
  }
}
