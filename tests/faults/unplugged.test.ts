import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startDaemon } from '#tests/support/daemon.ts';
import {
  countSaid,
  makeInstallationOn,
  putVideo,
  untilHeld,
  untilNoTrouble,
  untilTrouble,
  watchPage,
} from '#tests/support/failing-place.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { findFaults, findTorn } from '#tests/support/oracle.ts';
import { recordFigures } from '#tests/support/reliability.ts';

const section = 'Disks that are unplugged';
const isSkipped = skippedBecause(section, noLoopDisksBecause);

describe.skipIf(isSkipped)('a disk that is unplugged while nothing happens', () => {
  it('is missed within a minute; nothing is written where it was, and all goes on when it is back', {
    timeout: 300_000,
  }, async () => {
    await using disk = await makeLoopDisk('ext4', 256);
    await using installation = await makeInstallationOn(disk.root, ['vault']);
    await using daemon = await startDaemon(installation);
    const first = await putVideo(installation, 'first.mp4');
    await untilHeld(daemon, [first]);
    await using page = watchPage(installation);

    await disk.unplug();
    const said = await untilTrouble(daemon, /^The disk with your videos is not connected\./);
    const second = await putVideo(installation, 'second.mp4');
    await untilTrouble(daemon, /^The disk with your videos is not connected\./);
    expect(countSaid(daemon, said)).toBe(1);
    expect(await readdir(disk.root)).toEqual([]);
    expect(await readdir(installation.inbox)).toContain('second.mp4');
    expect((await daemon.api.versions()).map(({ digest }) => digest)).toEqual([first.digest]);

    await disk.mount();
    await untilHeld(daemon, [first, second]);
    await untilNoTrouble(daemon);
    expect(page.failures).toEqual([]);
    expect(await findFaults(installation, [first, second], await daemon.api.versions())).toEqual([]);
    expect(await findTorn(installation)).toEqual([]);
    expect(await daemon.stop()).toBe(0);
    recordFigures(section, [
      { what: 'the disk with the videos', figure: 'missed, and gone on with by itself' },
    ]);
  });
});
