import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, translateError } from '#core/errors.ts';
import type { DriveTraits, PlaceFacts } from '#core/judge-place.ts';
import { isReadOnlyMount, isShutDown } from '#core/mount-table.ts';
import type { PlaceIdentity } from '#core/ports/location.ts';
import { formatDevice } from './device-cache.ts';
import { findTraits } from './drive-traits.ts';
import type { PinnedFolder } from './pinned-folder.ts';

export interface DriveQuestion {
  readonly root: string;
  readonly identity: PlaceIdentity;
  readonly known: DriveTraits | null;
  readonly homes: readonly string[];
}

/** A mark is a few hundred bytes; whatever is longer is none. */
const largestMarkBytes = 64 * 1024;

/** Gathers what there is to know of a folder that could be opened. */
export async function gatherFacts(question: DriveQuestion, folder: PinnedFolder): Promise<PlaceFacts> {
  const { identity, known, root, homes } = question;
  const { mount } = folder;
  const facts = {
    ...noFacts(question),
    isDiskGone: await isDiskGone(folder),
    isShutDown: mount !== null && isShutDown(mount),
    isReadOnly: (mount !== null && isReadOnlyMount(mount)) || !(await isWritable(folder)),
  };
  try {
    const [archive, location] = [
      await readMark(folder, 'archive.json'),
      await readMark(folder, 'location.json'),
    ];
    return {
      ...facts,
      identity,
      known,
      traits: await findTraits(root, folder, homes, Object.keys(known?.ids ?? {})),
      marks: { archive, location },
    };
  } catch (error) {
    return { ...facts, failure: failureOf(error) };
  }
}

/** What is known where the folder could not be opened. */
export function factsOfFailure(question: DriveQuestion, error: unknown): PlaceFacts {
  return { ...noFacts(question), failure: failureOf(error) };
}

function failureOf(error: unknown) {
  return translateError(error, { operation: 'look at', object: 'the drive' }).kind;
}

function noFacts({ identity, known }: DriveQuestion): PlaceFacts {
  return {
    identity,
    known,
    failure: null,
    isDiskGone: false,
    isShutDown: false,
    isReadOnly: false,
    traits: null,
    marks: { archive: null, location: null },
  };
}

/** A disk that was pulled stays mounted; only the system's list of devices knows. */
async function isDiskGone({ device }: PinnedFolder): Promise<boolean> {
  const name = formatDevice(device);
  if (name.startsWith('0:')) return false;
  const folder = '/sys/dev/block';
  return (await exists(folder)) && !(await exists(join(folder, name)));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Only `EROFS` counts: what is denied is said when something is written. */
async function isWritable({ path }: PinnedFolder): Promise<boolean> {
  try {
    await access(`${path}/.`, constants.W_OK);
    return true;
  } catch (error) {
    return codeOf(error) !== 'EROFS';
  }
}

async function readMark({ path }: PinnedFolder, name: string): Promise<string | null> {
  const bytes = await readSmall(join(path, name), largestMarkBytes);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** A regular file as a whole, up to a size; null where there is none. Fails with the system's error. */
export async function readSmall(path: string, largestBytes: number): Promise<Uint8Array | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, largestBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}
