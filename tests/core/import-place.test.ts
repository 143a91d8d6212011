import { describe, expect, it } from 'vitest';
import { belongingOf } from '#core/belonging.ts';
import { type ImportPlace, importPlaceOf, importTurn } from '#core/import-place.ts';
import { namesOf } from '#tests/support/inbox-names.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';

/** Where each of these goes, in an archive in which all of them stand. */
function placesOf(paths: readonly string[], base = '/old'): Record<string, ImportPlace | null> {
  const names = namesOf(paths);
  return Object.fromEntries(paths.map((path) => [path, importPlaceOf(belongingOf(path, names), base)]));
}

describe('where a file of an old archive goes', () => {
  it('is by itself, into its project, or with the video beside it', () => {
    const paths = ['Oslo.mp4', 'Oslo.aae', 'trips/Rome/final/Rome.mp4', 'trips/Rome/notes.txt', 'tax.pdf'];
    expect(placesOf(paths)).toEqual({
      'Oslo.mp4': { kind: 'video' },
      'Oslo.aae': { kind: 'beside', partKind: 'sidecar', file: '/old/Oslo.mp4' },
      'trips/Rome/final/Rome.mp4': {
        ...{ kind: 'project', key: '/old/trips/Rome', folder: 'Rome' },
        ...{ role: 'master', partKind: 'other', path: 'final' },
      },
      'trips/Rome/notes.txt': {
        ...{ kind: 'project', key: '/old/trips/Rome', folder: 'Rome' },
        ...{ role: null, partKind: 'other', path: '' },
      },
      'tax.pdf': null,
    });
  });

  it('is with the video of its name where none is beside it, if the name says anything', () => {
    expect(placesOf(['subs/Rome.de.srt', 'subs/IMG_0001.srt', 'subs/cover.jpg'])).toEqual({
      'subs/Rome.de.srt': { kind: 'named', partKind: 'subtitle', keys: ['rome.de', 'rome'] },
      'subs/IMG_0001.srt': null,
      'subs/cover.jpg': null,
    });
  });

  it('of a list of hashes is with what it names, but in a project in the project', () => {
    const paths = ['a/x.mp4', 'a/a.mhl', 'b/ascmhl/0001.mhl', 'b/ascmhl/ascmhl_chain.xml', 'top.MHL'];
    expect(Object.values(placesOf(paths))).toEqual([
      { kind: 'video' },
      { kind: 'list', folder: '/old/a' },
      { kind: 'list', folder: '/old/b' },
      { kind: 'list', folder: '/old/b' },
      { kind: 'list', folder: '/old' },
    ]);
    const { 'Rome/Rome.mhl': inProject } = placesOf(['Rome/Rome.mhl', 'Rome/final/Rome.mp4']);
    expect(inProject).toMatchObject({ kind: 'project', partKind: 'sidecar' });
  });

  it('is said by whole paths, also of the top of all', () => {
    const places = Object.values(placesOf(['Oslo.mp4', 'Oslo.aae', 'Rome/final/a.mp4'], '/'));
    expect(places).toMatchObject([
      { kind: 'video' },
      { file: '/Oslo.mp4' },
      { key: '/Rome', folder: 'Rome' },
    ]);
  });
});

describe('the turn of a file of an old archive', () => {
  it.each([
    [0, 'Wedding/final/Wedding.mp4'],
    [0, 'Wedding FINAL.mp4'],
    [0, '2019/Endfassung/Rom.mov'],
    [0, 'final/IMG_0001.MOV'],
    [1, 'published/2020/Oslo.mp4'],
    [1, 'Vero\u0308ffentlicht/Rom.mp4'],
    [2, 'Rome.mp4'],
    [2, 'Rawlings at home.mp4'],
    [2, 'Videos/my old house.mp4'],
    [3, 'drafts/Wedding v2.mp4'],
    [3, 'bozze/Roma.mp4'],
    [4, 'raw/C0001.mp4'],
    [4, 'DCIM/100APPLE/IMG_0001.MOV'],
    [4, '03_Rohmaterial/Rom.mp4'],
  ])('that is a video by itself is %i for %s', (turn, path) => {
    expect(importTurn({ kind: 'video' }, path)).toBe(turn);
  });

  it('follows the name nearest to the file, and in it the word that claims least', () => {
    const turn = (path: string) => importTurn({ kind: 'video' }, path);
    expect([turn('raw/final/Wedding.mp4'), turn('final/raw/Wedding.mp4')]).toEqual([0, 4]);
    expect([turn('final draft.mp4'), turn('raw final.mp4')]).toEqual([3, 4]);
  });

  it.each([
    [0, 'Rome/Rome.mp4'],
    [0, 'Rome/final/cut.mp4'],
    [1, 'Rome/pubblicati/cut.mp4'],
    [2, 'Rome/Rome.prproj'],
    [2, 'Rome/Musik/song.wav'],
    [3, 'Rome/drafts/final.mp4'],
    [4, 'Rome/clips/a.mov'],
  ])('in a project is %i for %s, by what the file is there', (turn, path) => {
    const place = placesOf([path, 'Rome/final/b.mp4'])[path];
    expect(place).toMatchObject({ kind: 'project' });
    if (place != null) expect(importTurn(place, path)).toBe(turn);
  });

  it('is one of five for any path', () => {
    fc.assert(
      fc.property(fc.array(anyFileName, { minLength: 1, maxLength: 4 }), (parts) => {
        expect([0, 1, 2, 3, 4]).toContain(importTurn({ kind: 'video' }, parts.join('/')));
      }),
    );
  });
});
