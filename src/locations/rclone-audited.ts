import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBlobPath } from '#core/digest.ts';
import type { MutableName } from '#core/ports/location.ts';
import type { RcloneCall } from './rclone.ts';
import { placeError, type RemoteFolder } from './remote-folder.ts';

/**
 * All that ever changes or removes what stands at a remote. No other file may name the verbs of rclone's that do
 * (`tests/locations/rclone-audited.test.ts`). Each of them is one of the port's three audited operations.
 */
type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

const mutableNames: readonly string[] = [
  'location.json',
  'OPEN-ME.html',
  'README.txt',
] satisfies MutableName[];

/** Writes one of the three files that may change, and reads it back. */
export async function overwriteMutable(
  folder: RemoteFolder,
  name: MutableName,
  content: Uint8Array,
  call: Call,
): Promise<void> {
  if (!mutableNames.includes(name)) throw new RangeError(`${name} is never changed`);
  await folder.withScratch(async (scratch) => {
    const source = join(scratch, name);
    await writeFile(source, content, { mode: 0o600 });
    await folder.rclone.require(['copyto', '--ignore-times', '--', source, folder.at(name)], call);
  });
  const back = (await folder.readSmall([name], call)).found.get(name);
  if (back === undefined || !Buffer.from(back).equals(content)) {
    throw placeError('io', call.operation, call.object, 'it does not read back as it was written');
  }
}

/**
 * Takes a blob, a segment or the script that restores, where it was found wrong, out of the way: into `quarantine/` where
 * the server can give it another name by itself, away for ever where it cannot, or where it is empty. Whoever calls it has
 * good bytes for it at hand.
 */
export async function setAside(
  folder: RemoteFolder,
  path: string,
  asName: string,
  call: Call,
): Promise<void> {
  if (!/^(?:blobs|journal|index)\/|^restore\.sh$/.test(path))
    throw new RangeError(`${path} is never replaced`);
  const { canMove } = await folder.features(call);
  // What a server kept nothing of cannot always be given another name, and there is nothing in it to keep.
  const isEmpty = (await folder.stat([path], null, call)).found.get(path)?.sizeBytes === 0;
  const args =
    canMove && !isEmpty
      ? ['moveto', '--', folder.at(path), folder.at(`quarantine/${asName}`)]
      : ['deletefile', '--', folder.at(path)];
  await folder.rclone.require(args, call);
}

/** Removes blobs for ever, and sees to it that they are gone. What is not there is no failure. */
export async function eraseBlobs(folder: RemoteFolder, paths: readonly string[], call: Call): Promise<void> {
  for (const path of paths) {
    if (parseBlobPath(path) === null) throw new RangeError(`${path} is never erased`);
  }
  // An empty list must never become "everything".
  if (paths.length === 0) return;
  const before = await folder.stat(paths, null, call);
  if (before.failure !== null) throw folder.rclone.error(before.failure, call);
  for (const path of before.found.keys()) {
    if (!paths.includes(path)) throw new RangeError(`${path} was not asked for`);
    await folder.rclone.require(['deletefile', '--', folder.at(path)], call);
  }
  const after = await folder.stat(paths, null, call);
  if (after.failure !== null) throw folder.rclone.error(after.failure, call);
  if (after.found.size > 0) throw placeError('io', call.operation, call.object, 'it is still there');
}
