import { isReelholdError } from '#core/errors.ts';
import fc from '#tests/support/properties.ts';
import * as deeds from './deeds.ts';
import * as faults from './faults.ts';
import * as works from './works.ts';
import type { Deed, Stop, World } from './world.ts';

type MakeDeed = (world: World, choose: deeds.Choose) => Deed | null;

/** How often each is done, next to the others; and, of those of the first list, how often stopped in the middle. */
const deedKinds: Readonly<Record<string, readonly [weight: number, make: MakeDeed]>> = {
  add: [14, deeds.add],
  duplicate: [6, deeds.duplicate],
  inbox: [8, deeds.putIntoInbox],
  daemon: [8, works.runDaemon],
  rename: [8, deeds.rename],
  merge: [4, deeds.merge],
  trash: [8, deeds.trash],
  link: [6, deeds.link],
  set: [4, deeds.setSetting],
  adopt: [2, works.adoptOrphans],
  scrub: [4, works.scrub],
  rebuild: [3, works.rebuild],
  'check-journal': [3, works.checkJournal],
  restart: [4, works.restart],
};

const faultKinds: Readonly<Record<string, readonly [weight: number, fault: faults.Fault]>> = {
  'flip-blob': [4, faults.flipBlob],
  'flip-segment': [4, faults.flipSegment],
  'flip-index': [2, faults.flipIndex],
  'flip-catalogue': [5, faults.flipCatalogue],
  'lose-segments': [3, faults.loseSegments],
  'delete-catalogue': [4, faults.deleteCatalogue],
  'back-up': [4, faults.backUp],
  'restore-catalogue': [6, faults.restoreCatalogue],
  clock: [6, faults.jumpClock],
};

export interface Step {
  readonly kind: string;
  readonly numbers: readonly number[];
  readonly stop: Stop | null;
}

const anyKind = fc.oneof(
  ...Object.entries({ ...deedKinds, ...faultKinds }).map(([kind, [weight]]) => ({
    weight,
    arbitrary: fc.constant(kind),
  })),
);
const anyStop: fc.Arbitrary<Stop | null> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 4,
    arbitrary: fc.record({ how: fc.constantFrom('kill' as const, 'cut' as const), call: anyCall() }),
  },
);

/** Most is over after a few dozen calls. */
function anyCall(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1, max: 16 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 400 }),
  );
}

export const anyStep: fc.Arbitrary<Step> = fc
  .record({
    kind: anyKind,
    numbers: fc.array(fc.nat(2 ** 30), { minLength: 8, maxLength: 8 }),
    stop: anyStop,
  })
  .map((step) => (step.kind in deedKinds ? step : { ...step, stop: null }));

export function describeStep({ kind, stop }: Step): string {
  return stop === null ? kind : `${kind}, ${stop.how} before call ${stop.call}`;
}

/** Does one step and holds the archive to what the model says of it. What is not possible yet becomes an `add`. */
export async function takeStep(world: World, { kind, numbers, stop }: Step): Promise<void> {
  world.counts.steps += 1;
  const choose = chooser(numbers);
  const fault = faultKinds[kind]?.[1];
  if (fault !== undefined) {
    const happening = fault(world, choose, numbers.at(-1) ?? 0);
    if (happening !== null) {
      await happening;
      return await world.check([world.state]);
    }
  }
  const deed = deedKinds[kind]?.[1](world, choose) ?? deeds.add(world, choose);
  try {
    await world.act(deed, stop);
  } catch (error) {
    if (!world.tolerance.wasCatalogueFlipped || !isReelholdError(error, 'corrupt')) throw error;
    await world.close();
    const { damagedSegments, damagedIndexes } = world.tolerance;
    await faults.openDoubtful(world, new Set([...damagedSegments, ...damagedIndexes]));
    await world.check(deed.broken);
  }
}

/** Chooses by the numbers of a step, one after the other. */
export function chooser(numbers: readonly number[]): deeds.Choose {
  let next = 0;
  return (items) => {
    const number = numbers[next % numbers.length] ?? 0;
    next += 1;
    return items[number % items.length];
  };
}
