import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatInboxFile } from '#core/command.ts';
import { type DaemonProcess, makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const holds = async (daemon: DaemonProcess, bytes: Uint8Array) =>
  (await daemon.api.versions()).some(({ digest }) => digest === digestOf(bytes));
const untilHeld = (daemon: DaemonProcess, bytes: Uint8Array) =>
  until('it is held', () => holds(daemon, bytes), 60_000);

describe('several inboxes', { concurrent: true, timeout: 300_000 }, () => {
  it('are taken from each as it is set, and told apart by page, status, doctor and command line', async () => {
    await using installation = await makeInstallation();
    const { folder, inbox: first, env, port } = installation;
    const kept = join(folder, 'kept');
    await mkdir(kept);
    env.REELHOLD_INBOX = `${first},${kept}:keep`;
    const [one, two, notes, more] = [someBytes(), someBytes(), someBytes(), someBytes()];
    await writeFile(join(kept, 'two.mp4'), two);
    await writeFile(join(kept, 'notes.txt'), notes);
    await writeFile(join(kept, 'clip.mp4.part'), 'x');
    {
      await using daemon = await startDaemon(installation);
      await writeFile(join(first, 'one.mp4'), one);
      await untilHeld(daemon, one);
      await untilHeld(daemon, two);
      await until('the inbox is empty', async () => !(await readdir(first)).includes('one.mp4'));
      expect((await readdir(kept)).sort()).toEqual(['clip.mp4.part', 'notes.txt', 'two.mp4']);

      const page = await daemon.api.page();
      for (const words of [first, kept, 'notes.txt', 'Take it anyway', '1 file ignored: 1 unfinished copy.'])
        expect(page).toContain(words);
      const [status, doctor, refused, missing] = await Promise.all([
        runCli(installation, 'status'),
        runCli(installation, 'doctor'),
        runCli(installation, 'take', join(folder, 'elsewhere.txt')),
        runCli(installation, 'take', join(first, 'nothing.txt')),
      ]);
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('none of the inboxes') });
      expect(missing).toMatchObject({ code: 1, output: expect.stringContaining('no such file') });
      for (const place of [first, kept]) {
        expect(status.output).toContain(`Inbox ${place}: Watching for new files. Last looked through`);
        expect(doctor.output).toContain(`The inbox ${place}: Watching for new files. Last looked through`);
      }
      expect(status.output).toContain('One file is not a video and stays where it is.');
      expect(doctor.output).toContain(`The inbox ${kept} can be read; its files are left alone.`);

      const origin = `http://127.0.0.1:${port}`;
      const answer = await fetch(`${origin}/inbox/take`, {
        method: 'POST',
        headers: { origin, connection: 'close' },
        body: new URLSearchParams({ file: formatInboxFile({ inbox: kept, path: 'notes.txt' }) }),
        redirect: 'manual',
      });
      expect(answer.status).toBe(303);
      await untilHeld(daemon, notes);
      expect(await daemon.stop()).toBe(0);
    }
    // The other way round, and without a daemon.
    env.REELHOLD_INBOX = `${kept}:keep,${first}`;
    await writeFile(join(first, 'more.txt'), more);
    const taken = await runCli(installation, 'take', join(first, 'more.txt'));
    expect(taken).toMatchObject({ code: 0, output: expect.stringContaining('saved as a new video') });
    expect(await readdir(first)).toEqual(['.reelhold-hold']);
    await using again = await startDaemon(installation);
    await untilHeld(again, more);
    const asKnown = (await again.api.versions()).map(({ digest }) => digest).sort();
    expect(asKnown).toEqual([one, two, notes, more].map(digestOf).sort());
    expect((await again.api.summary()).inboxWaiting).toBe(0);
  });
});
