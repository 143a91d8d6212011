import { describe, expect, it } from 'vitest';
import {
  isAtHome,
  judgeKit,
  type KitNote,
  type KitPlace,
  makePhrase,
  normalisePhrase,
  phraseBytes,
  stableConfig,
} from '#core/recovery-kit.ts';
import fc from '#tests/support/properties.ts';

const drive: KitPlace = {
  ...{ location: 'd', name: 'Blue', placeKind: 'drive', path: '/mnt/blue', encrypted: false },
};
const cloud: KitPlace = {
  ...{ location: 'c', name: 'Cloud', placeKind: 'remote', path: 'b2:videos', encrypted: true },
};
const hashed = { salt: '', hash: '' };
const good: KitNote = {
  ...{ version: 2, places: [drive, cloud], phrase: hashed },
  ...{ confirmedAt: '2026-11-22T17:00:00.000Z', keptAt: "at my sister's" },
};

describe('a recovery kit', () => {
  it.each([
    ['is not needed without a remote', null, [drive], 'not-needed'],
    ['is missing', null, [cloud], 'none'],
    ['is good', good, [cloud, drive], 'good'],
    ['is stale when a place was added', good, [cloud, drive, { ...drive, location: 'e' }], 'stale'],
    ['is stale when a place was removed', good, [cloud], 'stale'],
    ['is stale when a place moved', good, [{ ...cloud, path: 'b2:other' }, drive], 'stale'],
    ['was never typed back', { ...good, confirmedAt: null }, [cloud, drive], 'unconfirmed'],
    ['is kept nobody knows where', { ...good, keptAt: null }, [cloud, drive], 'unconfirmed'],
    ['is kept at home', { ...good, keptAt: 'At home, in the drawer' }, [cloud, drive], 'at-home'],
  ] as const)('%s', (_, note, places, state) => {
    expect(judgeKit(note, null, places)).toBe(state);
  });

  it('is stale when a password changed since this one was made, and not since the one before', () => {
    const check = { version: good.version, haveSecretsChanged: true };
    expect(judgeKit(good, check, [cloud, drive])).toBe('stale');
    expect(judgeKit(good, { ...check, version: 1 }, [cloud, drive])).toBe('good');
  });

  it.each([
    ['at home', true],
    ['Home.', true],
    ['zu Hause', true],
    ['here', true],
    ["at my sister's home", false],
    ['home of my parents', false],
    ['bank safe', false],
  ])('kept %j is at home: %s', (place, isIt) => {
    expect(isAtHome(place)).toBe(isIt);
  });
});

describe('the words that are typed back', () => {
  it('are four that can be read, another for each other bytes', () => {
    const bytes = fc.uint8Array({ minLength: phraseBytes, maxLength: phraseBytes });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(makePhrase(a)).toMatch(/^[a-z]{5}( [a-z]{5}){3}$/);
        expect(makePhrase(a) === makePhrase(b)).toBe(Buffer.from(a).equals(b));
        expect(normalisePhrase(`  ${makePhrase(a).toUpperCase().replaceAll(' ', ' -\n')}.`)).toBe(
          makePhrase(a),
        );
      }),
    );
  });

  it('are compared without what comes and goes in a configuration', () => {
    const config = (token: string) => `[b2]\ntype = drive\ntoken = ${token}\nscope = drive\n`;
    expect(stableConfig(config('{"access_token":"a"}'))).toBe(stableConfig(config('b')));
    expect(stableConfig('pass = a')).not.toBe(stableConfig('pass = b'));
  });
});
