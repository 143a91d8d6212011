import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Mount } from '#core/mount-table.ts';
import { compareDisks } from '#core/same-disk.ts';
import { disksOfMount, readDiskFacts } from '#locations/disk-facts.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();

/** A machine as /sys shows it: two disks, a partition, a mirror, an encrypted volume, a logical one, a btrfs of two. */
function makeSystem(root: string): void {
  const link = (from: string, to: string) => {
    mkdirSync(dirname(join(root, from)), { recursive: true });
    symlinkSync(join(root, to), join(root, from));
  };
  const device = (number: string, path: string, name = path.split('/').at(-1) ?? '') => {
    mkdirSync(join(root, 'devices', path, 'slaves'), { recursive: true });
    link(`dev/block/${number}`, `devices/${path}`);
    link(`block/${name}`, `devices/${path}`);
  };
  device('8:0', 'pci/sda');
  device('8:1', 'pci/sda/sda1');
  device('8:16', 'usb/sdb');
  device('8:17', 'usb/sdb/sdb1');
  device('8:32', 'pci/sdc');
  for (const partition of ['pci/sda/sda1', 'usb/sdb/sdb1'])
    writeFileSync(join(root, 'devices', partition, 'partition'), '1\n');
  device('9:0', 'virtual/md0');
  for (const part of ['pci/sda/sda1', 'pci/sdc'])
    link(`devices/virtual/md0/slaves/${part.split('/').at(-1)}`, `devices/${part}`);
  device('252:0', 'virtual/dm-0');
  link('devices/virtual/dm-0/slaves/md0', 'devices/virtual/md0');
  mkdirSync(join(root, 'devices/virtual/dm-0/dm'));
  writeFileSync(join(root, 'devices/virtual/dm-0/dm/name'), 'vg1-volume_1\n');
  for (const name of ['sdb1', 'sdc'])
    link(`fs/btrfs/1111/devices/${name}`, `devices/${name === 'sdc' ? 'pci/sdc' : 'usb/sdb/sdb1'}`);
  link('fs/btrfs/2222/devices/dm-0', 'devices/virtual/dm-0');
}

const mount = (type: string, source: string): Mount => ({
  id: 1,
  device: '0:50',
  point: '/m',
  type,
  source,
  options: new Set(),
});

describe('the disks under a folder', () => {
  beforeEach(() => makeSystem(temp.path));

  it.each<[string, string, Mount | null, string[] | null]>([
    ['of a whole disk', '8:32', null, ['sdc']],
    ['of a partition', '8:17', null, ['sdb']],
    ['of a mirror of a partition and a disk', '9:0', null, ['sda', 'sdc']],
    ['of a volume on that mirror', '252:0', null, ['sda', 'sdc']],
    ['of a btrfs on two disks', '0:50', mount('btrfs', '/dev/sdb1'), ['sdb', 'sdc']],
    ['of a btrfs on a logical volume', '0:50', mount('btrfs', '/dev/vg1/volume_1'), ['sda', 'sdc']],
    ['of the same by its other name', '0:50', mount('btrfs', '/dev/mapper/vg1-volume_1'), ['sda', 'sdc']],
    ['of a btrfs that the kernel does not list', '0:50', mount('btrfs', '/dev/sdz1'), null],
    ['of a pool', '0:50', mount('fuse.mergerfs', '/dev/sdb1:/dev/sdc'), null],
    ['of a share', '0:50', mount('nfs4', 'nas:/videos'), null],
    ['of what is not known', '0:50', null, null],
  ])('%s', async (_, device, on, disks) => {
    expect(await disksOfMount(on, device, temp.path)).toEqual(disks);
  });

  it.each([
    ['252:0', 'devices/virtual/dm-0/slaves'],
    ['8:32', 'devices/pci/sdc/slaves'],
    ['8:32', 'devices/pci/sdc/loop'],
    ['8:17', 'devices/usb/sdb/sdb1/partition'],
  ])(
    'of %s are not told where %s cannot be asked: it would pass for a disk of its own',
    async (device, at) => {
      rmSync(join(temp.path, at), { recursive: true, force: true });
      makeClosedPath(join(temp.path, at));
      await expect(disksOfMount(null, device, temp.path)).rejects.toThrow('ELOOP');
    },
  );

  it('are one file system’s for two of its folders', async () => {
    expect(compareDisks(await readDiskFacts(temp.path), await readDiskFacts('/tmp'))).toBe('same');
  });

  const isSkipped = skippedBecause('The disk under a folder', noLoopDisksBecause);
  it.skipIf(isSkipped)('of a disk image in memory are not known, and so count as one with any', async () => {
    await using disk = await makeLoopDisk('ext4', 8);
    expect(await readDiskFacts(disk.root)).toMatchObject({ disks: null });
    expect(compareDisks(await readDiskFacts(disk.root), await readDiskFacts('/'))).toBe('unknown');
  });
});
