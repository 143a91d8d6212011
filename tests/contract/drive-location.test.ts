import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openDrive } from '#tests/support/drive.ts';
import { type ExfatDisk, makeExfatDisk, noExfatDisksBecause } from '#tests/support/exfat-disk.ts';
import { type LoopDisk, makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { behindTheBackOf } from '#tests/support/place-behind.ts';
import { fillUp } from '#tests/support/small-disk.ts';
import { describeLocation } from './location.contract.ts';
import type { OpenHarness } from './location-setting.ts';

const pool = useHashPool();
const sizeMebibytes = 24;

describeLocation('on a folder', async (root) => ({
  ...behindTheBackOf(root),
  proves: 'at-once',
  role: 'drive',
  as: (identity) => openDrive(root, identity, pool),
  disconnect: () => rename(root, `${root}-away`),
  reconnect: () => rename(`${root}-away`, root),
}));

interface Trouble<Disk> {
  pull(disk: Disk): Promise<void>;
  plugIn(disk: Disk): Promise<void>;
  turnReadOnly(disk: Disk): Promise<void>;
}

/** Each test has a folder of its own on one disk; a disk that a test has spoiled is made anew. */
function onDisk<Disk extends LoopDisk | ExfatDisk>(
  make: () => Promise<Disk>,
  trouble: Trouble<Disk>,
): OpenHarness {
  let disk: Disk | null = null;
  const dispose = async () => {
    await disk?.[Symbol.asyncDispose]();
    disk = null;
  };
  afterAll(dispose);
  return async () => {
    disk ??= await make();
    const own = disk;
    let isSpoiled = false;
    const root = await mkdtemp(join(own.root, 'place-'));
    return {
      ...behindTheBackOf(root),
      proves: 'at-once',
      role: 'drive',
      as: (identity) => openDrive(root, identity, pool),
      disconnect: () => trouble.pull(own),
      reconnect: () => trouble.plugIn(own),
      fill: async () => fillUp(join(own.root, 'filler')),
      makeRoom: () => rm(join(own.root, 'filler')),
      async makeReadOnly() {
        isSpoiled = true;
        await trouble.turnReadOnly(own);
      },
      close: () => (isSpoiled ? dispose() : rm(root, { recursive: true })),
    };
  };
}

if (!skippedBecause('The drive on ext4', noLoopDisksBecause)) {
  const open = onDisk(() => makeLoopDisk('ext4', sizeMebibytes), {
    pull: (disk) => disk.unmount(),
    plugIn: (disk) => disk.mount(),
    turnReadOnly: (disk) => disk.turnReadOnly(),
  });
  describeLocation('on a drive with ext4', open);
}

if (!skippedBecause('The drive on exFAT', noExfatDisksBecause)) {
  const open = onDisk(() => makeExfatDisk(sizeMebibytes), {
    pull: (disk) => disk.pull(),
    async plugIn(disk) {
      await disk.unmount();
      await disk.mount();
    },
    async turnReadOnly(disk) {
      await disk.unmount();
      await disk.mount(['ro']);
    },
  });
  describeLocation('on a drive with exFAT', open);
}
