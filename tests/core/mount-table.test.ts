import { describe, expect, it } from 'vitest';
import {
  isReadOnlyMount,
  isShutDown,
  largestFileOf,
  type Mount,
  parseMounts,
  readBackWay,
} from '#core/mount-table.ts';

const lines = [
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
  '42 30 8:17 / /media/my\\040drive rw,nosuid shared:7 master:1 - fuseblk /dev/sdb1 rw,user_id=0,blksize=4096',
  '43 30 0:55 /sub /srv ro,noatime - btrfs /dev/sda2 rw,subvol=/sub',
  '44 30 0:56 / /srv/tab\\011and\\134 rw - fuse.mergerfs a:b rw',
  'no mount at all',
  '',
].join('\n');

describe('the table of mounts', () => {
  it('gives each mount, whatever its optional fields, with its names as they are', () => {
    expect(
      parseMounts(lines).map(({ id, device, point, type, source }) => [id, device, point, type, source]),
    ).toEqual([
      [27, '254:0', '/', 'ext4', '/dev/vda'],
      [42, '8:17', '/media/my drive', 'fuseblk', '/dev/sdb1'],
      [43, '0:55', '/srv', 'btrfs', '/dev/sda2'],
      [44, '0:56', '/srv/tab\tand\\', 'fuse.mergerfs', 'a:b'],
    ]);
  });

  it.each([
    ['rw,relatime', 'rw', false, false],
    ['ro,relatime', 'rw', true, false],
    ['rw,relatime', 'ro,errors=remount-ro', true, false],
    ['rw,relatime', 'rw,emergency_ro', true, false],
    ['rw,relatime', 'rw,shutdown', false, true],
  ])(
    'tells of %s - %s whether it can be written, and whether it has given up',
    (mount, own, isReadOnly, isDown) => {
      const [found] = parseMounts(`1 1 8:1 / /m ${mount} - ext4 /dev/sda1 ${own}`) as [Mount];
      expect([isReadOnlyMount(found), isShutDown(found)]).toEqual([isReadOnly, isDown]);
    },
  );
});

describe('the way to read back', () => {
  it.each([
    ['ext4', '/dev/sda1', 'past-cache'],
    ['xfs', '/dev/sda1', 'past-cache'],
    ['btrfs', '/dev/sda1', 'past-cache'],
    ['exfat', '/dev/sda1', 'past-cache'],
    ['fuseblk', '/dev/sda1', 'flush-device'],
    ['fuseblk', 'image.img', 'none'],
    ['fuse.mergerfs', '/dev/sda1', 'none'],
    ['fuse', '/dev/fuse', 'none'],
    ['fuse.rclone', 'cloud:', 'none'],
  ])('of %s on %s is %s', (type, source, way) => {
    expect(readBackWay({ type, source })).toBe(way);
  });

  it('is none where the mount is not known', () => {
    expect(readBackWay(null)).toBe('none');
  });
});

describe('the largest file that a mount can hold', () => {
  it.each([
    ['vfat', 4_294_967_295],
    ['msdos', 4_294_967_295],
    ['exfat', null],
    ['fuseblk', null],
    ['ext4', null],
  ])('on %s is %s', (type, bytes) => {
    expect(largestFileOf({ type })).toBe(bytes);
    expect(largestFileOf(null)).toBeNull();
  });
});
