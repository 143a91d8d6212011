import { describe, expect, it } from 'vitest';
import type { Place, Verdict } from '#core/assess.ts';
import type { InboxCondition } from '#core/conditions.ts';
import { type ArchiveFacts, overview, type Surroundings } from '#core/overview.ts';
import { calm, facts } from '#tests/support/overview-facts.ts';

const inbox: InboxCondition = {
  root: '/inbox',
  state: 'watched',
  mode: 'consume',
  kind: 'loose',
  forcedBy: null,
  watching: { gap: null, type: null },
  lastLookedAtMs: 1,
  ignored: { system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
  left: { total: 0, paths: [] },
};
const placesOf = (count: number, changed: Partial<Place> = {}): Surroundings => {
  const place: Place = { location: 'x', medium: 'nas', awayFromHome: false, promiseMs: 1, ...changed };
  return { ...calm, places: { places: Array.from({ length: count }, () => place) } };
};

describe('the overview', () => {
  it.each<[string, ArchiveFacts, Surroundings, string, Verdict]>([
    ['nothing yet', facts('safe', [], { videosTotal: 0 }), calm, 'empty', 'on-its-way'],
    ['all safe', facts('safe'), calm, 'safe', 'safe'],
    ['some on the way', facts('on-its-way', ['not-copied-yet']), calm, 'on-its-way', 'on-its-way'],
    ['some unknown', facts('dont-know', ['could-not-ask']), calm, 'dont-know', 'dont-know'],
    ['one place', facts('needs-you', ['too-few-places']), placesOf(1), 'one-place', 'needs-you'],
    [
      'two places at home',
      facts('needs-you', ['too-few-places', 'nothing-away-from-home']),
      placesOf(2),
      'nothing-away',
      'needs-you',
    ],
    [
      'two places, one away',
      facts('needs-you', ['too-few-places']),
      placesOf(2),
      'too-few-places',
      'needs-you',
    ],
    [
      'a drive on the disk of the vault',
      facts('needs-you', ['too-few-places']),
      placesOf(2, { disk: 'sda' }),
      'one-place',
      'needs-you',
    ],
    ['three of a kind', facts('needs-you', ['one-kind-of-place']), placesOf(3), 'one-kind', 'needs-you'],
    [
      'one damaged among them',
      facts('needs-you', ['too-few-places', 'damaged'], { videosDamaged: 1 }),
      placesOf(1),
      'damaged',
      'needs-you',
    ],
    [
      'a vault that is away',
      facts('safe'),
      { ...calm, vault: { state: 'refused', reason: 'not-connected' } },
      'vault-away',
      'needs-you',
    ],
    [
      'a vault that never was',
      facts('safe', [], { videosTotal: 0 }),
      { ...calm, vault: { state: 'refused', reason: 'not-empty' } },
      'vault-away',
      'needs-you',
    ],
  ])('with %s', (_, archive, surroundings, headline, level) => {
    expect(overview(archive, surroundings)).toMatchObject({ headline, level });
  });

  it('counts places apart, as whoever is told how many there are would', () => {
    const cloud: Place = { location: 'c', medium: 'cloud', awayFromHome: true, promiseMs: 1 };
    const { places } = placesOf(2, { disk: 'sda' });
    const surroundings = { ...calm, places: { places: [...(places?.places ?? []), cloud] } };
    expect(overview(facts('needs-you', ['too-few-places']), surroundings)).toMatchObject({
      headline: 'too-few-places',
      places: 2,
    });
  });

  it.each<[string, Partial<Surroundings>, readonly object[], Verdict]>([
    ['nothing found out yet', { vault: null }, [], 'safe'],
    [
      'all well',
      {
        inboxes: [inbox],
        space: { level: 'enough', freeBytes: 1, totalBytes: 2 },
        library: { written: 0, gone: 9 },
      },
      [],
      'safe',
    ],
    [
      'an inbox that is gone',
      { inboxes: [{ ...inbox, state: 'gone' }] },
      [{ kind: 'inbox-gone', urgent: true }],
      'needs-you',
    ],
    [
      'an inbox half watched',
      { inboxes: [{ ...inbox, state: 'watched-partly', watching: { gap: 'watch-limit', type: null } }] },
      [{ kind: 'inbox-partly', urgent: false, inbox: null, gap: 'watch-limit' }],
      'safe',
    ],
    [
      'an inbox of another program',
      { inboxes: [{ ...inbox, mode: 'keep', forcedBy: { by: 'sync', path: '.sync' } }] },
      [{ kind: 'inbox-kept', by: 'sync', path: '.sync', inbox: null }],
      'safe',
    ],
    ['an inbox that is to be left alone', { inboxes: [{ ...inbox, mode: 'keep' }] }, [], 'safe'],
    [
      'an inbox on a network drive, where that is said where the inbox is',
      { inboxes: [{ ...inbox, state: 'watched-partly', watching: { gap: 'network', type: 'cifs' } }] },
      [],
      'safe',
    ],
    [
      'which of several inboxes it is',
      {
        inboxes: [
          inbox,
          { ...inbox, root: '/b', state: 'gone' },
          { ...inbox, root: '/c', forcedBy: { by: 'project-open', path: 'cut.prlock' } },
        ],
      },
      [
        { kind: 'inbox-gone', root: '/b' },
        { kind: 'inbox-kept', inbox: '/c' },
      ],
      'needs-you',
    ],
    [
      'little room',
      { space: { level: 'low', freeBytes: 1, totalBytes: 20 } },
      [{ kind: 'space-low', urgent: false }],
      'safe',
    ],
    [
      'no room',
      { space: { level: 'paused', freeBytes: 1, totalBytes: 20 } },
      [{ kind: 'space-paused', urgent: true }],
      'needs-you',
    ],
    [
      'many changes while there is room',
      { changes: { change: 'many-changed' }, space: { level: 'enough', freeBytes: 9, totalBytes: 20 } },
      [{ kind: 'many-changes', urgent: true, change: 'many-changed', roomIsShort: false }],
      'needs-you',
    ],
    [
      'many changes, for which originals make no room',
      { changes: { change: 'no-longer-videos' }, space: { level: 'paused', freeBytes: 1, totalBytes: 20 } },
      [{ kind: 'space-paused' }, { kind: 'many-changes', change: 'no-longer-videos', roomIsShort: true }],
      'needs-you',
    ],
    [
      'a changed library',
      { library: { written: 2, gone: 0 } },
      [{ kind: 'library-written', files: 2 }],
      'needs-you',
    ],
    ['a pace that keeps the promise', { proofs: { neededDays: 90, promisedDays: 90 } }, [], 'safe'],
    [
      'a pace that does not keep the promise',
      { proofs: { neededDays: 140, promisedDays: 90 } },
      [{ kind: 'slow-proofs', urgent: false, neededDays: 140, promisedDays: 90 }],
      'safe',
    ],
    [
      'a damaged catalogue',
      { catalogue: { state: 'damaged' } },
      [{ kind: 'catalogue-damaged', urgent: true }],
      'needs-you',
    ],
    [
      'a catalogue that was made again',
      { catalogue: { state: 'renewed', kept: 'catalogue-damaged-1.sqlite' } },
      [{ kind: 'catalogue-renewed', urgent: false, kept: 'catalogue-damaged-1.sqlite' }],
      'safe',
    ],
    ['a catalogue that is good', { catalogue: { state: 'good' } }, [], 'safe'],
    [
      'no tools',
      {
        tools: {
          tools: [
            { name: 'ffprobe', found: false, version: null, feature: 'media-facts' },
            { name: 'ffmpeg', found: true, version: '5', feature: 'posters' },
            { name: 'rclone', found: false, version: null, feature: 'remotes' },
          ],
        },
      },
      [{ kind: 'no-ffmpeg' }, { kind: 'no-rclone' }],
      'safe',
    ],
  ])('notices %s', (_, surroundings, notices, level) => {
    const seen = overview(facts('safe'), { ...calm, ...surroundings });
    expect(seen.notices).toHaveLength(notices.length);
    expect(seen.notices).toMatchObject(notices);
    expect(seen.level).toBe(level);
  });

  it('says that the disk has trouble reading, and asks the owner to see to it', () => {
    const seen = overview(facts('on-its-way', [], { videosUnreadable: 2 }), calm);
    expect(seen.notices).toEqual([{ kind: 'disk-trouble', urgent: true, videos: 2 }]);
    expect(seen.level).toBe('needs-you');
  });

  it('says that the clock is behind, and does not call anything less safe for it', () => {
    const seen = overview(facts('safe', [], { isClockBehind: true }), calm);
    expect(seen.notices).toEqual([{ kind: 'clock-behind', urgent: false }]);
    expect(seen.level).toBe('safe');
  });
});
