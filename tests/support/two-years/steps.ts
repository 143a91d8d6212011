import { dayMs } from '#core/assess.ts';
import { placeLane } from '#core/operation.ts';
import { chooser } from '#tests/support/model/steps.ts';
import fc from '#tests/support/properties.ts';
import { driveNames, placeNames } from './house.ts';
import * as mishaps from './mishaps.ts';
import { findFaults, findUnhealed } from './oracle.ts';
import * as owner from './owner.ts';
import { hourMs, type World } from './world.ts';

/** How often each happens, next to the others. */
const events: Readonly<Record<string, readonly [weight: number, event: owner.Event]>> = {
  add: [16, owner.add],
  edit: [9, owner.edit],
  'edit-all': [2, owner.editAll],
  rename: [5, owner.rename],
  link: [4, owner.link],
  merge: [1, owner.merge],
  trash: [4, owner.trash],
  erase: [1, owner.erase],
  'plug-or-unplug': [10, owner.plugOrUnplug],
  'swap-drives': [6, owner.swapDrives],
  corrupt: [10, mishaps.corrupt],
  'lose-file': [7, mishaps.loseFile],
  'fill-or-free': [6, mishaps.fillOrFree],
  'remote-trouble': [8, mishaps.remoteTrouble],
  'keep-catalogue': [3, mishaps.keepCatalogue],
  'lose-catalogue': [3, mishaps.loseCatalogue],
  'lose-vault': [3, mishaps.loseVault],
  clock: [2, mishaps.clockTrouble],
  sleep: [6, mishaps.sleepForWeeks],
  'switch-off': [5, mishaps.switchOff],
};

export interface Step {
  readonly kind: string;
  readonly numbers: readonly number[];
  /** How long nothing else happens afterwards. */
  readonly hours: number;
}

export const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...Object.entries(events).map(([kind, [weight]]) => ({ weight, arbitrary: fc.constant(kind) })),
  ),
  numbers: fc.array(fc.nat(2 ** 30), { minLength: 8, maxLength: 8 }),
  hours: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 24 }) },
    { weight: 3, arbitrary: fc.integer({ min: 24, max: 96 }) },
    { weight: 1, arbitrary: fc.constant(14 * 24) },
  ),
});

/** Does one step, lets its time go by, and holds the archive to what must hold. What is not possible is an `add`. */
export async function takeStep(world: World, { kind, numbers, hours }: Step): Promise<void> {
  world.counts.steps += 1;
  const choose = chooser(numbers);
  await (events[kind]?.[1](world, choose) ?? owner.add(world, choose));
  requireNothing(findFaults(world));
  if (hours === 0) return;
  await world.live(hours);
  requireNothing(findFaults(world));
}

/**
 * Every cause of trouble goes: all drives come, the service answers, there is room. After that time all is as it should
 * be: by itself, where that is as long as a proof is promised to hold; sooner, where the owner has everything read back.
 */
export async function takeCausesAway(world: World, days: number, isReadBack: boolean): Promise<void> {
  const { house } = world;
  house.full.clear();
  house.cloud.away = null;
  house.cloud.roomBytes = Number.POSITIVE_INFINITY;
  for (const drive of driveNames) owner.plug(world, drive);
  await owner.seePlaces(world);
  if (isReadBack) await readAllBack(world);
  await world.live((days * dayMs) / hourMs);
  requireNothing([...findFaults(world), ...findUnhealed(world)]);
}

async function readAllBack(world: World): Promise<void> {
  for (const place of placeNames) {
    const location = world.locationOf(place);
    await world.ask('verify', place === 'vault' ? 'vault' : placeLane(location), location);
  }
}

function requireNothing(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
