import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutgoingFile } from '#core/ports/location.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { prepareDrive } from '#tests/support/drive.ts';
import { makeErrorDisk, makeWornDisk, noErrorDisksBecause } from '#tests/support/error-disk.ts';
import { skippedBecause } from '#tests/support/loop-disk.ts';
import { bring, findingsOf, makeFiles, presenceOf } from '#tests/support/place-files.ts';
import { recordFigures } from '#tests/support/reliability.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const section = 'Drives';
const pool = useHashPool();
const temp = useTempFolder();
const never = new AbortController().signal;
const mebibyte = 2 ** 20;

describe.skipIf(skippedBecause(`${section}: errors`, noErrorDisksBecause))(
  'a drive that gives errors',
  () => {
    it('is never said to have lost or damaged anything; when it is well again, all is as before', async () => {
      await using disk = await makeErrorDisk(96);
      const drive = await prepareDrive(disk.root, pool);
      const files = makeFiles(temp.path, 3, 2 * mebibyte);
      expect(await bring(drive, files)).toEqual(files.map(() => 'stored'));
      await disk.unmount();
      await disk.mount();
      expect(await presenceOf(drive)).toBe('present');
      await disk.failReads(true);
      for (const finding of await findingsOf(drive, files)) expect(finding).toMatch(/^(io|unreachable)$/);
      for (const outcome of await bring(drive, makeFiles(temp.path, 2, 3 * mebibyte))) {
        expect(outcome).toMatch(/^failed: (io|read-only|unreachable)$/);
      }
      await disk.failReads(false);
      await disk.unmount();
      await disk.mount();
      expect(await findingsOf(drive, files)).toEqual(files.map(() => 'good'));
      recordFigures(section, [
        { what: 'errors while copies are read', figure: 'none taken for lost or damaged' },
      ]);
    });

    it('below one file alone lets good bytes take its place, without that it is ever read', async () => {
      await using disk = await makeWornDisk(48);
      const drive = await prepareDrive(disk.root, pool);
      const files = makeFiles(temp.path, 3, 2 * mebibyte);
      expect(await bring(drive, files)).toEqual(files.map(() => 'stored'));
      const [worn, ...others] = files as [OutgoingFile, ...OutgoingFile[]];
      await disk.wearOut(join(disk.root, worn.path));
      expect(await findingsOf(drive, files)).toEqual(['io', ...others.map(() => 'good')]);
      expect(await drive.replaceUnproven(worn, { signal: never })).toMatchObject({
        ...{ kind: 'stored', proof: 'read-back' },
      });
      expect(readdirSync(join(disk.root, 'quarantine'))).toHaveLength(1);
      await disk.unmount();
      await disk.mount();
      expect(await findingsOf(drive, files)).toEqual(files.map(() => 'good'));
      recordFigures(section, [{ what: 'a bad sector below a copy', figure: 'a good one in its place' }]);
    });
  },
);
