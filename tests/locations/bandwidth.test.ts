import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#clock.ts';
import { readTimetable, type Timetable, timetableOf } from '#core/bandwidth.ts';
import { createLocalTime } from '#core/local-time.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { createRclone } from '#locations/rclone.ts';
import { createThrottle } from '#locations/throttle.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openDrive } from '#tests/support/drive.ts';
import { bring, makeFile, makeFiles, marksOf, placeIdentity } from '#tests/support/place-files.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { openEncryptedTestRemote, openTestRemote } from '#tests/support/test-remote.ts';

const temp = useTempFolder();
const pool = useHashPool();
const never = new AbortController().signal;
const mebibyte = 1024 ** 2;
const below = (name: string) => {
  const folder = join(temp.path, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};
const msOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = systemClock.monotonicMs();
  await work();
  return systemClock.monotonicMs() - startedMs;
};
const sections = () => ({ server: { type: 'alias', remote: below('server') } });
/** rclone that also notes its arguments, one call a line. */
const notingRclone = () => {
  const binary = join(temp.path, 'rclone');
  writeFileSync(
    binary,
    `#!/bin/sh\nprintf '%s ' "$@" >>'${temp.path}/calls'\necho >>'${temp.path}/calls'\nexec rclone "$@"\n`,
  );
  chmodSync(binary, 0o755);
  return binary;
};
const callsOf = (verb: string) =>
  readFileSync(join(temp.path, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.split(' ').includes(verb));

const limitsThatWeTake = [
  ...[
    '512',
    '100b',
    '1.5M',
    '2G',
    '1T',
    '10M:1M',
    'off:1M',
    '08:00,512k 23:00,off',
    '23:00,off 08:00,10M:100k',
  ],
  ...['Mon-08:00,1M Sat-00:00,off', 'saturday-00:00,off mon-08:00,1m'],
];

describe('a remote with a limit', { timeout: 120_000 }, () => {
  it('takes at least the time that it must', async () => {
    const remote = { configDir: below('config'), sections: sections(), root: 'server:archive' };
    const place = (await openTestRemote({ ...remote, bandwidth: '00:00,1M 12:00,1M' }))(placeIdentity);
    await place.prepare(marksOf(placeIdentity), never);
    const file = makeFile(temp.path, Buffer.alloc(2 * mebibyte, 'video'));
    expect(await msOf(async () => expect(await bring(place, [file])).toEqual(['stored']))).toBeGreaterThan(
      1_700,
    );
  });

  it.each([
    ['Asia/Tokyo', 'as it is'],
    ['Asia/Tokyo', 'backwards'],
    ['America/New_York', 'as it is'],
  ])('goes by the time of day of %s, wherever rclone runs, the list %s', async (timeZone, order) => {
    const hour = Math.floor(createLocalTime(timeZone)(Date.now()).minute / 60);
    const at = (hours: number) => `${String((hour + hours + 24) % 24).padStart(2, '0')}:00`;
    const limits = [`${at(-1)},700K`, `${at(2)},300K`];
    const bandwidth = (order === 'backwards' ? limits.toReversed() : limits).join(' ');
    const rclone = createRclone({
      ...{ binary: 'rclone', searchPath: process.env.PATH ?? '', configDir: below('config'), secrets: [] },
      ...{ clock: systemClock, timeZone, bandwidth },
    });
    const said: string[] = [];
    const call = {
      signal: never,
      operation: 'list',
      object: 'it',
      onLine: ({ text }: { text: string }) => said.push(text),
    };
    await rclone.require(['lsjson', '--', below('server')], call);
    expect(said.join('\n')).toMatch(/bandwidth limiter at 700/);
  });

  it.each(limitsThatWeTake)('may have any limit that is taken: %s', async (bandwidth) => {
    expect(readTimetable(bandwidth)).toMatchObject({ kind: 'timetable' });
    const rclone = createRclone({
      ...{ binary: 'rclone', searchPath: process.env.PATH ?? '', configDir: below('config'), secrets: [] },
      ...{ clock: systemClock, timeZone: 'UTC', bandwidth },
    });
    await rclone.require(['lsjson', '--', below('server')], {
      signal: never,
      operation: 'list',
      object: 'it',
    });
  });

  it('has nothing held back that stays here: what is encrypted is on its way only after that', async () => {
    const remote = {
      configDir: below('config'),
      sections: sections(),
      root: 'server:archive',
      binary: notingRclone(),
    };
    const encrypted = {
      spoolDir: join(temp.path, 'spool'),
      ledger: createMemoryCipherLedger(),
      password: 'a password',
    };
    const open = await openEncryptedTestRemote({ ...remote, ...encrypted, bandwidth: '8M' });
    const place = open(placeIdentity);
    await place.prepare(marksOf(placeIdentity), never);
    expect(await bring(place, [makeFile(temp.path, 'a video')])).toEqual(['stored']);
    const isHere = (line: string) => line.includes('.draft-');
    const calls = [...callsOf('copy'), ...callsOf('hashsum')];
    expect(calls.filter(isHere).length).toBeGreaterThanOrEqual(2);
    for (const line of calls) expect(line.includes('--bwlimit=8M')).toBe(!isHere(line));
  });
});

describe('a drive with a limit', { timeout: 120_000 }, () => {
  const driveWith = async (timetable: Timetable | null) => {
    const localTime = createLocalTime('Europe/Berlin');
    const throttle =
      timetable === null ? undefined : createThrottle(timetable, { clock: systemClock, localTime });
    const drive = openDrive(below('drive'), placeIdentity, pool, null, throttle);
    await drive.prepare(marksOf(placeIdentity), never);
    return drive;
  };

  it('is written to no faster, by all files together', async () => {
    const drive = await driveWith(timetableOf('00:00,1M 12:00,1M'));
    const files = makeFiles(temp.path, 4, mebibyte / 2);
    const ms = await msOf(async () => expect(await bring(drive, files)).toEqual(Array(4).fill('stored')));
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(40_000);
  });

  it('lets go at once of what is called off', async () => {
    const drive = await driveWith(timetableOf('1K'));
    const controller = new AbortController();
    const putting = drive.put(makeFiles(temp.path, 2, mebibyte), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    const ms = await msOf(async () => {
      const kinds = (await putting).map((one) => (one.kind === 'failed' ? one.error.kind : one.kind));
      expect(kinds).toEqual(['aborted', 'aborted']);
    });
    expect(ms).toBeLessThan(30_000);
  });
});
