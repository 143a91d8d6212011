import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DaemonProcess, makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { noFewWatchesBecause, withFewWatches } from '#tests/support/few-watches.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { findFaults, findTorn } from '#tests/support/oracle.ts';
import { itInFull, recordFigures } from '#tests/support/reliability.ts';
import { until } from '#tests/support/until.ts';

if (noFewWatchesBecause !== null) console.warn(`SKIPPED: a limit of watches ${noFewWatchesBecause}`);

const watches = 8;
const folders = Array.from({ length: 12 }, (_, n) => `day ${n}`);
/** Whatever is watched has been heard of by then. */
const heardWithinMs = 20_000;
const scanEveryMs = 5 * 60_000;

const heldOf = async (daemon: DaemonProcess) =>
  new Set((await daemon.api.versions()).map(({ digest }) => digest));

/** A daemon that may watch fewer folders than its inbox has. */
async function startBelowLimit() {
  const installation = await makeInstallation();
  for (const folder of folders) await mkdir(join(installation.inbox, folder));
  const daemon = await startDaemon(installation, withFewWatches(watches));
  await until('it is noticed', async () =>
    (await daemon.api.page()).includes('every 5 minutes, as it has more'),
  );
  return { installation, daemon };
}

describe.skipIf(noFewWatchesBecause !== null)('an inbox of more folders than can be watched', () => {
  it('is taken from all the same, and page, status and doctor say how to have it watched', async () => {
    const started = await startBelowLimit();
    await using installation = started.installation;
    await using daemon = started.daemon;
    const bytes = someBytes();
    await writeFile(join(installation.inbox, 'clip.mp4'), bytes);
    await until('it is held', async () => (await heldOf(daemon)).has(digestOf(bytes)), 60_000);
    const [status, doctor] = await Promise.all([
      runCli(installation, 'status'),
      runCli(installation, 'doctor'),
    ]);
    for (const said of [await daemon.api.page(), status.output, doctor.output]) {
      expect(said).toContain('more folders than the system lets a program watch');
      expect(said).toContain('fs.inotify.max_user_watches=524288');
    }
  });

  itInFull('has what comes into a folder that nobody watches within the five minutes', async () => {
    const started = await startBelowLimit();
    await using installation = started.installation;
    await using daemon = started.daemon;
    const sources: { readonly path: string; readonly digest: string }[] = [];
    const isHeld = async () => (await heldOf(daemon)).size === sources.length;
    // One after the other: what is heard of in one folder has everything looked through.
    for (const folder of folders.toReversed()) {
      const bytes = someBytes();
      await writeFile(join(installation.inbox, folder, 'clip.mp4'), bytes);
      sources.push({ path: `${folder}/clip.mp4`, digest: digestOf(bytes) });
      if (!(await until('it is heard of', isHeld, heardWithinMs).catch(() => false))) break;
    }
    expect(await isHeld()).toBe(false);
    await until('it is found', isHeld, scanEveryMs + 2 * heardWithinMs);
    expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
    expect(await findTorn(installation)).toEqual([]);
    recordFigures('Folders that cannot be watched', [
      {
        what: 'a video in a folder that nobody watches',
        figure: 'found by the next look through everything',
      },
    ]);
  });
});
