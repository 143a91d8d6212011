import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSetUpFolder, removeSetUpFolder, type SetUpFolder } from './set-up-folder.ts';

const FAILS = { STUB_APT_FAILS: '1' };
const MEMORY = 'node_modules/.reelhold-tools-failed.json';
const isDebian = existsSync('/etc/debian_version');
const isRoot = process.getuid?.() === 0;

let folder: SetUpFolder;
const inFolder = (name: string) => join(folder.path, name);
const aptCalls = async () => {
  const lines = await readFile(inFolder('apt-calls'), 'utf8').catch(() => '');
  return lines.split('\n').filter(Boolean);
};

beforeEach(async () => {
  folder = await makeSetUpFolder();
});
afterEach(() => removeSetUpFolder(folder));

describe.runIf(isDebian && isRoot)('setup as root on Debian', () => {
  it('installs the missing tools in one go, without a question, and says so', async () => {
    const { code, output } = await folder.run();
    expect(code).toBe(0);
    expect(output).toContain('Installing ffmpeg, rclone (system tools Reelhold uses) …');
    expect(output).not.toContain('not found');
    expect(await aptCalls()).toEqual([
      expect.stringMatching(/^noninteractive .* update$/),
      expect.stringMatching(/^noninteractive .*-y --no-install-recommends .* install ffmpeg rclone$/),
    ]);
  });

  it('goes on without them when that fails, and says what is off and how to install it', async () => {
    const { code, output } = await folder.run([], FAILS);
    expect(code).toBe(0);
    expect(output).toContain('E: Unable to locate package');
    expect(output).toContain('ffmpeg, ffprobe not found: no posters');
    expect(output).toContain('apt-get update && apt-get install -y --no-install-recommends ffmpeg rclone');
  });

  it('does not try again on the same day', async () => {
    await folder.run([], FAILS);
    const before = await aptCalls();
    const { output } = await folder.run([], FAILS);
    expect(output).not.toContain('Installing');
    expect(output).toContain('ffmpeg, ffprobe not found');
    expect(await aptCalls()).toEqual(before);
  });

  it('tries again a day later', async () => {
    await folder.run([], FAILS);
    const memory = JSON.parse(await readFile(inFolder(MEMORY), 'utf8'));
    await writeFile(inFolder(MEMORY), JSON.stringify({ ...memory, atMs: memory.atMs - 86_400_001 }));
    expect((await folder.run()).output).toContain('Installing');
  });

  it('tries again whenever the tests are to run', async () => {
    await folder.run([], FAILS);
    expect((await folder.run(['--tests'], FAILS)).output).toContain(
      'Installing ffmpeg, rclone, git, chromium,',
    );
  });
});

describe('setup', () => {
  it('installs nothing and says nothing when the tools are there', async () => {
    for (const tool of ['ffmpeg', 'ffprobe', 'rclone']) await symlink('/bin/true', inFolder(`bin/${tool}`));
    const { output } = await folder.run();
    expect(output).not.toMatch(/Installing|not found/);
    expect(await aptCalls()).toEqual([]);
  });

  it.each([
    ['REELHOLD_SKIP_TOOLS is 1', [], { REELHOLD_SKIP_TOOLS: '1' }],
    ['it is to be quiet', ['--quiet'], {}],
  ])('does not look for tools when %s', async (_when, flags, settings) => {
    const { output } = await folder.run(flags, settings);
    expect(output).not.toMatch(/Installing|not found/);
    expect(await aptCalls()).toEqual([]);
  });
});
