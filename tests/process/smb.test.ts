import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  startDaemon,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { noSambaBecause, type Share, shareFolder } from '#tests/support/samba.ts';
import { until } from '#tests/support/until.ts';

if (noSambaBecause !== null)
  console.warn(`The tests of uploads into an SMB share are skipped: ${noSambaBecause}.`);

const mebibyte = 2 ** 20;

describe.skipIf(noSambaBecause !== null)('a clip that is uploaded into the shared inbox', () => {
  let installation: Installation;
  let share: Share;
  let daemon: DaemonProcess;
  beforeAll(async () => {
    // Longer than the pauses of a client on a machine that is busy.
    installation = await makeInstallation({ REELHOLD_QUIET_SECONDS: '3' });
    share = await shareFolder(installation.inbox, join(installation.folder, 'samba'));
    daemon = await startDaemon(installation);
  });
  afterAll(async () => {
    await share[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  const versionsOf = async (name: string) =>
    (await daemon.api.versions()).filter((version) => version.name === name);
  const untilTaken = (name: string) =>
    until(`${name} in the vault`, async () => (await versionsOf(name)).length > 0, 60_000);
  const expectTakenOnce = async (name: string, bytes: Buffer) => {
    await untilTaken(name);
    expect(await versionsOf(name)).toMatchObject([{ number: 1, digest: digestOf(bytes) }]);
    const sources: Source[] = [{ path: name, digest: digestOf(bytes) }];
    expect(await findFaults(installation, sources, null)).toEqual([]);
    await until('the inbox is empty', async () => !(await readdir(installation.inbox)).includes(name));
  };

  it('in one go is in the vault, byte for byte', async () => {
    const bytes = someBytes(5 * mebibyte);
    const client = share.upload('Quick clip é 🎬.mp4');
    client.stdin?.end(bytes);
    await succeeds(client);
    await expectTakenOnce('Quick clip é 🎬.mp4', bytes);
  });

  it('slowly is taken once, and whole', async () => {
    const bytes = someBytes(5 * mebibyte);
    const client = share.upload('Slow clip.mp4');
    for (let part = 0; part < 10; part += 1) {
      client.stdin?.write(bytes.subarray((part * mebibyte) / 2, ((part + 1) * mebibyte) / 2));
      await sleep(500);
      expect(await versionsOf('Slow clip.mp4')).toEqual([]);
    }
    client.stdin?.end();
    await succeeds(client);
    await expectTakenOnce('Slow clip.mp4', bytes);
  });

  it('as Explorer does it, with the full size from the start, is taken once, and whole', async () => {
    const bytes = someBytes(6 * mebibyte);
    const client = share.uploadAsExplorer('From Windows.mp4', 800);
    client.stdin?.end(bytes);
    const file = join(installation.inbox, 'From Windows.mp4');
    await until('the full size', async () => (await sizeOf(file)) === bytes.length);
    expect(client.exitCode).toBeNull();
    await succeeds(client);
    await expectTakenOnce('From Windows.mp4', bytes);
  });

  it('and cut off in the middle waits, or is taken as it stands; a new upload then brings the whole', async () => {
    const bytes = someBytes(6 * mebibyte);
    const file = join(installation.inbox, 'Cut off.mp4');
    const client = share.uploadAsExplorer('Cut off.mp4', 800);
    client.stdin?.end(bytes);
    await until('the file', async () => (await sizeOf(file)) > 0);
    await sleep(900);
    client.kill('SIGKILL');
    await once(client, 'close');
    await sleep(500);
    const asItStands = await readFile(file);
    expect(digestOf(asItStands)).not.toBe(digestOf(bytes));
    await sleep(4_500);
    const taken = (await versionsOf('Cut off.mp4')).map(({ digest }) => digest);
    expect([[], [digestOf(asItStands)]]).toContainEqual(taken);
    const again = share.upload('Cut off.mp4');
    again.stdin?.end(bytes);
    await succeeds(again);
    await until(
      'the whole clip',
      async () => (await versionsOf('Cut off.mp4')).some(({ digest }) => digest === digestOf(bytes)),
      60_000,
    );
    const newest = (await versionsOf('Cut off.mp4')).reduce((a, b) => (a.number > b.number ? a : b));
    expect(newest.digest).toBe(digestOf(bytes));
  });
});

async function succeeds(client: ChildProcess): Promise<void> {
  if (client.exitCode === null) await once(client, 'close');
  expect(client.exitCode).toBe(0);
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
