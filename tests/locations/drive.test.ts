import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatMark } from '#core/archive-format.ts';
import type { DriveTraits } from '#core/judge-place.ts';
import { createDriveLocation } from '#locations/drive.ts';
import { readDriveTraits } from '#locations/drive-traits.ts';
import { createDiskWork } from '#store/disk-work.ts';
import { flipBytes } from '#tests/support/damage.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openDrive, papers } from '#tests/support/drive.ts';
import { makeExfatDisk, noExfatDisksBecause } from '#tests/support/exfat-disk.ts';
import { makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import {
  bring,
  findingsOf,
  makeFile,
  makeFiles,
  marksOf,
  placeIdentity,
  presenceOf,
} from '#tests/support/place-files.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const temp = useTempFolder();
const never = new AbortController().signal;
const driveAt = (root: string, known: DriveTraits | null = null) =>
  openDrive(root, placeIdentity, pool, known);

async function prepared(root: string, known: DriveTraits | null = null) {
  const drive = driveAt(root, known);
  await drive.prepare(marksOf(placeIdentity), never);
  return drive;
}

const namesBelow = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe('a folder that becomes a drive', () => {
  it('gets what a person needs who knows nothing of Reelhold', async () => {
    await prepared(temp.path);
    expect(readFileSync(join(temp.path, 'README.txt'), 'utf8')).toBe(papers.readme);
    expect(readFileSync(join(temp.path, 'restore.sh'), 'utf8')).toBe(papers.restoreScript);
    expect(namesBelow(temp.path)).toEqual(
      [
        'README.txt',
        'archive.json',
        'blobs',
        'blobs/sha256',
        'index',
        'journal',
        'location.json',
        'restore.sh',
        'staging',
      ].sort(),
    );
  });

  it.each(['README.txt', 'readme.TXT', 'restore.sh', 'blobs', 'OPEN-ME.html'])(
    'is refused where somebody’s own %s stands, which stays as it is',
    async (name) => {
      writeFileSync(join(temp.path, name), 'mine');
      await expect(prepared(temp.path)).rejects.toMatchObject({ kind: 'unsupported' });
      expect(readFileSync(join(temp.path, name), 'utf8')).toBe('mine');
      expect(readdirSync(temp.path)).toEqual([name]);
    },
  );

  it('may have other things of its owner’s in it', async () => {
    writeFileSync(join(temp.path, 'holiday.jpg'), 'mine');
    expect(await presenceOf(await prepared(temp.path))).toBe('present');
    expect(readFileSync(join(temp.path, 'holiday.jpg'), 'utf8')).toBe('mine');
  });

  it('is never made, as it may be missing only because the drive is', async () => {
    const root = join(temp.path, 'drive');
    await expect(prepared(root)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(readdirSync(temp.path)).toEqual([]);
  });

  it('is finished where preparing it was cut off, maybe by an older version', async () => {
    await prepared(temp.path);
    await rm(join(temp.path, 'archive.json'));
    writeFileSync(join(temp.path, 'restore.sh'), '# of an older version');
    expect(await presenceOf(driveAt(temp.path))).toBe('not-prepared');
    expect(await presenceOf(await prepared(temp.path))).toBe('present');
    expect(readFileSync(join(temp.path, 'restore.sh'), 'utf8')).toBe(papers.restoreScript);
  });
});

describe('a drive', () => {
  it('is cleared of what a crash of this installation left, and of nothing else', async () => {
    const drive = await prepared(temp.path);
    const uuid = '0198f2a0-1111-4222-8333-444455556666';
    const others = [
      `ba9876543210-${uuid}.part`,
      `0123456789ab-${uuid}.mp4`,
      '0123456789ab-notes.part',
      `x-${uuid}.part`,
    ];
    for (const name of [...others, `0123456789ab-${uuid}.part`])
      writeFileSync(join(temp.path, 'staging', name), '');
    expect(await bring(drive, [makeFile(temp.path, 'bytes')])).toEqual(['stored']);
    expect(readdirSync(join(temp.path, 'staging')).sort()).toEqual(others.sort());
  });

  it('keeps aside what was replaced, and replaces nothing that is good', async () => {
    const drive = await prepared(temp.path);
    const file = makeFile(temp.path, 'good bytes');
    await bring(drive, [file]);
    expect(await drive.replaceUnproven(file, { signal: never })).toMatchObject({
      kind: 'there',
      proof: 'read-back',
    });
    flipBytes(join(temp.path, file.path), 0);
    expect(await drive.replaceUnproven(file, { signal: never })).toMatchObject({
      kind: 'stored',
      proof: 'read-back',
    });
    const kept = readdirSync(join(temp.path, 'quarantine'));
    expect(
      kept.map((name) =>
        readFileSync(join(temp.path, 'quarantine', name))
          .subarray(1)
          .toString(),
      ),
    ).toEqual(['ood bytes']);
    expect(await findingsOf(drive, [file])).toEqual(['good']);
  });

  it('gives way to good bytes where it cannot be read: to be kept aside it is only renamed', async () => {
    const file = makeFile(temp.path, 'good bytes');
    await bring(await prepared(temp.path), [file]);
    const work = createDiskWork(pool);
    const drive = createDriveLocation({
      ...{ root: temp.path, identity: placeIdentity, known: null, homes: [], papers },
      work: {
        ...work,
        hashFromMedium: (path, context) =>
          path.endsWith(file.path)
            ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
            : work.hashFromMedium(path, context),
      },
    });
    expect(await findingsOf(drive, [file])).toEqual(['io']);
    expect(await drive.replaceUnproven(file, { signal: never })).toMatchObject({
      kind: 'stored',
      proof: 'read-back',
    });
    expect(readdirSync(join(temp.path, 'quarantine'))).toHaveLength(1);
    expect(await findingsOf(driveAt(temp.path), [file])).toEqual(['good']);
  });

  it('is taken over only by somebody who says so', async () => {
    await prepared(temp.path);
    const taken = { ...placeIdentity, generation: 2, writer: 'ba9876543210' };
    expect(await presenceOf(openDrive(temp.path, taken, pool))).toBe('another-writer');
    const { location } = marksOf(taken);
    await driveAt(temp.path).putMutable('location.json', Buffer.from(formatMark(location)), never);
    expect(await presenceOf(openDrive(temp.path, taken, pool))).toBe('present');
    expect(await presenceOf(driveAt(temp.path))).toBe('another-writer');
  });

  it('does not list what Macs leave beside every file', async () => {
    const drive = await prepared(temp.path);
    await bring(drive, [makeFile(temp.path, 'segment', 'journal/segment.jsonl')]);
    writeFileSync(join(temp.path, 'journal', '._segment.jsonl'), 'Mac');
    writeFileSync(join(temp.path, 'journal', '.DS_Store'), 'Mac');
    const listed: string[] = [];
    for await (const { path } of drive.list('journal', never)) listed.push(path);
    expect(listed).toEqual(['journal/segment.jsonl']);
  });

  it.each(['../outside', '/etc/passwd', 'blobs//x', 'blobs/./x', ''])('never reads %j', async (path) => {
    const drive = await prepared(temp.path);
    await expect(drive.read(path, never)).rejects.toThrow(RangeError);
    await expect(
      drive.fetch({ path, sizeBytes: 0, digest: makeFile(temp.path, '').digest }, join(temp.path, 'to'), {
        signal: never,
      }),
    ).rejects.toThrow(RangeError);
  });
});

describe.skipIf(skippedBecause('Drives that come and go', noLoopDisksBecause))(
  'a drive on a disk of its own',
  () => {
    it('is told from the empty folder that it leaves behind, which nothing is written to', async () => {
      await using disk = await makeLoopDisk('ext4', 16);
      const known = await readDriveTraits(disk.root, []);
      expect(known).toMatchObject({ isMountPoint: true, isApart: true });
      const drive = await prepared(disk.root, known);
      await disk.unmount();
      expect(await presenceOf(drive)).toBe('empty-mount-point');
      expect(await bring(drive, [makeFile(temp.path, 'bytes')])).toEqual(['failed: unreachable']);
      await expect(drive.prepare(marksOf(placeIdentity), never)).rejects.toMatchObject({
        kind: 'unreachable',
      });
      await expect(drive.putMutable('README.txt', Buffer.from(''), never)).rejects.toMatchObject({
        kind: 'unreachable',
      });
      expect(readdirSync(disk.root)).toEqual([]);
      await disk.mount();
      expect(await presenceOf(drive)).toBe('present');
    });

    it('is told from a copy of it on another disk, file by file', async () => {
      await using disk = await makeLoopDisk('ext4', 16);
      await using other = await makeLoopDisk('ext4', 16);
      const known = await readDriveTraits(disk.root, []);
      expect(Object.keys(known.ids)).toEqual(['uuid', 'fsid']);
      await prepared(disk.root, known);
      await cp(disk.root, other.root, {
        recursive: true,
        force: true,
        filter: (path) => !path.includes('lost+found'),
      });
      expect(await presenceOf(driveAt(other.root, known))).toBe('clone');
      expect(await presenceOf(driveAt(other.root))).toBe('present'); // what was never noted is not claimed
      expect(await presenceOf(driveAt(disk.root, known))).toBe('present');
    });

    it('stays the one that was looked at, when it is unmounted and another one shows while files are brought', async () => {
      await using disk = await makeLoopDisk('ext4', 128);
      const drive = await prepared(disk.root);
      const files = makeFiles(temp.path, 6, 8 * 2 ** 20);
      let isUnplugged: Promise<void> | null = null;
      const onProgress = () => {
        isUnplugged ??= disk.unplug();
      };
      const outcomes = await drive.put(files, { signal: never, onProgress });
      await isUnplugged;
      expect(readdirSync(disk.root)).toEqual([]);
      await disk.mount();
      const stored = files.filter((_, index) => outcomes[index]?.kind === 'stored');
      expect(await findingsOf(drive, stored)).toEqual(stored.map(() => 'good'));
    });

    it('finds what the medium lost, whatever the cache remembers', async () => {
      await using disk = await makeLoopDisk('ext4', 32);
      const drive = await prepared(disk.root);
      const file = makeFile(temp.path, Buffer.alloc(2 ** 20, 'bytes of a video '));
      await bring(drive, [file]);
      readFileSync(join(disk.root, file.path)); // now it is cached
      flipOnMedium(join(disk.root, '..', 'image'), 'bytes of a video bytes of a video ');
      expect(readFileSync(join(disk.root, file.path)).toString('latin1')).not.toContain('\u009d');
      expect(await findingsOf(drive, [file])).toEqual(['corrupt']);
    });
  },
);

describe.skipIf(skippedBecause('The drive on exFAT', noExfatDisksBecause))('a drive with exFAT', () => {
  it('finds what the medium lost, whatever the caches of the file and of the device remember', async () => {
    await using disk = await makeExfatDisk(32);
    const drive = await prepared(disk.root);
    const file = makeFile(temp.path, Buffer.alloc(2 ** 20, 'bytes of a video '));
    await bring(drive, [file]);
    const before = readFileSync(join(disk.root, file.path));
    flipOnMedium(disk.image, 'bytes of a video bytes of a video ');
    // Past the file's own cache the device's cache still has the old bytes: that alone proves nothing.
    execFileSync('dd', [`if=${join(disk.root, file.path)}`, 'iflag=nocache', 'count=0', 'status=none']);
    expect(readFileSync(join(disk.root, file.path)).equals(before)).toBe(true);
    expect(await findingsOf(drive, [file])).toEqual(['corrupt']);
  });

  it('proves nothing where what lies below cannot be reached, and says why', async () => {
    await using disk = await makeExfatDisk(32, 'out of reach');
    const drive = await prepared(disk.root);
    const file = makeFile(temp.path, 'bytes');
    expect(await drive.put([file], { signal: never })).toEqual([{ kind: 'stored', proof: null, hashes: {} }]);
    expect(await findingsOf(drive, [file])).toEqual(['unsupported']);
    expect(await drive.put([file], { signal: never })).toEqual([{ kind: 'there', proof: null, hashes: {} }]);
  });

  it('has an id that tells it from another one', async () => {
    await using disk = await makeExfatDisk(16);
    await using other = await makeExfatDisk(16);
    const known = await readDriveTraits(disk.root, []);
    expect(known.ids).toEqual({ uuid: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/) });
    await prepared(disk.root, known);
    await mkdir(join(other.root, 'copy'));
    for (const name of ['archive.json', 'location.json'])
      await cp(join(disk.root, name), join(other.root, name));
    expect(await presenceOf(driveAt(other.root, known))).toBe('clone');
    await disk.unmount();
    expect(await presenceOf(driveAt(disk.root, known))).toBe('empty-mount-point');
    await disk.mount();
    expect(await presenceOf(driveAt(disk.root, known))).toBe('present');
  });
});

/** Turns a byte over on the medium itself, below all caches. */
function flipOnMedium(image: string, text: string): void {
  const at = readFileSync(image).indexOf(text);
  expect(at).toBeGreaterThan(0);
  flipBytes(image, at + 5000);
}
