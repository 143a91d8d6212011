import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** File systems that are memory: nothing measured there says anything about a disk. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

const MANY_FILES = 1000;
/** As often as a set must fit beside what is kept of earlier runs. */
const ROOM_TO_KEEP = 10;

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
  let count = 0;
  return {
    root,
    /** Gives an empty folder: a new one, or the one of this name made empty. */
    async fresh(name) {
      count += 1;
      const folder = join(root, name ?? `target-${count}`);
      await removeTree(folder);
      await mkdir(folder);
      return folder;
    },
    remove: removeTree,
    /**
     * Removes what was measured; many small files only at the end, where there is room. ext4 does not use the
     * inodes of files that were removed within the last minutes, and looks for others one by one: whoever makes
     * many files next would pay for it.
     */
    async retire(folder, set) {
      const { bavail, bsize } = await statfs(root);
      const isRoomy = bavail * bsize > ROOM_TO_KEEP * set.bytes;
      if (set.files.length < MANY_FILES || !isRoomy) await removeTree(folder);
    },
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
