import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DaemonProcess,
  type Installation,
  makeInstallation,
  startDaemon,
} from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { findFaults, type Source } from '#tests/support/oracle.ts';
import { faultScope, recordFigures } from '#tests/support/reliability.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import {
  type Call,
  callsBelow,
  type Fault,
  injectAnywhere,
  noInjectionBecause,
  recordCalls,
} from '#tests/support/strace.ts';
import { until } from '#tests/support/until.ts';

if (noInjectionBecause !== null)
  console.warn(`The tests that make system calls of the daemon fail are skipped: ${noInjectionBecause}.`);

const pointCount = faultScope === 'all' ? 10 : 1;
const faults: readonly Fault[] = ['SIGKILL', 'EIO', 'ENOSPC'];
/** By `write` threads also wake each other, which no disk can make fail. */
const diskOnly = /^(fsync|fdatasync|pwrite64|rename|renameat2?|mkdir|link|unlink)$/;
/** Longer than the daemon waits before it tries a file again. */
const finishedWithinMs = 120_000;

describe.skipIf(noInjectionBecause !== null)('the whole daemon', () => {
  const random = createRandom(testSeed());
  const oneOf = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;

  it('loses nothing at a call that chance chooses, stays up unless it is killed, and finishes', {
    timeout: pointCount * 200_000,
  }, async () => {
    const calls = await findCalls();
    let hits = 0;
    for (let n = 0; n < pointCount; n += 1) {
      const fault = oneOf(faults);
      const possible = fault === 'SIGKILL' ? calls : calls.filter(({ name }) => diskOnly.test(name));
      // First of what kind, or nearly all would be writes of the catalogue.
      const name = oneOf([...new Set(possible.map((call) => call.name))]);
      const call = oneOf(possible.filter((call) => call.name === name));
      console.log(`${fault} at ${call.name} ${call.ordinal}`);
      hits += (await tryCall(call, fault)) ? 1 : 0;
    }
    if (faultScope === 'all') expect(hits).toBeGreaterThan(0);
    recordFigures('System calls of the ingest that fail', [
      { what: 'points through the whole daemon', figure: pointCount },
      { what: 'of these, calls that came by', figure: hits },
    ]);
  });
});

/** The calls that name the installation's folders while one file is taken. */
async function findCalls(): Promise<readonly Call[]> {
  await using installation = await makeInstallation();
  await using daemon = await startDaemon(installation);
  const trace = await recordCalls(daemon.pid, join(installation.folder, 'strace.log'));
  await untilCleared(daemon, installation, put(installation, 'film.mp4'));
  return callsBelow(await trace.stop(), installation.folder);
}

/** True where the fault came about. */
async function tryCall(call: Call, fault: Fault): Promise<boolean> {
  await using installation = await makeInstallation();
  const early = await startDaemon(installation);
  const first = put(installation, 'first.mp4');
  await untilCleared(early, installation, first);
  const trace = await injectAnywhere(
    { pid: early.pid, name: call.name, ordinal: call.ordinal },
    fault,
    join(installation.folder, 'strace.log'),
  );
  const film = put(installation, 'film.mp4');
  let hasEnded = false;
  void early.ended.then(() => {
    hasEnded = true;
  });
  const isTried = async () =>
    hasEnded || isCleared(installation, film) || early.output().includes('"level":40');
  await until('a try', isTried, 60_000);
  const log = await trace.stop();
  expect(await findFaults(installation, [first, film], null)).toEqual([]);
  if (fault !== 'SIGKILL') expect([hasEnded, early.output()]).toEqual([false, expect.anything()]);
  await using daemon = hasEnded ? await startDaemon(installation) : early;
  await untilCleared(daemon, installation, film);
  expect(await daemon.api.versions()).toHaveLength(2);
  expect(await findFaults(installation, [first, film], await daemon.api.versions())).toEqual([]);
  expect(await daemon.stop()).toBe(0);
  return hasEnded || log.includes('(INJECTED)');
}

function put({ inbox, folder }: Installation, path: string): Source {
  const bytes = randomBytes(2 * 2 ** 20);
  writeFileSync(join(folder, 'draft'), bytes);
  renameSync(join(folder, 'draft'), join(inbox, path));
  return { path, digest: digestOf(bytes) };
}

function isCleared({ inbox }: Installation, { path }: Source): boolean {
  return !readdirSync(inbox).includes(path);
}

async function untilCleared(daemon: DaemonProcess, installation: Installation, film: Source): Promise<void> {
  const isHeld = async () =>
    isCleared(installation, film) &&
    (await daemon.api.versions()).some(({ digest }) => digest === film.digest);
  await until(`${film.path} in the vault, and its original in the hold`, isHeld, finishedWithinMs).catch(
    (error) => {
      throw new Error(`${String(error)}\n${daemon.output()}`);
    },
  );
}
