import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Share } from '#tests/support/samba.ts';
import { until } from '#tests/support/until.ts';

/** Where a writer writes. */
export interface Scene {
  /** Beside the inbox, on the same file system. */
  readonly folder: string;
  readonly inbox: string;
  /** Only for writers that are possible with it alone. */
  readonly share: Share;
  /** Waits until these bytes are a version of this name. */
  untilTaken(name: string, digest: string): Promise<void>;
}

export interface Written {
  readonly name: string;
  /** What has to be the newest version in the end; null where the writer never came to an end. */
  readonly whole: Buffer | null;
  /** What may be a version before that: it looked whole, and nobody wrote to it for the quiet time. */
  readonly earlier: readonly Buffer[];
  /** The same, but one can see that it was cut off. */
  readonly cutOff: readonly Buffer[];
}

/** A way in which a file comes into an inbox. */
export interface Writer {
  readonly what: string;
  /** What is asked of the daemon. */
  readonly promise: string;
  /** Why it cannot be tried on this machine. */
  readonly impossibleBecause: string | null;
  /** Writes to the end, and says what it wrote. */
  write(scene: Scene): Promise<Written>;
}

export const onceAndWhole = 'is taken once, and whole';

/** Why a writer is impossible without these programs; null where they are there. */
export function needsTools(...tools: readonly string[]): string | null {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  return missing.length === 0 ? null : `needs ${missing.join(', ')}`;
}

/** One that brings a whole file and is never seen in between. */
export function wholeFile(name: string, whole: Buffer): Written {
  return { name, whole, earlier: [], cutOff: [] };
}

/** Runs a program to its good end. */
export async function run(tool: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(tool, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
  });
  await succeeds(child, tool);
}

/** Waits for a program's good end. */
export async function succeeds(child: ChildProcess, what: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}`);
}

/** Ends a program without a warning. */
export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}

const oldDate = new Date('2019-08-03T12:00:00Z');

/** Writes a file beside the inbox, with the date of an old film. */
export async function writeSource({ folder }: Scene, name: string, bytes: Buffer): Promise<string> {
  const sources = join(folder, 'sources');
  await mkdir(sources, { recursive: true });
  const path = join(sources, name);
  await writeFile(path, bytes);
  await utimes(path, oldDate, oldDate);
  return path;
}

/** Waits until a file in the inbox has more than so many bytes. */
export async function untilLarger({ inbox }: Scene, name: string, sizeBytes: number): Promise<void> {
  const size = () =>
    stat(join(inbox, name)).then(
      (found) => found.size,
      () => -1,
    );
  await until(`more than ${sizeBytes} bytes of ${name}`, async () => (await size()) > sizeBytes, 60_000);
}

/** What stands in the inbox right now; nothing where it is gone again. */
export async function asItStands({ inbox }: Scene, name: string): Promise<readonly Buffer[]> {
  return readFile(join(inbox, name)).then(
    (bytes) => (bytes.length === 0 ? [] : [bytes]),
    () => [],
  );
}
