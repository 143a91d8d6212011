import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askDaemon, type DaemonProcess, type Installation, makeInstallation } from './daemon.ts';
import { digestOf } from './digests.ts';
import type { Source } from './oracle.ts';
import { until } from './until.ts';

export type PlaceName = 'vault' | 'config';

/** An installation some of whose folders are on a disk of their own; the others are among the temporary folders. */
export async function makeInstallationOn(
  root: string,
  places: readonly PlaceName[],
  settings: NodeJS.ProcessEnv = {},
): Promise<Installation> {
  const moved = Object.fromEntries(places.map((place) => [place, join(root, place)]));
  for (const folder of Object.values(moved)) await mkdir(folder);
  const paths = Object.entries(moved).map(([place, path]) => [`REELHOLD_${place.toUpperCase()}`, path]);
  const base = await makeInstallation({
    REELHOLD_LIBRARY_MODE: 'off',
    ...Object.fromEntries(paths),
    ...settings,
  });
  return { ...base, ...moved };
}

/** Puts a video of random bytes into the inbox. */
export async function putVideo(
  { inbox }: Pick<Installation, 'inbox'>,
  path: string,
  sizeBytes = 100_000,
): Promise<Source> {
  const bytes = randomBytes(sizeBytes);
  await writeFile(join(inbox, path), bytes);
  return { path, digest: digestOf(bytes) };
}

/** Waits until the API lists them all. */
export async function untilHeld(daemon: DaemonProcess, sources: readonly Source[]): Promise<void> {
  const areListed = async () => {
    const listed = new Set((await daemon.api.versions()).map(({ digest }) => digest));
    return sources.every(({ digest }) => listed.has(digest));
  };
  await until('the videos on the page', areListed, 120_000);
}

/** Waits until the summary names a trouble in words that fit, and gives it. */
export function untilTrouble(daemon: DaemonProcess, words: RegExp): Promise<string> {
  return until(
    `a trouble like ${words}`,
    async () => {
      const { trouble } = await daemon.api.summary();
      return typeof trouble === 'string' && words.test(trouble) ? trouble : null;
    },
    60_000,
  );
}

export async function untilNoTrouble(daemon: DaemonProcess): Promise<void> {
  await until('the end of the trouble', async () => (await daemon.api.summary()).trouble === null, 120_000);
}

/** How often a daemon's output says something. */
export function countSaid(daemon: DaemonProcess, words: string): number {
  return daemon.output().split(words).length - 1;
}

/**
 * How often a daemon says the same in a row: a disk that dies by and by, and is turned read-only on the way, may come
 * to the same again.
 */
export function countSaidInARow(daemon: DaemonProcess, words: string): number {
  const isOfDisks = (line: string) => /"level":50|can be worked on again/.test(line);
  let [most, now] = [0, 0];
  for (const line of daemon.output().split('\n').filter(isOfDisks)) {
    now = line.includes(words) ? now + 1 : 0;
    most = Math.max(most, now);
  }
  return most;
}

/** Asks for the page again and again; what it did not answer is kept. */
export interface PageWatch extends AsyncDisposable {
  readonly failures: readonly string[];
}

export function watchPage({ port }: Installation): PageWatch {
  const failures: string[] = [];
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      for (const path of ['/', '/api/v1/summary', '/healthz']) {
        const answer = await askDaemon(port, path).catch((error: unknown) => String(error));
        if (typeof answer === 'string') failures.push(`${path}: ${answer}`);
        else if (!answer.ok) failures.push(`${path}: ${answer.status} ${await answer.text()}`);
        else await answer.arrayBuffer();
      }
      await sleep(200);
    }
  };
  const watching = watch();
  return {
    failures,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await watching;
    },
  };
}
