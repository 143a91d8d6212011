import { describe, expect, it } from 'vitest';
import { planAdjustedPlace, planNewPlace } from '#core/plan-place.ts';
import { placeFacts } from '#tests/support/places.ts';

const { kind: _, ...blue } = placeFacts('blue');
const wish = { name: 'Cloud', placeKind: 'remote', path: 'cloud:archive' } as const;

describe('when and how fast a place works', () => {
  it('is at any hour and as fast as it can, where nothing is said', () => {
    const plan = planNewPlace(wish, 'cloud', []);
    expect(plan).toMatchObject({ kind: 'settings', settings: { schedule: null, bandwidth: null } });
  });

  it.each([
    ['hours', { schedule: '22:00-07:00' }],
    ['a limit', { bandwidth: '512K' }],
    ['a limit by the time of day', { bandwidth: 'Mon-08:00,512K 23:00,off' }],
    ['no hours any more', { schedule: null }],
  ])('is what the owner says: %s', (_words, adjustment) => {
    const plan = planAdjustedPlace({ ...blue, schedule: '01:00-02:00' }, adjustment, [blue]);
    expect(plan).toMatchObject({ kind: 'settings', settings: adjustment });
    expect(planNewPlace({ ...wish, ...adjustment }, 'cloud', [])).toMatchObject({ settings: adjustment });
  });

  it.each([
    ['no-such-hours', { schedule: '0 22 * * *' }],
    ['no-such-hours', { schedule: '' }],
    ['no-such-bandwidth', { bandwidth: 'fast' }],
    ['no-such-bandwidth', { bandwidth: '0' }],
  ] as const)('is refused as %s where it is none: %o', (reason, change) => {
    const refused = { kind: 'refused', reason };
    expect(planNewPlace({ ...wish, ...change }, 'cloud', [])).toEqual(refused);
    expect(planAdjustedPlace(blue, change, [blue])).toEqual(refused);
  });
});

it('a remote has no rhythm, whatever is asked for', () => {
  const cloud = { ...blue, placeKind: 'remote', everyDays: null } as const;
  expect(planAdjustedPlace(cloud, { everyDays: 14 }, [])).toMatchObject({ settings: { everyDays: null } });
  expect(planAdjustedPlace(blue, { everyDays: 14 }, [])).toMatchObject({ settings: { everyDays: 14 } });
});
