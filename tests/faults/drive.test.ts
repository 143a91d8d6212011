import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatIndexRow } from '#core/index-row.ts';
import type { Location, OutgoingFile, PutOutcome } from '#core/ports/location.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openDrive, prepareDrive } from '#tests/support/drive.ts';
import { type ExfatDisk, makeExfatDisk, noExfatDisksBecause } from '#tests/support/exfat-disk.ts';
import { type LoopDisk, makeLoopDisk, noLoopDisksBecause, skippedBecause } from '#tests/support/loop-disk.ts';
import {
  bring,
  findingsOf,
  hexOfFile,
  makeFile,
  makeFiles,
  marksOf,
  placeIdentity,
  presenceOf,
} from '#tests/support/place-files.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { faultScope, itInFull, recordFigures } from '#tests/support/reliability.ts';
import { installedShells, makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const section = 'Drives';
const pool = useHashPool();
const temp = useTempFolder();
const never = new AbortController().signal;
const mebibyte = 2 ** 20;

/** A disk, how its power is cut or its cable pulled, and how it comes back. */
interface Victim extends AsyncDisposable {
  readonly root: string;
  cut(): Promise<void>;
  comeBack(): Promise<void>;
}

const onLoop = async (fileSystem: 'ext4' | 'xfs', sizeMebibytes: number): Promise<Victim> => {
  const disk: LoopDisk = await makeLoopDisk(fileSystem, sizeMebibytes);
  return {
    root: disk.root,
    cut: () => disk.cutPower(),
    async comeBack() {
      await disk.unmount();
      await disk.mount();
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  };
};

const onExfat = async (): Promise<Victim> => {
  const disk: ExfatDisk = await makeExfatDisk(192);
  return {
    root: disk.root,
    cut: () => disk.pull(),
    async comeBack() {
      await disk.unmount();
      await disk.mount();
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  };
};

const victims: readonly (readonly [string, string | null, () => Promise<Victim>])[] = [
  ['exFAT', noExfatDisksBecause, onExfat],
  ['ext4', noLoopDisksBecause, () => onLoop('ext4', 192)],
  ['XFS', noLoopDisksBecause, () => onLoop('xfs', 320)],
];

/** Brings files until so many bytes are done, and then cuts. */
async function cutInTheMiddle(
  victim: Victim,
  drive: Location,
  files: readonly OutgoingFile[],
  afterBytes: number,
) {
  let cutting: Promise<void> | null = null;
  const onProgress = (bytesDone: number) => {
    if (bytesDone >= afterBytes) cutting ??= victim.cut();
  };
  const outcomes = await drive.put(files, { signal: never, onProgress });
  await (cutting ?? victim.cut());
  return outcomes;
}

/** No name stands for other bytes than its own, and what was said to be stored is good. */
async function expectNothingTorn(
  root: string,
  drive: Location,
  files: readonly OutgoingFile[],
  outcomes: readonly PutOutcome[],
): Promise<void> {
  for (const { path, digest } of files) {
    if (existsSync(join(root, path))) expect(`sha256:${await hexOfFile(join(root, path))}`).toBe(digest);
  }
  const stored = files.filter((_, index) => outcomes[index]?.kind === 'stored');
  expect(await findingsOf(drive, stored)).toEqual(stored.map(() => 'good'));
}

async function expectAllArrives(
  root: string,
  drive: Location,
  files: readonly OutgoingFile[],
): Promise<void> {
  const outcomes = await drive.put(files, { signal: never });
  expect(outcomes.every(({ kind }) => kind === 'stored' || kind === 'there')).toBe(true);
  expect(await findingsOf(drive, files)).toEqual(files.map(() => 'good'));
  expect(readdirSync(join(root, 'staging'))).toEqual([]);
}

for (const [name, reason, make] of victims) {
  describe.skipIf(skippedBecause(`${section}: ${name}`, reason))(`a drive with ${name}`, () => {
    const survive = async (afterBytes: number): Promise<PutOutcome[]> => {
      await using victim = await make();
      const drive = await prepareDrive(victim.root, pool);
      const files = makeFiles(temp.path, 8, 4 * mebibyte);
      const outcomes = await cutInTheMiddle(victim, drive, files, afterBytes);
      await victim.comeBack();
      expect(await presenceOf(drive)).toBe('present');
      await expectNothingTorn(victim.root, drive, files, outcomes);
      await expectAllArrives(victim.root, drive, files);
      return [...outcomes];
    };

    it('that is pulled in the middle of a copy says so, has nothing torn, and takes the rest when it is back', async () => {
      const outcomes = await survive(6 * mebibyte);
      const failed = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error] : []));
      expect(failed.length).toBeGreaterThan(0);
      for (const { kind, retryable, message } of failed) {
        expect(kind).toMatch(/^(unreachable|io|read-only)$/);
        expect(retryable).toBe(true);
        expect(message).not.toContain('/proc/');
      }
    });

    itInFull(
      'that is pulled at any moment of a copy has nothing torn, and takes the rest when it is back',
      async () => {
        const cuts = 20;
        for (let cut = 0; cut < cuts; cut += 1) await survive(Math.floor((cut / cuts) * 32 * mebibyte));
        recordFigures(section, [{ what: `pulled in the middle of a copy, ${name}`, figure: cuts }]);
      },
    );
  });
}

describe('a drive whose power is cut as soon as it is safe to unplug', () => {
  const rows = (files: readonly OutgoingFile[]) =>
    files.map(({ digest }, index) =>
      formatIndexRow({
        digest,
        ext: 'mp4',
        readablePath: `2026/Video ${index}/Video ${index}.mp4`,
        seq: index + 1,
      }),
    );
  /** Blobs, their index and a segment, as a real archive brings them. */
  const makeArchive = (count: number): { blobs: OutgoingFile[]; all: OutgoingFile[] } => {
    const blobs = makeFiles(temp.path, count, mebibyte);
    const index = makeFile(temp.path, `${rows(blobs).join('\n')}\n`, 'index/0123456789ab-000000000001.tsv');
    const segment = makeFile(temp.path, '{"seq":1}\n', 'journal/0123456789ab-000000000001.jsonl');
    return { blobs, all: [...blobs, index, segment] };
  };

  const onLoops = (['ext4', 'xfs'] as const).slice(0, faultScope === 'all' ? 2 : 1);
  it.skipIf(noLoopDisksBecause !== null).each(onLoops)('has every file, with %s', async (fileSystem) => {
    await using victim = await onLoop(fileSystem, fileSystem === 'xfs' ? 320 : 96);
    const drive = await prepareDrive(victim.root, pool);
    const { all } = makeArchive(20);
    expect(await bring(drive, all)).toEqual(all.map(() => 'stored'));
    await victim.cut();
    await victim.comeBack();
    expect(await findingsOf(drive, all)).toEqual(all.map(() => 'good'));
    recordFigures(section, [
      { what: `power cut after "safe to unplug", ${fileSystem}`, figure: 'all files good' },
    ]);
  });

  it.skipIf(noExfatDisksBecause !== null)(
    'has every file, with exFAT, and gives the readable tree by a shell alone',
    async () => {
      await using disk = await makeExfatDisk(96);
      const drive = await prepareDrive(disk.root, pool);
      const { blobs, all } = makeArchive(20);
      expect(await bring(drive, all)).toEqual(all.map(() => 'stored'));
      await using after = await disk.afterPowerCut();
      const found = openDrive(after.root, placeIdentity, pool);
      expect(await presenceOf(found)).toBe('present');
      expect(await findingsOf(found, all)).toEqual(all.map(() => 'good'));
      for (const shellName of installedShells) {
        const target = join(temp.path, `restored by ${shellName}`);
        const shell = makeBareShell(shellName, temp.path);
        const script = join(after.root, 'restore.sh');
        const { code, complained } = await runRestore(shell, { args: [target], cwd: temp.path, script });
        expect([code, complained]).toEqual([0, '']);
        expect(Object.keys(filesBelow(target)).length).toBe(blobs.length);
        for (const [index, { digest }] of blobs.entries()) {
          const path = join(target, `2026/Video ${index}/Video ${index}.mp4`);
          expect(`sha256:${await hexOfFile(path)}`).toBe(digest);
        }
      }
      recordFigures(section, [{ what: 'power cut after "safe to unplug", exFAT', figure: 'all files good' }]);
    },
  );
});

describe.skipIf(skippedBecause(section, noLoopDisksBecause))('a drive', () => {
  it('that runs full keeps what arrived, says so, and takes the rest when there is room', async () => {
    await using disk = await makeLoopDisk('ext4', 40);
    const drive = await prepareDrive(disk.root, pool);
    const files = makeFiles(temp.path, 10, 6 * mebibyte);
    const outcomes = await drive.put(files, { signal: never });
    const kinds = outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.kind : outcome.kind));
    expect(new Set(kinds)).toEqual(new Set(['stored', 'full']));
    await expectNothingTorn(disk.root, drive, files, outcomes);
    expect(readdirSync(join(disk.root, 'staging'))).toEqual([]);
    const stored = files.filter((_, index) => outcomes[index]?.kind === 'stored');
    await rm(join(disk.root, stored[0]?.path ?? ''));
    await rm(join(disk.root, stored[1]?.path ?? ''));
    const next = files.filter((_, index) => outcomes[index]?.kind === 'failed').slice(0, 2);
    expect(await bring(drive, next)).toEqual(['stored', 'stored']);
  });

  it('that turns read-only in the middle of a copy keeps what arrived, and can be read', async () => {
    await using disk = await makeLoopDisk('ext4', 96);
    const drive = await prepareDrive(disk.root, pool);
    const first = makeFiles(temp.path, 1, mebibyte);
    expect(await bring(drive, first)).toEqual(['stored']);
    const files = makeFiles(temp.path, 6, 4 * mebibyte);
    let turning: Promise<void> | null = null;
    const onProgress = () => {
      turning ??= disk.turnReadOnly();
    };
    const outcomes = await drive.put(files, { signal: never, onProgress });
    await turning;
    expect(await presenceOf(drive)).toBe('read-only');
    expect(await bring(drive, files.slice(-1))).toEqual(['failed: read-only']);
    expect(await findingsOf(drive, first)).toEqual(['good']);
    await disk.unmount();
    await disk.mount();
    await expectNothingTorn(disk.root, drive, files, outcomes);
    await expectAllArrives(disk.root, drive, files);
  });

  it('that was swapped for another one gets nothing, and neither does the other', async () => {
    await using disk = await makeLoopDisk('ext4', 24);
    await using other = await makeLoopDisk('ext4', 24);
    const drive = await prepareDrive(disk.root, pool);
    const second = { ...placeIdentity, location: '0198f2a0-0000-7000-8000-0000000000cc' };
    await prepareDrive(other.root, pool, second);
    const seen = openDrive(other.root, placeIdentity, pool);
    const before = Object.keys(filesBelow(other.root));
    const [file] = makeFiles(temp.path, 1, 1000);
    if (file === undefined) throw new Error('there is a file');
    expect(await presenceOf(seen)).toBe('another-place');
    expect(await bring(seen, [file])).toEqual(['failed: unreachable']);
    expect(await findingsOf(seen, [file])).toEqual(['unreachable']);
    await expect(seen.prepare(marksOf(placeIdentity), never)).rejects.toMatchObject({ kind: 'unsupported' });
    expect(Object.keys(filesBelow(other.root))).toEqual(before);
    expect(await bring(drive, [file])).toEqual(['stored']);
  });
});
