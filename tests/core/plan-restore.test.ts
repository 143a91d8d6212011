import { describe, expect, it } from 'vitest';
import type { CopyFacts, CopyState, Medium } from '#core/assess.ts';
import {
  besidePath,
  damagedPath,
  isAskedFor,
  isLessDamaged,
  judgeStanding,
  missingRoom,
  orderSources,
  type ReadablePlace,
} from '#core/plan-restore.ts';
import fc from '#tests/support/properties.ts';

const places: readonly ReadablePlace[] = [
  { location: 'cloud', medium: 'cloud' },
  { location: 'blue', medium: 'drive' },
  { location: 'red', medium: 'drive' },
  { location: 'vault', medium: 'nas' },
];
const copy = (location: string, state: CopyState, provenAtMs: number | null = null): CopyFacts => ({
  location,
  state,
  provenAtMs,
});
const order = (...copies: readonly CopyFacts[]) =>
  orderSources(places, copies, ({ provenAtMs }) => provenAtMs !== null && provenAtMs > 100)
    .map(({ location }) => location)
    .join(' ');

describe('the places that a blob is read from', () => {
  it.each([
    [
      'the nearest of those that count',
      [copy('cloud', 'present', 300), copy('vault', 'present', 101)],
      'vault cloud',
    ],
    [
      'a proven one before a nearer that is not',
      [copy('cloud', 'present', 300), copy('vault', 'present', 50)],
      'cloud vault',
    ],
    [
      'of two drives the last proven',
      [copy('red', 'present', 200), copy('blue', 'present', 150)],
      'red blue',
    ],
    ['what could not be asked before what nobody knows of', [copy('cloud', 'unreachable')], 'cloud vault'],
    [
      'what is bad at last',
      [copy('vault', 'corrupt', 900), copy('cloud', 'missing')],
      'blue red vault cloud',
    ],
    ['by nearness where nothing is known', [], 'vault blue red cloud'],
  ] as const)('begin with %s', (_, copies, begins) => {
    expect(order(...copies)).toMatch(new RegExp(`^${begins}`));
  });

  it('are all tried, and each once', () => {
    const states = fc.constantFrom<CopyState>('present', 'missing', 'corrupt', 'unreachable', 'unknown');
    const media = fc.constantFrom<Medium>('nas', 'drive', 'cloud');
    const any = fc.uniqueArray(
      fc.record({ location: fc.string(), medium: media, state: states, provenAtMs: fc.option(fc.nat()) }),
      { selector: ({ location }) => location },
    );
    fc.assert(
      fc.property(any, (known) => {
        const ordered = orderSources(known, known, (one) => one.provenAtMs !== null);
        const names = (list: typeof known) => list.map(({ location }) => location).toSorted();
        expect(names([...ordered])).toEqual(names(known));
      }),
    );
  });
});

describe('a video that is asked for by words', () => {
  const video = { title: 'Straße in Rome: Part 1', folder: '2026/2026-11-21 Straße in Rome' };
  it.each([
    ['rome', true],
    ['ROME part', true],
    ['2026-11', true],
    ['rome oslo', false],
    ['STRASSE', true],
  ])('by %j: %s', (words, isIt) => {
    expect(isAskedFor(words, video)).toBe(isIt);
  });
});

describe('a name that is taken', () => {
  it.each([
    ['a/Rome.mp4', 1, 'a/Rome.mp4'],
    ['a/Rome.mp4', 2, 'a/Rome (2).mp4'],
    ['a.b/Rome', 3, 'a.b/Rome (3)'],
    ['a/.mp4', 2, 'a/.mp4 (2)'],
  ])('%s has beside it as number %d %s', (path, n, beside) => {
    expect(besidePath(path, n)).toBe(beside);
  });

  it('may be held by the file itself only where the size is the same', () => {
    const file = { sizeBytes: 5 };
    expect(judgeStanding({ kind: 'nothing' }, file)).toBe('free');
    expect(judgeStanding({ kind: 'file', sizeBytes: 5 }, file)).toBe('may-be-it');
    expect(judgeStanding({ kind: 'file', sizeBytes: 4 }, file)).toBe('taken');
    expect(judgeStanding({ kind: 'something-else' }, file)).toBe('taken');
  });
});

describe('the room for what is brought', () => {
  const mib = 1024 ** 2;
  it.each([
    ['is enough where nobody knows', 1e12, null, 0],
    ['is enough for nothing', 0, 0, 0],
    ['lacks what is over, and some to spare', 100 * mib, 50 * mib, 66 * mib],
    ['is enough to the byte', 84 * mib, 100 * mib, 0],
  ])('%s', (_, neededBytes, freeBytes, missing) => {
    expect(missingRoom(neededBytes, freeBytes)).toBe(missing);
  });
});

describe('a file of which there are only damaged copies', () => {
  it.each([
    ['a/Rome.mp4', 'a/Rome (damaged).mp4'],
    ['a.b/Rome', 'a.b/Rome (damaged)'],
    ['.hidden', '.hidden (damaged)'],
  ])('%s is called %s', (path, expected) => {
    expect(damagedPath(path)).toBe(expected);
  });

  it('is best where it is nearest to its size', () => {
    const file = { sizeBytes: 10 };
    expect(isLessDamaged({ sizeBytes: 10 }, { sizeBytes: 9 }, file)).toBe(true);
    expect(isLessDamaged({ sizeBytes: 9 }, { sizeBytes: 10 }, file)).toBe(false);
    expect(isLessDamaged({ sizeBytes: 9 }, { sizeBytes: 11 }, file)).toBe(false);
  });
});
