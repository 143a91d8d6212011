import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeKitFolder, settleKitFolder, settleKitFolders } from '#kit-tokens.ts';
import { formatSections, loadRcloneConfig, saveRcloneConfig } from '#locations/rclone-config.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const own = () => join(folder.path, 'own');
const box = (token: string) => ({ box: { type: 'box', token } });
const kit = (token: string) => ({
  'my-u-box': { type: 'box', token },
  'my-u': { type: 'alias', remote: 'my-u-box:a' },
});
const make = () => makeKitFolder(own(), 'my-u', formatSections(kit('old')));
const left = () => readdirSync(join(own(), 'scratch'));
beforeEach(() => saveRcloneConfig(own(), box('old')));

describe('a token that a service gives out while a place is reached by the kit', () => {
  it('is the place’s from then on, also where the process was killed before it was done', async () => {
    await saveRcloneConfig(await make(), kit('new'));
    await settleKitFolders(own());
    expect(await loadRcloneConfig(own())).toEqual(box('new'));
    expect(left()).toEqual([]);
  });

  it('gives way to one that the place got itself meanwhile', async () => {
    const used = await make();
    await saveRcloneConfig(used, kit('new'));
    await saveRcloneConfig(own(), box('newer'));
    await settleKitFolder(own(), used);
    expect(await loadRcloneConfig(own())).toEqual(box('newer'));
    expect(left()).toEqual([]);
  });

  it('is looked for in whole folders only, and where there are any', async () => {
    await settleKitFolders(own());
    await mkdir(join(own(), 'scratch', 'kit-half'), { recursive: true });
    for (const part of ['name', 'rclone.conf', 'before.conf']) await rm(join(await make(), part));
    await settleKitFolders(own());
    expect(await loadRcloneConfig(own())).toEqual(box('old'));
  });
});
