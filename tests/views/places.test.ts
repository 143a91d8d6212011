import { describe, expect, it } from 'vitest';
import { unseenPlace } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { placeFacts } from '#tests/support/places.ts';
import { createFormats } from '#views/formats.ts';
import { en } from '#views/locales/en.ts';
import {
  awayWords,
  limitsWords,
  placeWords,
  sharesDiskWords,
  termsWords,
  unseenWords,
  wrongTimetable,
} from '#views/locales/en-places.ts';
import { placesRegion } from '#views/places.ts';
import type { Site } from '#views/site.ts';

const site: Site = {
  basePath: '',
  asset: (name) => name,
  words: en,
  formats: createFormats('en-GB', 'UTC'),
  nowMs: 0,
  version: '0.1.0',
};

const settings: PlaceSettings = {
  ...{ location: 'x', name: 'Blue', placeKind: 'drive', medium: 'drive', awayFromHome: false, path: '/mnt' },
  ...{ encrypted: false, promiseDays: 180, everyDays: 35, roles: [], set: null, schedule: null },
  ...{ bandwidth: null, paused: false, removed: false, generation: 1 },
};

const said = Object.values(awayWords).map(({ what, next }) => `${what} ${next}`);

describe('what is said of a place that cannot be used', () => {
  it('is something of its own for each reason, and always says how it goes on', () => {
    expect(new Set(said).size).toBe(said.length);
    for (const { what, next } of Object.values(awayWords))
      expect(Math.min(what.length, next.length)).toBeGreaterThan(10);
  });

  it('never speaks as an engineer does', () => {
    for (const words of said) expect(words).not.toMatch(/mount point|hash|blob|remote|job|writer|clone/i);
  });
});

describe('what is said of a place with hours', () => {
  const settings = placeFacts('cloud', { placeKind: 'remote', schedule: '22:00-07:00' });
  const there = { state: 'present', freeBytes: null, totalBytes: null } as const;
  const condition = { ...unseenPlace(0), presence: there, waitsUntilMs: 1 };
  const state = (proven: number) => placeWords({ settings, condition, counts: { wanted: 2, proven } }).what;

  it('is until when the work waits, and nothing of that where there is none', () => {
    expect(state(1)).toBe('Connected. What is new waits until 22:00.');
    expect(state(2)).toBe('Connected, and up to date.');
  });
});

it('says of no place that it is worked on, where nothing runs', () => {
  const there = { state: 'present', freeBytes: null, totalBytes: null } as const;
  const work = { what: 'copying', bytesDone: 1, bytesTotal: 2, bytesPerSecond: null } as const;
  const settings = placeFacts('blue');
  const said = (running: boolean, changes: object = {}) => {
    const condition = { ...unseenPlace(0), presence: there, ...changes };
    return Object.values(placeWords({ settings, condition, counts: { wanted: 2, proven: 1 } }, running)).join(
      ' ',
    );
  };
  expect(said(true, { work })).toBe('Copying… 50 % ');
  expect(said(true)).toBe('Connected. Reelhold is bringing it up to date.');
  for (const changes of [{ work }, {}])
    expect(said(false, changes)).toBe('Connected. It is brought up to date once Reelhold runs.');
});

it.each([
  ['empty', '', 'nothing in it'],
  ['time', '8:00,1M', '"8:00,1M" is none: it takes two digits'],
  ['rate', 'fast', 'speed in "fast" is none'],
  ['zero', '23:00,0', 'use --hours'],
] as const)('says of a limit what is wrong with it: %s', (reason, part, words) => {
  expect(wrongTimetable({ kind: 'wrong', reason, part })).toContain(words);
  expect(wrongTimetable({ kind: 'wrong', reason, part })).toContain('"08:00,512K 23:00,off"');
});

it.each([
  ['place', 1, 'Blue was not seen for more than 1 day.'],
  ['set', 35, 'None of the drives “turns” was seen for more than 35 days.'],
  ['turn', 70, 'Blue was not plugged in for more than 70 days, though it takes turns (“turns”).'],
] as const)('reminds of a %s that was not seen for long, and says what to do', (of, days, what) => {
  const said = unseenWords({ name: 'Blue', set: 'turns', days, of });
  expect(said.what).toBe(what);
  expect(said.next.length).toBeGreaterThan(10);
});

it.each([
  [null, null, ''],
  ['22:00-07:00', null, 'Works from 22:00 to 07:00.'],
  [null, '08:00,512K 23:00,off', 'Limited to 08:00,512K 23:00,off bytes a second.'],
  ['<b>nights</b>', '\u001b[31m2M', ''],
  ['22:00-07:00', '2M', 'Works from 22:00 to 07:00. Limited to 2M bytes a second.'],
])('says when and how fast a place works: %s, %s', (schedule, bandwidth, words) => {
  expect(limitsWords({ schedule, bandwidth })).toBe(words);
});

it('says how many copies of a place are damaged, and what there is to do', () => {
  const condition = {
    ...unseenPlace(0),
    presence: { state: 'present', freeBytes: null, totalBytes: null },
  } as const;
  const said = (bad: number) => placeWords({ settings, condition, counts: { wanted: 9, proven: 7, bad } });
  expect(said(1).what).toBe('Connected. One copy on it is damaged or gone.');
  expect(said(2).what).toBe('Connected. 2 copies on it are damaged or gone.');
  expect(said(2).next).toContain('put the video into the inbox again');
});

it('says all that was settled of a place', () => {
  const all = { ...settings, roles: ['final', 'published', 'draft', 'raw', 'other'] };
  expect(termsWords(all)).toBe('At home. Read back every 180 days. Expected every 35 days.');
  const change = {
    awayFromHome: true,
    roles: ['final', 'draft'],
    set: 'turns',
    promiseDays: 1,
    schedule: '22:00-07:00',
  };
  expect(termsWords({ ...settings, ...change })).toBe(
    'Away from home. Read back every day. Expected every 35 days. Takes turns with others of the set "turns". For finals and drafts only. Works from 22:00 to 07:00.',
  );
  const cloud = { placeKind: 'remote', encrypted: true, everyDays: null } as const;
  expect(termsWords({ ...settings, ...cloud })).toContain('Encrypted.');
});

it('says of a place on the disk of the videos that it does not count', () => {
  expect(sharesDiskWords).toMatch(/cannot be told.*counts as no further copy/);
});

it('says so on the card of that place alone', () => {
  const counts = { wanted: 1, proven: 1, lastProvenAtMs: null };
  const [own, shared] = [null, 'the disk of the vault'].map((disk) => {
    const condition = { ...unseenPlace(0), disk };
    return `${placesRegion(site, { vault: null, others: [{ settings, condition, counts }] })}`;
  });
  expect(own).not.toContain('counts as no further copy');
  expect(shared).toContain('counts as no further copy');
});
