import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTools } from '#media/tools.ts';

describe('the tools', () => {
  const path = process.env.PATH;
  let bin: string;

  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'reelhold-tools-'));
    process.env.PATH = bin;
  });

  afterEach(async () => {
    process.env.PATH = path;
    await rm(bin, { recursive: true });
  });

  async function install(name: string, script: string): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }

  it('are reported with their version as they say it themselves', async () => {
    await install('ffprobe', 'echo "ffprobe version 5.1.9-0+deb12u1 Copyright (c) 2007-2026"; echo more');
    await install('ffmpeg', 'echo "ffmpeg version n8.0 Copyright (c) 2000-2026"');
    await install('rclone', 'echo "rclone v1.60.1-DEV"; echo "- os/version: debian 12"');
    expect(await findTools()).toEqual([
      { name: 'ffprobe', found: true, version: '5.1.9-0+deb12u1', feature: 'media-facts' },
      { name: 'ffmpeg', found: true, version: 'n8.0', feature: 'posters' },
      { name: 'rclone', found: true, version: '1.60.1-DEV', feature: 'remotes' },
    ]);
  });

  it('that are not there, not to be executed or broken count as not found, each for itself', async () => {
    await install('ffprobe', 'echo "ffprobe: error while loading shared libraries" >&2; exit 127');
    await install('ffmpeg', 'echo "some other program"');
    await writeFile(join(bin, 'rclone'), 'not executable');
    expect(await findTools()).toEqual([
      { name: 'ffprobe', found: false, version: null, feature: 'media-facts' },
      { name: 'ffmpeg', found: true, version: null, feature: 'posters' },
      { name: 'rclone', found: false, version: null, feature: 'remotes' },
    ]);
  });

  it('are all missing on a bare machine', async () => {
    expect((await findTools()).map(({ found }) => found)).toEqual([false, false, false]);
  });
});
