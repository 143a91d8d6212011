import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  startDaemon,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { noSambaBecause, type Share, shareFolder } from '#tests/support/samba.ts';
import { until } from '#tests/support/until.ts';
import { localWriters } from '#tests/support/writers/local.ts';
import { networkWriters } from '#tests/support/writers/network.ts';
import { sambaWriters } from '#tests/support/writers/samba.ts';
import type { Scene, Writer, Written } from '#tests/support/writers/writer.ts';

const readEveryMs = 250;

const writers: readonly Writer[] = [...localWriters, ...networkWriters, ...sambaWriters];
for (const { what, impossibleBecause } of writers) {
  if (impossibleBecause !== null) console.warn(`SKIPPED: ${what}: ${impossibleBecause}`);
}
const possible = writers.filter(({ impossibleBecause }) => impossibleBecause === null);

/** All of them at the same time, into one inbox of one daemon: so the table takes as long as its slowest writer. */
describe('every way in which a file comes into an inbox', { timeout: 300_000 }, () => {
  let installation: Installation;
  let share: Share | null;
  let daemon: DaemonProcess;
  const written = new Map<Writer, Written>();

  beforeAll(async () => {
    installation = await makeInstallation({ REELHOLD_QUIET_SECONDS: '3' });
    share =
      noSambaBecause === null
        ? await shareFolder(installation.inbox, join(installation.folder, 'samba'))
        : null;
    daemon = await startDaemon(installation);
  });
  afterAll(async () => {
    await share?.[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  /** More than twenty writers wait for the same list. */
  let last: { readonly atMs: number; readonly videos: ReturnType<DaemonProcess['api']['videos']> } | null =
    null;
  const readVideos = () => {
    const nowMs = performance.now();
    if (last === null || nowMs - last.atMs > readEveryMs) last = { atMs: nowMs, videos: daemon.api.videos() };
    return last.videos;
  };

  const versionsOf = async (name: string) =>
    (await readVideos()).flatMap((video) =>
      video.versions
        .filter((version) => version.name === name)
        .map((version) => ({ ...version, video: video.id })),
    );

  describe.concurrent('', () => {
    it.each(possible)('$what: $promise', async (writer) => {
      const scene: Scene = {
        folder: installation.folder,
        inbox: installation.inbox,
        share: share as Share,
        untilTaken: async (name, digest) => {
          await until(
            `${name} (${writer.what}) in the vault`,
            async () => (await versionsOf(name)).some((version) => version.digest === digest),
            60_000,
          );
        },
      };
      const result = await writer.write(scene);
      written.set(writer, result);
      if (result.whole === null) return;
      const whole = digestOf(result.whole);
      await scene.untilTaken(result.name, whole);
      const taken = (await versionsOf(result.name)).sort((a, b) => a.number - b.number);
      const allowed = new Set<string>(result.earlier.map(digestOf));
      expect(taken.at(-1)?.digest).toBe(whole);
      expect(taken.slice(0, -1).filter(({ digest }) => !allowed.has(digest))).toEqual([]);
      expect(new Set(taken.map(({ video }) => video)).size).toBe(1);
    });
  });

  it('leaves nothing lost, nothing held that nobody brought, and nothing unfinished taken for whole', async () => {
    const results = [...written.values()];
    expect(results).toHaveLength(possible.length);
    const wholes = results.filter(({ whole }) => whole !== null);
    await until(
      'the inbox holds only what was never finished',
      async () => {
        const names = await readdir(installation.inbox);
        return wholes.every(({ name }) => !names.includes(name));
      },
      60_000,
    );
    const versions = await daemon.api.versions();
    const sources = results.flatMap(({ name, whole, earlier, cutOff }): Source[] => [
      ...(whole === null ? [] : [{ path: name, digest: digestOf(whole) }]),
      // What stood there before the end may be held; it need not.
      ...[...earlier, ...cutOff].map((bytes) => ({ path: name, digest: digestOf(bytes), isElsewhere: true })),
    ]);
    expect(await findFaults(installation, sources, versions)).toEqual([]);
    const neverWhole = results.filter(({ whole }) => whole === null);
    for (const { name } of neverWhole) expect([name, await versionsOf(name)]).toEqual([name, []]);
  });
});
