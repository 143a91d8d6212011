import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RcloneFailure } from '#core/rclone-failure.ts';
import type { CipherNames } from './cipher-names.ts';
import type { RcloneCall } from './rclone.ts';
import type { RemoteFolder } from './remote-folder.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

/** The one folder of an encrypted place whose name is not encrypted. */
const folderName = 'key-check';
/** What is encrypted with the place's password gives the name of the one file in it. */
const word = 'reelhold key check';
const content = 'The name of this file tells Reelhold whether a password is the one of this place.\n';

/**
 * Tells whether the password is the one that the place was prepared with, by a name that only this password gives:
 * rclone 1.60 does not say so when it reads a short file with the wrong one.
 */
export async function checkKey(
  base: RemoteFolder,
  names: CipherNames,
  call: Call,
): Promise<RcloneFailure | null> {
  const expected = (await names.encrypt([word], call)).get(word) ?? '';
  const { found, failure } = await base.stat([`${folderName}/${expected}`], null, call);
  if (failure !== null && failure.kind !== 'missing') return failure;
  if (found.size > 0) return null;
  const others = await base.list(folderName, null, call).catch((error: unknown) => {
    // Not even the place's own folder is there yet.
    if (error instanceof Error && 'kind' in error && error.kind === 'missing') return null;
    throw error;
  });
  for await (const _ of others ?? []) return wrongPassword;
  return null;
}

/** Leaves the file, where there is none. */
export async function addKeyCheck(base: RemoteFolder, names: CipherNames, call: Call): Promise<void> {
  const expected = (await names.encrypt([word], call)).get(word) ?? '';
  await base.withScratch(async (scratch) => {
    const source = join(scratch, 'content');
    await writeFile(source, content, { mode: 0o600 });
    const { failure } = await base.add([{ source, path: `${folderName}/${expected}` }], call);
    if (failure !== null) throw base.rclone.error(failure, call);
  });
}

const wrongPassword: RcloneFailure = {
  kind: 'denied',
  away: 'wrong-password',
  retryAtMs: null,
  hint: 'Type the password of this place, as the recovery kit has it.',
  text: 'it was prepared with another password',
};
