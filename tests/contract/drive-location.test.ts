import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openDrive } from '#tests/support/drive.ts';
import { makeExfatDisk, noExfatDisksBecause } from '#tests/support/exfat-disk.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { behindTheBackOf } from '#tests/support/place-behind.ts';
import { fillUp } from '#tests/support/small-disk.ts';
import { describeLocation } from './location.contract.ts';

const pool = useHashPool();

describeLocation('on a folder', async (root) => ({
  ...behindTheBackOf(root),
  proves: 'at-once',
  role: 'drive',
  as: (identity) => openDrive(root, identity, pool),
  disconnect: () => rename(root, `${root}-away`),
  reconnect: () => rename(`${root}-away`, root),
}));

if (!skippedBecause('The drive on ext4', noLoopDisksBecause)) {
  describeLocation('on a drive with ext4', async () => {
    const disk = await makeLoopDisk('ext4', 24);
    return {
      ...behindTheBackOf(disk.root),
      proves: 'at-once',
      role: 'drive',
      as: (identity) => openDrive(disk.root, identity, pool),
      disconnect: () => disk.unmount(),
      reconnect: () => disk.mount(),
      fill: async () => fillUp(join(disk.root, 'filler')),
      makeRoom: () => rm(join(disk.root, 'filler')),
      makeReadOnly: () => disk.turnReadOnly(),
      close: () => disk[Symbol.asyncDispose](),
    };
  });
}

if (!skippedBecause('The drive on exFAT', noExfatDisksBecause)) {
  describeLocation('on a drive with exFAT', async () => {
    const disk = await makeExfatDisk(24);
    return {
      ...behindTheBackOf(disk.root),
      proves: 'at-once',
      role: 'drive',
      as: (identity) => openDrive(disk.root, identity, pool),
      disconnect: () => disk.pull(),
      async reconnect() {
        await disk.unmount();
        await disk.mount();
      },
      fill: async () => fillUp(join(disk.root, 'filler')),
      makeRoom: () => rm(join(disk.root, 'filler')),
      async makeReadOnly() {
        await disk.unmount();
        await disk.mount(['ro']);
      },
      close: () => disk[Symbol.asyncDispose](),
    };
  });
}
