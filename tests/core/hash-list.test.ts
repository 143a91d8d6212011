import { describe, expect, it } from 'vitest';
import {
  isListedPath,
  type ListedFile,
  listedFolderOf,
  listedKey,
  spellingsOf,
  uniteLists,
} from '#core/hash-list.ts';

const file = (path: string, value = 'x', sizeBytes: number | null = 1): ListedFile => ({
  path,
  sizeBytes,
  hash: value === '' ? null : { algorithm: 'md5', value },
});
const list = (files: readonly ListedFile[], renamed: readonly string[] = []) => ({
  files,
  renamed,
  lists: [],
});

describe('a list', () => {
  it.each([
    ['card/card.mhl', 'card'],
    ['top.MHL', ''],
    ['card/ascmhl/0001_card_2026-11-21_100000Z.mhl', 'card'],
    ['card/ascmhl/ascmhl_chain.xml', 'card'],
    ['ascmhl/0001.mhl', ''],
    ['card/ascmhl_chain.xml', null],
    ['card/ascmhl/notes.txt', null],
    ['card/._card.mhl', null],
    ['card/.mhl', null],
    ['a.mhl/b.mov', null],
  ])('%s is about the folder %j', (path, folder) => {
    expect(listedFolderOf(path)).toBe(folder);
  });
});

describe('the lists of a folder', () => {
  it('want every file that one of them names, as the latest names it', () => {
    const files = uniteLists([
      list([file('a', '1'), file('b', '2')]),
      list([file('b', '3'), file('c', '4')]),
    ]);
    expect([...files.values()].map(({ path, hash }) => [path, hash?.value])).toEqual([
      ['a', '1'],
      ['b', '3'],
      ['c', '4'],
    ]);
  });

  it('keep a hash and a size that a later one leaves out', () => {
    const files = uniteLists([list([file('a', '1', 7)]), list([file('a', '', null)])]);
    expect(files.get('a')).toEqual(file('a', '1', 7));
  });

  it('do not want a file under the name it had before', () => {
    const files = uniteLists([list([file('old')]), list([file('new')], ['old'])]);
    expect([...files.keys()]).toEqual(['new']);
  });

  it('know a name however its accents are written', () => {
    expect(listedKey('Gru\u0308\u00dfe.mov')).toBe(listedKey('Gr\u00fc\u00dfe.mov'));
    expect(spellingsOf('Gr\u00fc\u00dfe.mov')).toEqual(['Gr\u00fc\u00dfe.mov', 'Gru\u0308\u00dfe.mov']);
    expect(spellingsOf('plain.mov')).toEqual(['plain.mov']);
  });

  it.each(['a.mov', 'a/b c/d.mov', '...', '.hidden/x', 'Grüße 🎬.mov'])('may name %j', (path) => {
    expect(isListedPath(path)).toBe(true);
  });

  it.each([
    '',
    '/a',
    'a/',
    '../a',
    'a/../b',
    './a',
    'a//b',
    'a\\b',
    'a\0b',
    'a\nb',
    '\ud800',
    '..',
    'x'.repeat(4097),
  ])('must not name %j', (path) => {
    expect(isListedPath(path)).toBe(false);
  });
});
