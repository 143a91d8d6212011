import { spawnSync } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSetUpFolder, removeSetUpFolder, type SetUpFolder } from './set-up-folder.ts';

const WITHOUT_TOOLS = { REELHOLD_SKIP_TOOLS: '1' };
const OWN_NODE = `../node-${process.platform}-${process.arch}/bin/node`;

let folder: SetUpFolder;
const inFolder = (name: string) => join(folder.path, name);
const npmCalls = async () => (await readFile(inFolder('npm-calls'), 'utf8')).trim().split('\n');

beforeEach(async () => {
  folder = await makeSetUpFolder();
});
afterEach(() => removeSetUpFolder(folder));

describe('setup', () => {
  it('installs the locked packages without their scripts and links the Node that comes with them', async () => {
    const { code, output } = await folder.run([], WITHOUT_TOOLS);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Setting up Reelhold') });
    expect(await npmCalls()).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
    expect(readlinkSync(inFolder('node_modules/.bin/node'))).toBe(OWN_NODE);
  });

  it('does and says nothing the second time', async () => {
    await folder.run([], WITHOUT_TOOLS);
    expect(await folder.run([], WITHOUT_TOOLS)).toEqual({ code: 0, output: '' });
    expect(await npmCalls()).toHaveLength(1);
  });

  it('installs again when the lock file has changed', async () => {
    await folder.run([], WITHOUT_TOOLS);
    await writeFile(inFolder('package-lock.json'), '{"changed":true}');
    await folder.run([], WITHOUT_TOOLS);
    expect(await npmCalls()).toHaveLength(2);
  });

  it('tries again after an installation that failed', async () => {
    const { code, output } = await folder.run([], { ...WITHOUT_TOOLS, STUB_NPM_EXIT: '7' });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('npm ci ended with 7') });
    expect(await folder.run([], WITHOUT_TOOLS)).toMatchObject({ code: 0 });
    expect(await npmCalls()).toHaveLength(2);
  });

  it('installs once when two are started at the same time', async () => {
    const settings = { ...WITHOUT_TOOLS, STUB_NPM_MS: '600' };
    const results = await Promise.all([folder.run([], settings), folder.run([], settings)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(await npmCalls()).toHaveLength(1);
    expect(existsSync(inFolder('.setup-lock'))).toBe(false);
  });

  it('takes over from a set-up that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await symlink(`${pid}-1`, inFolder('.setup-lock'));
    const { code, output } = await folder.run([], WITHOUT_TOOLS);
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining('waiting') });
  });

  it('takes over when the process id of a set-up that died belongs to another program', async () => {
    await symlink(`${process.pid}-1`, inFolder('.setup-lock'));
    expect(await folder.run([], WITHOUT_TOOLS)).toMatchObject({ code: 0 });
  });

  it('installs again when the packages were removed', async () => {
    await folder.run([], WITHOUT_TOOLS);
    await rm(inFolder('node_modules'), { recursive: true });
    await folder.run([], WITHOUT_TOOLS);
    expect(await npmCalls()).toHaveLength(2);
  });
});
