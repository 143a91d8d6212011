import { describe, expect, it } from 'vitest';
import {
  backendOf,
  endsHere,
  importRemote,
  isSecretOption,
  parseLocalRemote,
  parseRemotePath,
} from '#core/rclone-sections.ts';

const sections = {
  dav: { type: 'webdav', url: 'https://dav.example', pass: 'obscured' },
  sf: { type: 'sftp', host: 'nas', key_file: '~/.ssh/id_ed25519' },
  short: { type: 'alias', remote: 'dav:videos' },
  shorter: { type: 'alias', remote: 'short:' },
  here: { type: 'alias', remote: '/srv/videos' },
  hidden: { type: 'crypt', remote: 'short:x', password: 'obscured too' },
  both: { type: 'union', upstreams: 'dav:a "sf:b c":ro /local' },
  joined: { type: 'combine', upstreams: 'one=dav:a "two=hidden:with space"' },
  lost: { type: 'crypt', remote: 'nowhere:x' },
  ring: { type: 'alias', remote: 'ring2:' },
  ring2: { type: 'alias', remote: 'ring:' },
  'reelhold-crypt': { type: 'crypt', remote: 'dav:' },
};
const callers = { sections, env: {}, home: '/home/owner' };
const take = (name: string, env: Record<string, string> = {}) =>
  importRemote({ name, path: '' }, { ...callers, env });

describe('a path of a remote', () => {
  it.each([
    ['gdrive:', 'gdrive', ''],
    ['gdrive:videos/all of them/', 'gdrive', 'videos/all of them'],
    ['my drive:/srv/x', 'my drive', '/srv/x'],
    ['s3:bucket', 's3', 'bucket'],
  ])('%s', (text, name, path) => {
    expect(parseRemotePath(text)).toEqual({ name, path });
  });

  it.each([
    '',
    'gdrive',
    '/srv/videos',
    ':webdav,url=x:',
    '-x:y',
    '--config:y',
    'a b :c',
    'x:../y',
    'x:a\nb',
    'x,y=z:a',
    'x/y:z',
  ])('is not %j', (text) => {
    expect(() => parseRemotePath(text)).toThrow(/no place of a remote/);
  });

  it('says that a folder of this machine is a drive', () => {
    expect(() => parseRemotePath('/mnt/usb')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('drive') }),
    );
  });
});

describe('a remote is imported', () => {
  it('as it stands, obscured values too', () => {
    expect(take('dav').sections).toEqual({ dav: sections.dav });
  });

  it.each([
    ['shorter', ['shorter', 'short', 'dav']],
    ['hidden', ['hidden', 'short', 'dav']],
    ['both', ['both', 'dav', 'sf']],
    ['joined', ['joined', 'dav', 'hidden', 'short']],
    ['ring', ['ring', 'ring2']],
  ])('%s with those that it refers to', (name, names) => {
    expect(Object.keys(take(name).sections).toSorted()).toEqual(names.toSorted());
  });

  it('from the environment, which counts more than the file', () => {
    const env = {
      RCLONE_CONFIG_DAV_URL: 'https://other.example',
      RCLONE_CONFIG_PASS: 'x',
      RCLONE_CONFIG: '/x',
    };
    expect(take('dav', env).sections.dav).toEqual({ ...sections.dav, url: 'https://other.example' });
    const alone = { RCLONE_CONFIG_MY_NAS_TYPE: 'sftp', RCLONE_CONFIG_MY_NAS_HOST: 'nas' };
    expect(take('my-nas', alone).sections).toEqual({ 'my-nas': { type: 'sftp', host: 'nas' } });
  });

  it('with its key file where the caller has it', () => {
    expect(take('sf').sections.sf?.key_file).toBe('/home/owner/.ssh/id_ed25519');
  });

  it.each(['nope', 'constructor', 'lost', 'reelhold-crypt'])('but %s is not', (name) => {
    expect(() => take(name)).toThrow(expect.objectContaining({ kind: 'missing' }));
  });

  it('and it is known which server is behind it', () => {
    expect(take('shorter').backend).toEqual({ type: 'webdav', options: sections.dav });
    expect(take('here').backend.type).toBe('local');
    expect(take('hidden').backend.type).toBe('crypt');
    expect(backendOf('ring', sections).type).toBe('alias');
  });
});

describe('a remote whose files are on a disk of this machine', () => {
  const more = {
    ...sections,
    disk: { type: 'local' },
    chunks: { type: 'chunker', remote: 'disk:/srv/chunks' },
    renamed: { type: 'alias', remote: 'chunks:x' },
    unnamed: { type: 'crypt', remote: ':local:/srv' },
    options: { type: 'alias', remote: ':local,nounc=true:/srv' },
    relative: { type: 'alias', remote: 'srv/videos' },
    joinedHere: { type: 'combine', upstreams: 'one=dav:a two=/srv' },
    elsewhere: { type: 'alias', remote: ':webdav,url=dav.example:x' },
    posing: { type: 'webdav', url: 'https://dav.example', remote: '/srv' },
  };
  it.each(['disk', 'here', 'both', 'chunks', 'renamed', 'unnamed', 'options', 'relative', 'joinedHere'])(
    'is known: %s',
    (name) => expect(endsHere(name, more)).toBe(true),
  );
  it.each(['dav', 'shorter', 'hidden', 'joined', 'ring', 'lost', 'elsewhere', 'posing', 'unheard-of'])(
    'is told from another: %s',
    (name) => expect(endsHere(name, more)).toBe(false),
  );

  it("needs no configuration where it is named by rclone's own word for it", () => {
    expect(parseLocalRemote(':local:/srv/my videos')).toEqual({
      path: { name: 'local', path: '/srv/my videos' },
      sections: { local: { type: 'local' } },
    });
    for (const other of ['/srv', ':local:', ':local:srv', 'local:/srv', ':webdav:/srv'])
      expect(parseLocalRemote(other)).toBeNull();
    expect(() => parseLocalRemote(':local:/srv/../etc')).toThrow(/no place of a remote/);
  });
});

it.each([
  'pass',
  'password',
  'password2',
  'token',
  'client_secret',
  'secret_access_key',
  'access_key_id',
  'bearer_token',
  'sas_url',
  'key_file_pass',
  'service_account_credentials',
])('an option that is never shown: %s', (name) => expect(isSecretOption(name)).toBe(true));

it.each(['type', 'url', 'host', 'user', 'remote', 'auth_url', 'token_url', 'key_file', 'region'])(
  'an option that may be shown: %s',
  (name) => expect(isSecretOption(name)).toBe(false),
);
