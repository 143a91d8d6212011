import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import {
  countSaid,
  makeInstallationOn,
  type PlaceName,
  putVideo,
  untilHeld,
  untilNoTrouble,
  untilTrouble,
  watchPage,
} from '#tests/support/failing-place.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import { findFaults, findTorn } from '#tests/support/oracle.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';

const isSkipped = skippedBecause('Disks that turn read-only', noLoopDisksBecause);

interface Case {
  readonly what: string;
  readonly places: readonly PlaceName[];
  readonly words: RegExp;
}

const cases: readonly Case[] = [
  {
    what: 'the disk with the videos',
    places: ['vault'],
    words: /^The disk with your videos can only be read at the moment\./,
  },
  {
    what: 'the disk with the settings and the catalogue',
    places: ['config'],
    words: /^The disk with Reelhold’s settings can only be read at the moment\./,
  },
  { what: 'the disk with all of it', places: ['vault', 'config'], words: /can only be read at the moment\./ },
];

describe.skipIf(isSkipped).concurrent('a disk that turns read-only while the daemon runs', () => {
  it.each(faultScope === 'all' ? cases : cases.slice(0, 1))(
    '($what) is named on the page, which stays up; what waits is left alone, and is taken when it can be written to again',
    { timeout: 300_000 },
    async ({ what, places, words }) => {
      await using disk = await makeLoopDisk('ext4', 256);
      await using installation = await makeInstallationOn(disk.root, places);
      await using daemon = await startDaemon(installation);
      const first = await putVideo(installation, 'first.mp4');
      await untilHeld(daemon, [first]);
      const page = watchPage(installation);

      await disk.turnReadOnly();
      const second = await putVideo(installation, 'second.mp4');
      const said = await untilTrouble(daemon, words);
      expect(await daemon.api.page()).toContain(said.slice(0, said.indexOf('.')));
      await sleep(faultScope === 'all' ? 22_000 : 1_000); // two more tries
      expect(countSaid(daemon, said)).toBe(1);
      expect(await readdir(installation.inbox)).toContain('second.mp4');
      const listed = await daemon.api.versions();
      expect(listed.map(({ digest }) => digest)).toEqual([first.digest]);
      expect(digestOf(await daemon.api.content(listed[0]?.id ?? ''))).toBe(first.digest);
      if (!places.includes('config')) {
        const status = await runCli(installation, 'status');
        expect(status).toMatchObject({ code: 3, output: expect.stringMatching(/can only be read/) });
      }

      await page[Symbol.asyncDispose]();
      expect(page.failures).toEqual([]);

      // What the owner does about it, while the daemon runs on.
      await disk.unmount();
      await disk.mount();
      await untilHeld(daemon, [first, second]);
      await untilNoTrouble(daemon);
      expect(await findFaults(installation, [first, second], await daemon.api.versions())).toEqual([]);
      expect(await findTorn(installation)).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      recordFigures('Disks that turn read-only', [{ what, figure: 'said, survived, went on by itself' }]);
    },
  );
});
