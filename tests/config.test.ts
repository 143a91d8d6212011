import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, unknownSettings } from '#config.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

/** The mistakes that these settings are refused for. */
function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env, '/srv');
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

function fileWith(content: string): string {
  const file = join(folder.path, 'setting');
  writeFileSync(file, content);
  return file;
}

describe('without any setting', () => {
  it('everything stands below data/ in the working folder, and only this machine sees the page', () => {
    expect(loadConfig({ TZ: 'Europe/Berlin' }, '/srv')).toEqual({
      configDir: '/srv/data/config',
      catalogueFile: '/srv/data/config/catalogue.sqlite',
      vaultDir: '/srv/data/vault',
      libraryDir: '/srv/data/library',
      libraryMode: 'auto',
      inboxes: [{ dir: '/srv/data/inbox', mode: 'consume', kind: 'loose' }],
      host: '127.0.0.1',
      port: 3210,
      basePath: '',
      allowedHosts: expect.arrayContaining(['127.0.0.1', '::1', 'localhost', '[::1]']),
      quietMs: 10_000,
      log: { level: 'info', format: 'text' },
      timeZone: 'Europe/Berlin',
      searchPath: '',
    });
  });

  it('the time zone is that of the machine', () => {
    expect(loadConfig({}, '/srv').timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it('nothing can be changed later', () => {
    expect(Object.isFrozen(loadConfig({}, '/srv'))).toBe(true);
  });
});

describe('a setting', () => {
  it.each([
    ['REELHOLD_CONFIG', 'cfg', { configDir: '/srv/cfg', catalogueFile: '/srv/cfg/catalogue.sqlite' }],
    ['REELHOLD_VAULT', '/volume1/My vault', { vaultDir: '/volume1/My vault' }],
    ['REELHOLD_VAULT', '../vault', { vaultDir: '/vault' }],
    ['REELHOLD_LIBRARY', '/lib', { libraryDir: '/lib' }],
    ['REELHOLD_LIBRARY_MODE', 'off', { libraryMode: 'off' }],
    ['REELHOLD_INBOX', '/in', { inboxes: [{ dir: '/in', mode: 'consume', kind: 'loose' }] }],
    ['REELHOLD_INBOX', '/keep', { inboxes: [{ dir: '/keep', mode: 'consume', kind: 'loose' }] }],
    [
      'REELHOLD_INBOX',
      '/a, b:keep,/c:projects:consume',
      {
        inboxes: [
          { dir: '/a', mode: 'consume', kind: 'loose' },
          { dir: '/srv/b', mode: 'keep', kind: 'loose' },
          { dir: '/c', mode: 'consume', kind: 'projects' },
        ],
      },
    ],
    ['REELHOLD_HOST', 'localhost', { host: 'localhost' }],
    ['REELHOLD_PORT', '65535', { port: 65_535 }],
    ['REELHOLD_BASE_PATH', '/videos/mine/', { basePath: '/videos/mine' }],
    ['REELHOLD_BASE_PATH', '/', { basePath: '' }],
    ['REELHOLD_QUIET_SECONDS', '3', { quietMs: 3000 }],
    ['REELHOLD_LOG_LEVEL', 'debug', { log: { level: 'debug', format: 'text' } }],
    ['REELHOLD_LOG_FORMAT', 'json', { log: { level: 'info', format: 'json' } }],
    ['TZ', 'America/Sao_Paulo', { timeZone: 'America/Sao_Paulo' }],
    ['REELHOLD_PORT', '', { port: 3210 }],
  ])('%s=%s is taken', (name, value, expected) => {
    expect(loadConfig({ [name]: value }, '/srv')).toMatchObject(expected);
  });

  it.each([
    ['REELHOLD_VAULT', 'a\0b', 'must be a folder.'],
    ['REELHOLD_LIBRARY_MODE', 'symlink', 'must be one of: auto, reflink, hardlink, copy, off.'],
    [
      'REELHOLD_INBOX',
      '/a,,/b',
      'must be folders with commas between them, each optionally followed by :keep or :consume, and by :loose or :projects.',
    ],
    [
      'REELHOLD_HOST',
      '0.0.0.0',
      'must be one of: 127.0.0.1, ::1, localhost (there is no login yet, so only this machine may see the page).',
    ],
    ['REELHOLD_PORT', '0', 'must be a whole number from 1 to 65535.'],
    ['REELHOLD_PORT', '65536', 'must be a whole number from 1 to 65535.'],
    ['REELHOLD_PORT', '3210 ', 'must be a whole number from 1 to 65535.'],
    ['REELHOLD_PORT', '1e3', 'must be a whole number from 1 to 65535.'],
    ['REELHOLD_BASE_PATH', 'videos', 'must be empty or a path such as /reelhold.'],
    ['REELHOLD_BASE_PATH', '/a b', 'must be empty or a path such as /reelhold.'],
    ['REELHOLD_QUIET_SECONDS', '0', 'must be a whole number of seconds from 1 to 86400.'],
    ['REELHOLD_QUIET_SECONDS', '-5', 'must be a whole number of seconds from 1 to 86400.'],
    ['REELHOLD_LOG_LEVEL', 'INFO', 'must be one of: debug, info, warn, error.'],
    ['REELHOLD_LOG_FORMAT', 'xml', 'must be one of: text, json.'],
    ['TZ', 'Middle/Earth', 'must be a time zone such as Europe/Berlin.'],
  ])('%s=%j is refused, with what is allowed', (name, value, words) => {
    expect(mistakesOf({ [name]: value })).toEqual([`${name} ${words}`]);
  });

  it('that is wrong is named with all others that are, in one message', () => {
    const env = {
      REELHOLD_PORT: 'web',
      REELHOLD_LOG_LEVEL: 'loud',
      TZ: 'Nowhere',
      REELHOLD_VAULT_FILE: '/not/there',
    };
    expect(() => loadConfig(env, '/srv')).toThrow(
      [
        'These settings need mending:',
        '  - REELHOLD_VAULT_FILE names /not/there, which cannot be read.',
        '  - REELHOLD_PORT must be a whole number from 1 to 65535.',
        '  - REELHOLD_LOG_LEVEL must be one of: debug, info, warn, error.',
        '  - TZ must be a time zone such as Europe/Berlin.',
      ].join('\n'),
    );
  });
});

describe('a setting in a file', () => {
  it.each([
    ['as it stands', '4000', 4000],
    ['without the line break at its end', '4000\n', 4000],
    ['without the line break of Windows', '4000\r\n', 4000],
  ])('is taken %s', (_, content, port) => {
    expect(loadConfig({ REELHOLD_PORT_FILE: fileWith(content) }, '/srv').port).toBe(port);
  });

  it('loses one line break and no more', () => {
    expect(mistakesOf({ REELHOLD_PORT_FILE: fileWith('4000\n\n') })).toHaveLength(1);
    expect(loadConfig({ REELHOLD_VAULT_FILE: fileWith('/vault \n') }, '/srv').vaultDir).toBe('/vault ');
  });

  it('is refused where it is set outside of the file too', () => {
    const env = { REELHOLD_PORT: '4000', REELHOLD_PORT_FILE: fileWith('4000') };
    expect(mistakesOf(env)).toEqual([
      'REELHOLD_PORT and REELHOLD_PORT_FILE are both set; set only one of them.',
    ]);
  });

  it('may stand beside an empty one, which is as good as not set', () => {
    expect(loadConfig({ REELHOLD_PORT: '', REELHOLD_PORT_FILE: fileWith('4000') }, '/srv').port).toBe(4000);
    expect(loadConfig({ REELHOLD_PORT: '4001', REELHOLD_PORT_FILE: '' }, '/srv').port).toBe(4001);
  });

  it.each(['/not/there', '/'])('%s that cannot be read is named', (file) => {
    expect(mistakesOf({ REELHOLD_PORT_FILE: file })).toEqual([
      `REELHOLD_PORT_FILE names ${file}, which cannot be read.`,
    ]);
  });

  it('is checked like any other, and never said in the message', () => {
    const mistakes = mistakesOf({ REELHOLD_PORT_FILE: fileWith('secret') });
    expect(mistakes).toEqual(['REELHOLD_PORT must be a whole number from 1 to 65535.']);
  });
});

describe('folders', () => {
  const apart = (inner: string, outer: string) =>
    `${inner} and ${outer} must be folders apart: neither the same, nor one inside the other.`;

  it.each([
    [
      'the inbox around the vault',
      { REELHOLD_INBOX: '/data', REELHOLD_VAULT: '/data/vault' },
      apart('REELHOLD_INBOX', 'REELHOLD_VAULT'),
    ],
    [
      'the inbox in the vault',
      { REELHOLD_INBOX: '/v/in:keep', REELHOLD_VAULT: '/v' },
      apart('REELHOLD_INBOX', 'REELHOLD_VAULT'),
    ],
    [
      'one for inbox and library',
      { REELHOLD_INBOX: '/x', REELHOLD_LIBRARY: '/x/' },
      apart('REELHOLD_INBOX', 'REELHOLD_LIBRARY'),
    ],
    [
      'the library in the vault',
      { REELHOLD_VAULT: '/v', REELHOLD_LIBRARY: '/v/a/../lib' },
      apart('REELHOLD_VAULT', 'REELHOLD_LIBRARY'),
    ],
    [
      'two inboxes, one in the other',
      { REELHOLD_INBOX: '/a,/a/b:keep' },
      apart('REELHOLD_INBOX (/a)', 'REELHOLD_INBOX (/a/b)'),
    ],
  ])('that would mix originals, blobs and links are refused: %s', (_, env, mistake) => {
    expect(mistakesOf(env)).toEqual([mistake]);
  });

  it('that are mixed up in several ways are all named, in one message', () => {
    const env = { REELHOLD_INBOX: '/v/a,/b,/b', REELHOLD_VAULT: '/v', REELHOLD_LIBRARY: '/b' };
    expect(mistakesOf(env)).toEqual([
      apart('REELHOLD_INBOX (/v/a)', 'REELHOLD_VAULT'),
      apart('REELHOLD_INBOX (/b)', 'REELHOLD_INBOX (/b)'),
      apart('REELHOLD_INBOX (/b)', 'REELHOLD_LIBRARY'),
    ]);
  });

  it('that are one only by way of a link are refused too', () => {
    mkdirSync(join(folder.path, 'vault/blobs'), { recursive: true });
    symlinkSync(join(folder.path, 'vault'), join(folder.path, 'link'));
    const env = {
      REELHOLD_INBOX: join(folder.path, 'link/blobs/in'),
      REELHOLD_VAULT: join(folder.path, 'vault'),
    };
    expect(mistakesOf(env)).toEqual([apart('REELHOLD_INBOX', 'REELHOLD_VAULT')]);
  });

  it('that are one only by way of a bind mount are refused too', ({ skip }) => {
    const [data, bound] = [join(folder.path, 'data'), join(folder.path, 'bound')];
    mkdirSync(join(data, 'vault'), { recursive: true });
    mkdirSync(bound);
    const mounted = spawnSync('mount', ['--bind', data, bound], { stdio: 'ignore' });
    if (mounted.status !== 0) return skip('needs the right to mount');
    try {
      const env = { REELHOLD_INBOX: bound, REELHOLD_VAULT: join(data, 'vault') };
      expect(mistakesOf(env)).toEqual([apart('REELHOLD_INBOX', 'REELHOLD_VAULT')]);
    } finally {
      spawnSync('umount', [bound]);
    }
  });

  it('whose names only begin alike are apart', () => {
    expect(mistakesOf({ REELHOLD_INBOX: '/data/vault-in', REELHOLD_VAULT: '/data/vault' })).toEqual([]);
  });

  it('of a library that is off may be anywhere', () => {
    const env = { REELHOLD_LIBRARY_MODE: 'off', REELHOLD_LIBRARY: '/v', REELHOLD_VAULT: '/v' };
    expect(mistakesOf(env)).toEqual([]);
  });
});

describe('a name that means nothing', () => {
  it('is found among the settings, and what others set is none of our business', () => {
    const env = { REELHOLD_PROT: '1', REELHOLD_PORT: '1', REELHOLD_PORT_FILE: 'f', PATH: '/bin', TZ: 'UTC' };
    expect(unknownSettings(env)).toEqual(['REELHOLD_PROT']);
  });
});
