import { describe, expect, it } from 'vitest';
import { kitConfig, kitNames, withNewTokens } from '#core/kit-config.ts';

const remote = (location: string, name: string, path: string, encrypted: boolean) => ({
  ...{ location, name, path, encrypted, placeKind: 'remote' as const },
});

describe('the configuration in a recovery kit', () => {
  it('gives each place one name under which it is read in the clear', () => {
    const dav = { type: 'webdav', url: 'https://dav.example' };
    const hidden = { type: 'crypt', remote: 'dav:a', password: 'x' };
    const config = kitConfig(
      [
        { ...remote('1', 'My cloud', 'dav:a', true), sections: { dav, crypt: hidden } },
        { ...remote('2', 'My cloud!', 'dav:b', false), sections: { dav: { ...dav, user: 'other' } } },
      ],
      'crypt',
    );
    expect(config).toEqual({
      'my-my-cloud-dav': dav,
      'my-my-cloud': { ...hidden, remote: 'my-my-cloud-dav:a' },
      'my-my-cloud-2-dav': { ...dav, user: 'other' },
      'my-my-cloud-2': { type: 'alias', remote: 'my-my-cloud-2-dav:b' },
    });
  });

  it('follows what a remote is made of, and leaves folders as they are', () => {
    const both = { type: 'union', upstreams: 'dav:a "sf:b c":ro /local x=dav:y', url: 'dav:not' };
    const sections = { both, dav: { type: 'webdav' } };
    expect(kitConfig([{ ...remote('1', 'U', 'both:', false), sections }], 'crypt')['my-u-both']).toEqual({
      ...both,
      upstreams: 'my-u-dav:a "sf:b c":ro /local x=my-u-dav:y',
    });
  });

  it('names nothing but remotes, in letters that everybody can type', () => {
    const drive = { ...remote('3', 'Blue', '/mnt', false), placeKind: 'drive' as const };
    const names = kitNames([drive, remote('4', 'Müller’s $(x)', 'a:', true), remote('5', '雲', 'b:', true)]);
    expect([...names.values()]).toEqual(['my-mu-ller-s-x', 'my-remote']);
  });

  it('gives back the tokens that a service gave out meanwhile, and nothing else', () => {
    const sections = { box: { type: 'box', token: 'old', url: 'a' }, dav: { type: 'webdav', token: 'same' } };
    const before = {
      'my-u-box': { type: 'box', token: 'old' },
      'my-u-dav': { type: 'webdav', token: 'same' },
    };
    const after = { 'my-u-box': { type: 'x', token: 'new' }, 'my-u-dav': { type: 'webdav', token: 'same' } };
    expect(withNewTokens(sections, 'my-u', { before, after })).toEqual({
      box: { type: 'box', token: 'new', url: 'a' },
      dav: { type: 'webdav', token: 'same' },
    });
    const newer = { ...sections, box: { type: 'box', token: 'newer' } };
    expect(withNewTokens(newer, 'my-u', { before, after })).toEqual(newer);
  });
});
