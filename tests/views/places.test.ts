import { describe, expect, it } from 'vitest';
import { unseenPlace } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import { createFormats } from '#views/formats.ts';
import { en } from '#views/locales/en.ts';
import { awayWords, sharesDiskWords } from '#views/locales/en-places.ts';
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
