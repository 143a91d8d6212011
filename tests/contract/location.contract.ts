import { describe } from 'vitest';
import { describeIdentity } from './location-identity.ts';
import { describePutting } from './location-putting.ts';
import { describePlaceReading } from './location-reading.ts';
import { type OpenHarness, useLocationSetting } from './location-setting.ts';
import { describePlaceTrouble } from './location-trouble.ts';

/** The obligations of the port, for whoever implements it; `open` gives an empty place that is not prepared. */
export function describeLocation(name: string, open: OpenHarness): void {
  describe(`the location ${name}`, () => {
    const setting = useLocationSetting(open);
    describe('by its identity', () => describeIdentity(setting));
    describe('being brought files', () => describePutting(setting));
    describe('being asked', () => describePlaceReading(setting));
    describe('in trouble', () => describePlaceTrouble(setting));
  });
}
