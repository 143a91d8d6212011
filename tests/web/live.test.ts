import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLive, type RegionName } from '#web/live.ts';

const prints = { verdict: 'a', arriving: 'a', videos: 'a' };
let version = 1;
let asked = 0;
const warnings: string[] = [];
const log = {
  debug: () => {},
  info: () => {},
  warn: (_facts: object, message: string) => warnings.push(message),
  error: () => {},
};

const live = () =>
  createLive({
    dataVersion: () => {
      asked += 1;
      if (version < 0) throw new Error('the catalogue is locked');
      return version;
    },
    fingerprints: {
      places: () => '',
      verdict: () => prints.verdict,
      arriving: () => prints.arriving,
      videos: () => prints.videos,
    },
    log,
  });

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(prints, { verdict: 'a', arriving: 'a', videos: 'a' });
  version = 1;
  asked = 0;
  warnings.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('open pages', () => {
  it('are told the names of what changed, once', () => {
    const told: (readonly RegionName[])[] = [];
    live().subscribe((names) => told.push(names));
    vi.advanceTimersByTime(2000);
    expect(told).toEqual([]);
    prints.arriving = 'b';
    prints.videos = 'b';
    version += 1;
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([['arriving', 'videos']]);
  });

  it('are told of a summary that followed its commit a second later', () => {
    const told: (readonly RegionName[])[] = [];
    live().subscribe((names) => told.push(names));
    vi.advanceTimersByTime(10_000);
    version += 1;
    vi.advanceTimersByTime(1000);
    prints.verdict = 'b';
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([['verdict']]);
  });

  it('are told of what changes by the clock alone', () => {
    const told: (readonly RegionName[])[] = [];
    live().subscribe((names) => told.push(names));
    vi.advanceTimersByTime(10_000);
    prints.verdict = 'b';
    vi.advanceTimersByTime(31_000);
    expect(told).toEqual([['verdict']]);
  });

  it('share one watch, which ends with the last of them', () => {
    const shared = live();
    const leave = [shared.subscribe(() => {}), shared.subscribe(() => {})];
    vi.advanceTimersByTime(1000);
    expect(asked).toBe(2);
    leave[0]?.();
    vi.advanceTimersByTime(1000);
    expect(asked).toBe(4);
    leave[1]?.();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('outlive a catalogue that cannot be read for a while, which is said once', () => {
    const told: (readonly RegionName[])[] = [];
    live().subscribe((names) => told.push(names));
    version = -1;
    vi.advanceTimersByTime(3000);
    expect(warnings).toHaveLength(1);
    version = 2;
    prints.videos = 'b';
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([['videos']]);
  });
});
