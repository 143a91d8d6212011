import { describe, expect, it } from 'vitest';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
import {
  countShortRuns,
  isSameTrouble,
  reopenDelayMs,
  stopsWork,
  type Trouble,
  troubleOf,
} from '#core/trouble.ts';

const failed = (kind: FailureKind, side?: 'source' | 'vault') =>
  new ReelholdError(
    { kind, operation: 'write', object: 'something', ...(side === undefined ? {} : { side }) },
    'no',
  );

describe('the trouble that a failure means', () => {
  it.each(['corrupt', 'denied', 'full', 'read-only', 'busy', 'io'] as const)(
    'is that the vault is %s, where that side failed, and else that the settings are',
    (failure) => {
      expect(troubleOf(failed(failure, 'vault'))).toEqual({ state: 'failing', place: 'vault', failure });
      expect(troubleOf(failed(failure))).toEqual({ state: 'failing', place: 'settings', failure });
    },
  );

  it.each(['missing', 'unreachable'] as const)(
    'is that the vault is not connected, where it is %s',
    (failure) => {
      expect(troubleOf(failed(failure, 'vault'))).toEqual({ state: 'refused', reason: 'not-connected' });
      expect(troubleOf(failed(failure))).toEqual({ state: 'failing', place: 'settings', failure });
    },
  );

  it.each([
    ['a mistake of the program', new TypeError('undefined is not a function')],
    ['something that is no error', 'thrown'],
    ['what this system cannot do', failed('unsupported', 'vault')],
    ['what was broken off', failed('aborted', 'vault')],
    ['one file of an inbox', failed('io', 'source')],
  ])('is none for %s', (_, error) => {
    expect(troubleOf(error)).toBeNull();
  });

  it('is what closed the archive, and not what failed while it was being closed', () => {
    const error = new SuppressedError(failed('busy'), failed('io', 'vault'));
    expect(troubleOf(error)).toMatchObject({ place: 'vault', failure: 'io' });
    expect(troubleOf(new SuppressedError(failed('io'), new TypeError('a mistake')))).toBeNull();
  });
});

describe('the work', () => {
  const vault = (failure: 'full' | 'denied' | 'io' | 'read-only' | 'corrupt') =>
    ({ state: 'failing', place: 'vault', failure }) as const;

  it.each(['io', 'read-only'] as const)('stops where the vault is %s', (failure) => {
    expect(stopsWork(vault(failure))).toBe(true);
  });

  it.each(['full', 'denied', 'corrupt'] as const)('goes on where a file of the vault is %s', (failure) => {
    expect(stopsWork(vault(failure))).toBe(false);
  });

  it('stops where the vault is not connected', () => {
    expect(stopsWork({ state: 'refused', reason: 'not-connected' })).toBe(true);
  });

  it('stops without its catalogue, whatever the reason', () => {
    expect(stopsWork({ state: 'failing', place: 'settings', failure: 'full' })).toBe(true);
  });

  it('begins again after 10 s where the archive could not be opened, or ran for long', () => {
    expect(reopenDelayMs(0)).toBe(10_000);
    expect(countShortRuns(3, 10 * 60_000)).toBe(0);
  });

  it('begins again ever more rarely where it fails soon after it began, and at least every 5 minutes', () => {
    const delays: number[] = [];
    let runs = 0;
    for (let n = 0; n < 7; n += 1) {
      runs = countShortRuns(runs, 1_000);
      delays.push(reopenDelayMs(runs));
    }
    expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });
});

describe('two troubles', () => {
  const refused: Trouble = { state: 'refused', reason: 'not-connected' };
  const full: Trouble = { state: 'failing', place: 'vault', failure: 'full' };

  it.each<readonly [Trouble, Trouble, boolean]>([
    [refused, { ...refused }, true],
    [refused, { state: 'refused', reason: 'not-empty' }, false],
    [full, { ...full }, true],
    [full, { ...full, place: 'settings' }, false],
    [full, { ...full, failure: 'io' }, false],
    [full, refused, false],
    [refused, full, false],
  ])('%o and %o are the same: %s', (one, other, isSame) => {
    expect(isSameTrouble(one, other)).toBe(isSame);
  });
});
