import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  runCli,
  spawnDaemon,
  startDaemon,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { makeLargeFile } from '#tests/support/large-file.ts';
import { findFaults } from '#tests/support/oracle.ts';
import { until } from '#tests/support/until.ts';

const isHeld = async (daemon: DaemonProcess, bytes: Uint8Array) =>
  (await daemon.api.versions()).some(({ digest }) => digest === digestOf(bytes));
const untilHeld = (daemon: DaemonProcess, bytes: Uint8Array) =>
  until('the video on the page', () => isHeld(daemon, bytes), 60_000);

async function putVideo({ inbox }: Installation, name: string, bytes = someBytes()): Promise<Buffer> {
  await writeFile(join(inbox, name), bytes);
  return bytes;
}

describe('the daemon', () => {
  it('brings a video from the inbox to the API, byte for byte, and lets it be gone on with after a restart', async () => {
    await using installation = await makeInstallation();
    const bytes = someBytes(3_000_000);
    await using first = await startDaemon(installation);
    await putVideo(installation, 'My film.mp4', bytes);
    await untilHeld(first, bytes);
    const [version] = await first.api.versions();
    expect(version).toMatchObject({ name: 'My film.mp4', number: 1, sizeBytes: bytes.length });
    expect(await first.api.content(version?.id ?? '')).toEqual(bytes);
    expect(await first.stop()).toBe(0);
    const later = await putVideo(installation, 'Meanwhile.mp4');
    await using second = await startDaemon(installation);
    await untilHeld(second, later);
    const sources = [
      { path: 'My film.mp4', digest: digestOf(bytes) },
      { path: 'Meanwhile.mp4', digest: digestOf(later) },
    ];
    expect(await findFaults(installation, sources, await second.api.versions())).toEqual([]);
  });

  it('refuses to start on a vault that another one holds, says so, and disturbs nothing', async () => {
    await using installation = await makeInstallation();
    await using first = await startDaemon(installation);
    await using second = spawnDaemon(installation);
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/another Reelhold holds it \(process \d+ on .+, since .+\)/);
    expect(second.output()).toContain('Stop the other one first');
    await using elsewhere = await makeInstallation({ REELHOLD_VAULT: installation.vault });
    await using third = spawnDaemon(elsewhere);
    expect(await third.ended).toBe(1);
    const bytes = await putVideo(installation, 'clip.mp4');
    await untilHeld(first, bytes);
  });

  it('may start on a vault whose daemon was killed', async () => {
    await using installation = await makeInstallation();
    const first = await startDaemon(installation);
    await first.kill9();
    await using second = await startDaemon(installation);
    expect(await second.api.summary()).toMatchObject({ videosTotal: 0 });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly within 10 s of %s, also in the middle of a large copy',
    // A machine that stalls keeps it from that once, but not each time.
    { retry: 2 },
    async (signal) => {
      await using installation = await makeInstallation();
      const large = join(installation.inbox, 'large.mp4');
      await makeLargeFile(large, 3 * 2 ** 30);
      await using daemon = await startDaemon(installation);
      const staging = join(installation.vault, 'staging');
      await until('the copy', async () => (await sizeBelow(staging)) > 1_000_000, 60_000);
      const askedAtMs = performance.now();
      process.kill(daemon.pid, signal);
      expect(await daemon.ended).toBe(0);
      expect(performance.now() - askedAtMs).toBeLessThan(10_000);
      expect(daemon.output()).toContain('Reelhold has stopped.');
      expect((await stat(large)).size).toBe(3 * 2 ** 30);
      expect(await sizeBelow(join(installation.vault, 'blobs'))).toBe(0);
      expect(await sizeBelow(staging)).toBe(0);
    },
  );

  it('says all mistakes in its settings in one message', async () => {
    await using installation = await makeInstallation({
      REELHOLD_PORT: 'eighty',
      REELHOLD_QUIET_SECONDS: '0',
      REELHOLD_LIBRARY_MODE: 'magic',
      TZ: 'Europe/Atlantis',
    });
    await using daemon = spawnDaemon(installation);
    expect(await daemon.ended).toBe(1);
    for (const name of ['REELHOLD_PORT', 'REELHOLD_QUIET_SECONDS', 'REELHOLD_LIBRARY_MODE', 'TZ']) {
      expect(daemon.output()).toMatch(new RegExp(`^ +- ${name} must be `, 'm'));
    }
    expect(daemon.output()).not.toMatch(/\n\s+at /);
    expect(await readdir(installation.folder)).toEqual(['inbox']);
  });

  it('says that its port is taken, and what to do', async () => {
    await using installation = await makeInstallation();
    const other = createServer().listen(installation.port, '127.0.0.1');
    await using daemon = spawnDaemon(installation);
    expect(await daemon.ended).toBe(1);
    expect(daemon.output()).toContain('another program listens there already');
    expect(daemon.output()).toContain('REELHOLD_PORT');
    other.close();
  });
});

// They wait most of the time, and may do so together.
describe.concurrent('a vault that goes away', () => {
  it('and is known is shown as not connected, nothing is written there, and all goes on when it is back', async () => {
    await using installation = await makeInstallation();
    const { vault } = installation;
    const first = await startDaemon(installation);
    const old = await putVideo(installation, 'old.mp4');
    await untilHeld(first, old);
    await first.stop();
    await rename(vault, `${vault}-away`);
    await mkdir(vault);
    await using daemon = await startDaemon(installation);
    expect(daemon.output()).toContain('The disk with your videos is not connected.');
    expect(await daemon.api.page()).toContain('not connected');
    const waits = await putVideo(installation, 'waits.mp4');
    await sleep(2_500);
    expect(await readdir(vault)).toEqual([]);
    expect(await readdir(installation.inbox)).toContain('waits.mp4');
    await rm(vault, { recursive: true });
    await rename(`${vault}-away`, vault);
    await untilHeld(daemon, waits);
    expect(await daemon.api.page()).not.toContain('is not connected');
    expect(await isHeld(daemon, old)).toBe(true);
  });

  it('while the daemon runs lets files wait, and they are taken when it is back', {
    timeout: 300_000,
  }, async () => {
    await using installation = await makeInstallation();
    const { vault, inbox } = installation;
    await using daemon = await startDaemon(installation);
    await rename(vault, `${vault}-away`);
    await mkdir(vault);
    const bytes = await putVideo(installation, 'waits.mp4');
    await until('a try', () => daemon.output().includes('could not be taken'), 60_000);
    expect(await readdir(vault)).toEqual([]);
    expect(await readdir(inbox)).toContain('waits.mp4');
    await rm(vault, { recursive: true });
    await rename(`${vault}-away`, vault);
    await untilHeld(daemon, bytes);
  });
});

describe('the command line beside a running daemon', () => {
  it('adds files, says what became of each, and leaves the originals where they are', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    const files = ['one.mp4', 'two -- really.mov'].map((name) => join(installation.folder, name));
    for (const file of files) await writeFile(file, someBytes());
    const added = await runCli(installation, 'add', ...files);
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining('2 new videos') });
    expect((await daemon.api.videos()).map(({ title }) => title).sort()).toEqual(['one', 'two -- really']);
    const again = await runCli(installation, 'add', ...files);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('already held since') });
    for (const file of files) expect((await stat(file)).isFile()).toBe(true);
  });

  it('ends with 1 and a sentence where a file is missing, and takes the others', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    const file = join(installation.folder, 'there.mp4');
    await writeFile(file, someBytes());
    const { code, output } = await runCli(
      installation,
      'add',
      join(installation.folder, 'not there.mp4'),
      file,
    );
    expect(code).toBe(1);
    expect(output).toMatch(/not there\.mp4: it is not there/);
    expect(output).not.toMatch(/\n\s+at /);
    expect((await daemon.api.videos()).map(({ title }) => title)).toEqual(['there']);
  });

  it('says how things stand', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    const bytes = await putVideo(installation, 'clip.mp4');
    await untilHeld(daemon, bytes);
    const { code, output } = await runCli(installation, 'status', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(output)).toMatchObject({ videosTotal: 1, videosSafe: 0, running: true });
  });

  it('that was stopped is said to be, by what is left of it: nobody works, and how to change that', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    await untilHeld(daemon, await putVideo(installation, 'clip.mp4'));
    const status = async () => (await runCli(installation, 'status')).output;
    expect(await status()).toMatch(/Inbox .*: Watching for new files\./);
    expect(await status()).not.toContain('not running');
    await daemon.stop();
    const after = await status();
    expect(after).toMatch(/^Reelhold is not running: .*npm start.*\nSaved here only/);
    expect(after).toMatch(/Inbox .*: Nobody looks at it until Reelhold runs\. Last looked through/);
    expect(after).not.toMatch(/Watching|is being/);
    const { output } = await runCli(installation, 'status', '--json');
    expect(JSON.parse(output)).toMatchObject({ videosTotal: 1, running: false });
  });
});

async function sizeBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
