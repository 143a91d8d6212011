import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAddRemote, runSignIn } from '#cli/add-remote.ts';
import { runCli } from '#cli.ts';
import type { Config } from '#config.ts';
import { remoteConfigDir } from '#place-folders.ts';
import { configBelow, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { placeFacts } from '#tests/support/places.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
let config: Config;
beforeEach(async () => {
  config = { ...configBelow(at('here')), searchPath: process.env.PATH ?? '' };
  await liveIn(config, at('sources'));
  mkdirSync(at('disk'));
  const remotes = [
    `[disk]\ntype = local\n`,
    `[named]\ntype = alias\nremote = ${at('disk')}\n`,
    `[chunks]\ntype = chunker\nremote = named:\n`,
    // Nobody listens there.
    `[dav]\ntype = webdav\nurl = http://127.0.0.1:9\n`,
  ];
  writeFileSync(at('callers.conf'), remotes.join('\n'));
  vi.stubEnv('RCLONE_CONFIG', at('callers.conf'));
});
afterEach(() => vi.unstubAllEnvs());

const asked = (path: string, passwordFile: string | null = null) => ({
  ...{ name: 'Cloud', path, isPlain: false, passwordFile, wish: {} },
});
const add = (...[path, passwordFile]: Parameters<typeof asked>) =>
  hear(() => runAddRemote(config, asked(path, passwordFile)));
/** What is kept of remotes among the settings. */
const kept = () => {
  const all = join(config.configDir, 'rclone');
  return existsSync(all) ? readdirSync(all, { recursive: true }) : [];
};

describe('reelhold location add remote', () => {
  it.each(['disk:/somewhere', 'named:', 'chunks:below', ':local:/somewhere'])(
    'takes no folder of this machine for a remote, and says what it is: %s',
    async (path) => {
      await expect(add(path)).rejects.toMatchObject({
        message: expect.stringContaining('on a disk of this machine'),
        hint: expect.stringContaining('location add drive'),
      });
      expect(kept()).toEqual([]);
      expect(readdirSync(at('disk'))).toEqual([]);
    },
  );

  it('leaves nothing of one that cannot be reached', { timeout: 120_000 }, async () => {
    await expect(add('dav:videos')).rejects.toMatchObject({
      message: expect.not.stringContaining('password'),
    });
    expect(kept()).toEqual([]);
  });

  it('leaves nothing of one that rclone does not know, and says no more than that', async () => {
    const { err } = await hear(async () => {
      await expect(runAddRemote(config, asked('nowhere:videos'))).rejects.toThrow('rclone does not know it');
      return 0;
    });
    expect(err).toBe('');
    expect(kept()).toEqual([]);
  });

  it('says in which group of a password there is a slip, and never the password', async () => {
    const slip = `${'00000-'.repeat(7)}0000Z`;
    writeFileSync(at('slip'), slip);
    writeFileSync(at('empty'), '\n');
    const refused = await add('dav:videos', at('slip')).catch(String);
    expect(refused).toMatch(/there is a slip in group/);
    expect(refused).not.toContain(slip);
    await expect(add('dav:videos', at('empty'))).rejects.toThrow('it is empty');
    await expect(add('dav:videos', at('nowhere'))).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe('how a place is encrypted', () => {
  const typed = async (...args: readonly string[]) => await hear(() => runCli(['location', ...args]));
  beforeEach(() => {
    for (const name of ['inbox', 'vault', 'library', 'config'])
      vi.stubEnv(`REELHOLD_${name.toUpperCase()}`, join(at('here'), name));
  });

  it.each([['--plain'], ['--password-file', 'secret']])(
    'is nothing that is said of a drive: %s',
    async (...option) => {
      const words = { code: 2, err: expect.stringContaining('a drive is not encrypted by Reelhold') };
      expect(await typed('add', 'drive', 'Blue', at('disk'), ...option)).toMatchObject(words);
      {
        await using archive = await openCommandArchive(config);
        const facts = placeFacts('blue', { name: 'Blue', path: at('blue') });
        await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
      }
      expect(await typed('replace', 'Blue', at('disk'), ...option)).toMatchObject(words);
      expect(readdirSync(at('disk'))).toEqual([]);
    },
  );

  it('is one of two: plain, or with a password', async () => {
    writeFileSync(at('secret'), 'hunter2');
    const both = ['--plain', '--password-file', at('secret')];
    expect(await typed('add', 'remote', 'Cloud', 'dav:videos', ...both)).toMatchObject({ code: 2 });
    {
      await using archive = await openCommandArchive(config);
      const remote = { name: 'Open', placeKind: 'remote', path: 'dav:videos', encrypted: false } as const;
      const facts = placeFacts('open', remote);
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    const password = ['--password-file', at('secret')];
    const words = { code: 2, err: expect.stringContaining('leave out --password-file') };
    expect(await typed('sign-in', 'Open', 'dav:videos', ...password)).toMatchObject(words);
    expect(await typed('replace', 'Open', 'dav:others', ...password)).toMatchObject(words);
    expect(kept()).toEqual([]);
  });
});

describe('reelhold location sign-in', () => {
  const signIn = (name: string, path = 'dav:') =>
    hear(() => runSignIn(config, { name, path, passwordFile: null }));
  beforeEach(async () => {
    await using archive = await openCommandArchive(config);
    const drafts = [
      placeFacts('blue', { name: 'Blue' }),
      placeFacts('cloud', { name: 'Cloud', placeKind: 'remote', path: 'dav:', encrypted: true }),
      placeFacts('open', { name: 'Open', placeKind: 'remote', path: 'dav:' }),
    ].map((facts) => ({ facts, index: [] }));
    await archive.ledger.commit(() => ({ drafts, also: () => undefined }));
  });

  it('is for remotes, with the password of one that is encrypted, and says so', async () => {
    await expect(signIn('Blue')).rejects.toThrow('it is a drive');
    await expect(signIn('Cloud')).rejects.toMatchObject({ hint: expect.stringContaining('recovery kit') });
    await expect(signIn('Nowhere')).rejects.toThrow('there is no such place');
  });

  it('keeps what the place is reached by, for this installation alone', async () => {
    expect(await signIn('Open')).toMatchObject({ code: 0, out: expect.stringContaining('can be reached') });
    const own = () => readFileSync(join(remoteConfigDir(config, 'open'), 'rclone.conf'), 'utf8');
    const before = own();
    await expect(signIn('Open', 'named:')).rejects.toThrow('on a disk of this machine');
    expect(own()).toBe(before);
  });
});
