import { describe, expect, it } from 'vitest';
import { type History, placeVersion, type TakenFacts } from '#core/place-version.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const digest = digestOf('some bytes');
const facts = (nameKey: string | null, continues: string | null = null): TakenFacts => ({
  digest,
  nameKey,
  continues,
});
const nothing: History = { held: null, sameName: null };
const sameName: History = { held: null, sameName: { video: 'by-name' } };
const held = (trashed: boolean): History => ({
  held: { video: 'by-bytes', trashed },
  sameName: { video: 'by-name' },
});

describe('a file is placed', () => {
  it.each([
    ['as a new video: nothing is known of it', nothing, facts('rome'), { kind: 'new-video' }],
    [
      'as a new version: its name is known',
      sameName,
      facts('rome'),
      { kind: 'new-version', video: 'by-name' },
    ],
    ['as a new video: its name is known, but says nothing', sameName, facts(null), { kind: 'new-video' }],
    [
      'as a new version: it goes on from a known file, whatever it is called',
      nothing,
      facts(null, 'known'),
      { kind: 'new-version', video: 'known' },
    ],
    [
      'where it goes on from, before where its name points',
      sameName,
      facts('rome', 'known'),
      { kind: 'new-version', video: 'known' },
    ],
    [
      'as held: its bytes are known, and decide before its name',
      held(false),
      facts('rome', 'known'),
      { kind: 'held', video: 'by-bytes', bringBack: false },
    ],
    [
      'as held and brought back: its bytes are in the trash',
      held(true),
      facts('rome'),
      { kind: 'held', video: 'by-bytes', bringBack: true },
    ],
  ])('%s', (_, history, taken, placement) => {
    expect(placeVersion(history, taken)).toEqual(placement);
  });

  it('as held exactly when its bytes are held', () => {
    const anyHistory = fc.record({
      held: fc.option(fc.record({ video: fc.string(), trashed: fc.boolean() })),
      sameName: fc.option(fc.record({ video: fc.string() })),
    });
    const anyFacts = fc.record({
      digest: fc.constant(digest),
      nameKey: fc.option(fc.string()),
      continues: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(anyHistory, anyFacts, (history, taken) => {
        expect(placeVersion(history, taken).kind === 'held').toBe(history.held !== null);
      }),
    );
  });
});
