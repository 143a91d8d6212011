import { describe, expect, it } from 'vitest';
import type { Conditions } from '#core/conditions.ts';
import type { DiskSpace } from '#core/disk-space.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { createSpaceGuard, isShort } from '#daemon/space-guard.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const megabyte = 1e6;

/** A guard over a disk of 100 MB, 2 MB of which are the reserve. */
function openGuard(freeBytes: number) {
  const disk = { freeBytes, isAway: false, readings: 0 };
  const noted: Conditions['space'][] = [];
  const notes = { setCondition: (_name: string, value: Conditions['space']) => noted.push(value) };
  const clock = createTestClock();
  const log = createTestLog();
  const guard = createSpaceGuard({
    async readSpace(): Promise<DiskSpace> {
      disk.readings += 1;
      if (disk.isAway) throw new Error('EIO');
      return { totalBytes: 100 * megabyte, freeBytes: disk.freeBytes };
    },
    catalogue: { notes } as unknown as Catalogue,
    clock,
    log,
  });
  return { guard, disk, noted, clock, log };
}

describe('the guard of the vault’s space', () => {
  it('lets in what fits above the reserve, and nothing else', async () => {
    const { guard } = openGuard(12 * megabyte);
    expect(await guard.admit(10 * megabyte)).toBeNull();
    expect(await guard.admit(10 * megabyte - 1)).not.toBeNull();
  });

  it('counts what was promised to files that are being copied', async () => {
    const { guard } = openGuard(12 * megabyte);
    const first = await guard.admit(6 * megabyte);
    expect(await guard.admit(6 * megabyte)).toBeNull();
    first?.[Symbol.dispose]();
    expect(await guard.admit(6 * megabyte)).not.toBeNull();
  });

  it('does not count twice what a large file already fills', async () => {
    const { guard, disk } = openGuard(12 * megabyte);
    const large = await guard.admit(8 * megabyte);
    disk.freeBytes = 6 * megabyte;
    large?.use(6 * megabyte);
    expect(await guard.admit(1 * megabyte)).not.toBeNull();
    expect(await guard.admit(2 * megabyte)).toBeNull();
  });

  it('measures again once a file is done, as it now stands on the disk', async () => {
    const { guard, disk } = openGuard(12 * megabyte);
    const room = await guard.admit(9 * megabyte);
    disk.freeBytes = 3 * megabyte;
    room?.[Symbol.dispose]();
    expect(await guard.admit(2 * megabyte)).toBeNull();
  });

  it('gives room back once, however often it is asked to', async () => {
    const { guard } = openGuard(12 * megabyte);
    const room = await guard.admit(6 * megabyte);
    room?.[Symbol.dispose]();
    room?.[Symbol.dispose]();
    expect(await guard.admit(10 * megabyte)).toBeNull();
  });

  it('asks the disk once for many files that come together', async () => {
    const { guard, disk } = openGuard(50 * megabyte);
    await Promise.all(Array.from({ length: 100 }, () => guard.admit(1_000)));
    expect(disk.readings).toBe(1);
  });

  it('notes the level for the page, and says so when it changes', async () => {
    const { guard, disk, noted, log } = openGuard(50 * megabyte);
    expect(await guard.measure()).toBe('enough');
    disk.freeBytes = 9 * megabyte;
    expect(await guard.measure()).toBe('low');
    expect(await guard.measure()).toBe('low');
    disk.freeBytes = 1 * megabyte;
    expect(await guard.measure()).toBe('paused');
    expect(noted.map(({ level }) => level)).toEqual(['enough', 'low', 'low', 'paused']);
    expect(log.lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('getting low'),
      expect.stringContaining('is full'),
    ]);
  });

  it('knows nothing of a disk that cannot be asked: that is no lack of space', async () => {
    const { guard, disk, noted } = openGuard(50 * megabyte);
    disk.isAway = true;
    expect(await guard.measure()).toBeNull();
    expect(isShort(null)).toBe(false);
    expect(noted).toEqual([]);
    await expect(guard.admit(1)).rejects.toThrow('EIO');
  });
});
