import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FailureKind } from '#core/errors.ts';
import type { RcloneFailure } from '#core/rclone-failure.ts';
import { bring, findingsOf, makeFile, marksOf, placeIdentity } from '#tests/support/place-files.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { openTestRemote } from '#tests/support/test-remote.ts';

const temp = useTempFolder();
const never = new AbortController().signal;

/** A place with one file, whose server then fails in this way to read what stands there, and can move files or not. */
async function openBroken(kind: FailureKind, canMove = true) {
  let isBroken = false;
  const failure: RcloneFailure = { kind, away: null, retryAtMs: null, hint: null, text: 'read error' };
  const root = join(temp.path, 'server');
  mkdirSync(root);
  const remote = { configDir: temp.path, sections: { disk: { type: 'local' } }, root: `disk:${root}` };
  const open = await openTestRemote(remote, (folder) => ({
    ...folder,
    features: async (call) => ({ ...(await folder.features(call)), canMove }),
    stat: async (paths, hashType, call) =>
      isBroken && hashType !== null ? { found: new Map(), failure } : folder.stat(paths, hashType, call),
    digests: async (paths, call) => (isBroken ? { found: new Map(), failure } : folder.digests(paths, call)),
    add: async (files, call) => {
      isBroken = false;
      return folder.add(files, call);
    },
  }));
  const location = open(placeIdentity);
  await location.prepare(marksOf(placeIdentity), never);
  const file = makeFile(temp.path, 'good bytes');
  await bring(location, [file]);
  isBroken = true;
  const namesIn = (folder: string) =>
    (readdirSync(root) as string[]).includes(folder) ? readdirSync(join(root, folder)) : [];
  return { location, file, namesIn };
}

describe('a copy that a remote cannot read', () => {
  it('for an error of its own is kept aside when it is replaced', async () => {
    const { location, file, namesIn } = await openBroken('io');
    expect(await findingsOf(location, [file])).toEqual(['io']);
    expect(await location.replaceUnproven(file, { signal: never })).toMatchObject({ kind: 'stored' });
    expect(namesIn('quarantine')).toHaveLength(1);
    expect(await findingsOf(location, [file])).toEqual(['good']);
  });

  it.each([
    ['where the server can only delete it', 'io', false],
    ['where the place keeps us out', 'denied', true],
    ['where the place went away', 'unreachable', true],
  ] as const)('stays %s', async (_, kind, canMove) => {
    const { location, file, namesIn } = await openBroken(kind, canMove);
    expect(await location.replaceUnproven(file, { signal: never })).toMatchObject({
      kind: 'failed',
      error: { kind },
    });
    expect(namesIn('quarantine')).toEqual([]);
    expect(namesIn('blobs')).toHaveLength(1);
  });
});
