import { describe, expect, it } from 'vitest';
import {
  damagedName,
  nameBeforeMigration,
  newestNightly,
  nightlyKept,
  nightlyName,
  outlivedBackups,
  outlivedDamaged,
} from '#core/catalogue-files.ts';

const dayOf = (n: number) => `2026-11-${String(n).padStart(2, '0')}`;
const nightly = (count: number) => Array.from({ length: count }, (_, index) => nightlyName(dayOf(index + 1)));

describe('the backups of the catalogue', () => {
  it('of a night carry its day', () => {
    expect(nightlyName('2026-11-22')).toBe('catalogue-2026-11-22.sqlite');
  });

  it('before a migration carry its number', () => {
    expect(nameBeforeMigration('0007_some_words')).toBe('catalogue-before-0007.sqlite');
  });

  it('all stay while there are few', () => {
    expect(outlivedBackups(nightly(nightlyKept), nightlyName(dayOf(nightlyKept)))).toEqual([]);
  });

  it('give way, the oldest first, where there are more', () => {
    expect(outlivedBackups(nightly(nightlyKept + 2).toReversed(), nightlyName(dayOf(16)))).toEqual([
      nightlyName(dayOf(1)),
      nightlyName(dayOf(2)),
    ]);
  });

  it('never give way to one of another kind', () => {
    expect(outlivedBackups(nightly(20), nameBeforeMigration('0002_x'))).toEqual([]);
    const before = ['0001', '0002', '0003', '0004'].map(nameBeforeMigration);
    expect(outlivedBackups(before, nightlyName(dayOf(1)))).toEqual([]);
    expect(outlivedBackups(before, nameBeforeMigration('0004'))).toEqual([nameBeforeMigration('0001')]);
  });

  it('keep the one that was just written, though the clock was set back ten years', () => {
    const written = nightlyName('2016-01-01');
    const outlived = outlivedBackups([written, ...nightly(nightlyKept)], written);
    expect(outlived).toEqual([nightlyName(dayOf(1))]);
  });

  it('leave alone what is named otherwise', () => {
    const others = [
      'notes.txt',
      'catalogue-2026.sqlite',
      'catalogue-2026-11-01.sqlite.draft',
      'catalogue.sqlite',
    ];
    expect(outlivedBackups([...others, ...nightly(nightlyKept)], nightlyName(dayOf(14)))).toEqual([]);
    expect(newestNightly(others)).toBeNull();
  });

  it('tell their newest and their number', () => {
    const names = [nameBeforeMigration('0002'), ...nightly(3).toReversed()];
    expect(newestNightly(names)).toEqual({ name: nightlyName(dayOf(3)), day: dayOf(3), count: 3 });
  });
});

describe('a catalogue that is set aside', () => {
  const hourMs = 3_600_000;
  const names = (...hours: readonly number[]) => hours.map((hour) => damagedName(hour * hourMs));

  it('carries the time in UTC, in letters that every file system takes', () => {
    expect(damagedName(Date.UTC(2026, 10, 22, 4, 5, 6, 7))).toBe(
      'catalogue-damaged-20261122T040506007Z.sqlite',
    );
  });

  it('makes the oldest give way, with its log, where there are more than a few', () => {
    const [first = '', ...others] = names(1, 2, 3, 4);
    const there = [first, `${first}-wal`, `${first}-shm`, ...others, `${others[0]}-wal`];
    expect(outlivedDamaged(there, others[2] ?? '')).toEqual([first, `${first}-wal`, `${first}-shm`]);
  });

  it('stays though the clock was set back', () => {
    const [mine = '', ...others] = names(1, 100, 101, 102);
    expect(outlivedDamaged([mine, ...others], mine)).toEqual([others[0]]);
  });

  it('leaves alone what is named otherwise', () => {
    const others = ['catalogue.sqlite', 'catalogue-damaged.sqlite', 'catalogue-damaged-1.sqlite', 'x'];
    expect(outlivedDamaged([...others, ...names(1, 2, 3)], damagedName(3 * hourMs))).toEqual([]);
  });
});
