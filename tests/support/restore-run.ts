import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A shell with nothing in its PATH but the coreutils that restore.sh may use. */
export interface BareShell {
  readonly command: string;
  readonly tools: string;
}

export interface RestoreOutcome {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

const shellNames = ['dash', 'busybox', 'bash'] as const;
export type ShellName = (typeof shellNames)[number];

const coreutils = ['cat', 'cp', 'ln', 'ls', 'mkdir', 'mv', 'rm', 'sha256sum', 'sort', 'sync', 'tr'];

/** The shells that stand on this machine; says aloud which are missing. */
export const installedShells: readonly ShellName[] = shellNames.filter((name) => {
  if (findTool(name) !== null) return true;
  console.warn(`SKIPPED: restore.sh in ${name}: needs it (apt-get install ${name}).`);
  return false;
});

/** Gives the shell a PATH of its own, made in the folder; busybox gets its own applets and nothing of the system's. */
export function makeBareShell(name: ShellName, folder: string): BareShell {
  const tools = join(folder, `tools of ${name}`);
  mkdirSync(tools);
  const shell = requireTool(name);
  symlinkSync(shell, join(tools, 'sh'));
  for (const tool of coreutils) {
    symlinkSync(name === 'busybox' ? shell : requireTool(tool), join(tools, tool));
  }
  return { command: join(tools, 'sh'), tools };
}

export interface RestoreOptions {
  /** Arguments of restore.sh. */
  readonly args: readonly string[];
  /** The folder that the person stands in. */
  readonly cwd: string;
  /** How the person names the script. */
  readonly script: string;
  readonly uid?: number;
}

/** Starts restore.sh in a group of its own, so that it can be killed with all that it has started. */
export function startRestore(shell: BareShell, options: RestoreOptions): ChildProcess {
  return spawn(shell.command, [options.script, ...options.args], {
    cwd: options.cwd,
    env: { PATH: shell.tools },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
}

/** Runs restore.sh to its end. */
export async function runRestore(shell: BareShell, options: RestoreOptions): Promise<RestoreOutcome> {
  const child = startRestore(shell, options);
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  const [said, complained] = await Promise.all(
    [child.stdout, child.stderr].map((end) => (end ? text(end) : '')),
  );
  return { code: await code, said: said ?? '', complained: complained ?? '' };
}

/** Whether a file of TARGET is one that restore.sh has not finished, or one of its lists. */
export function isUnfinished(path: string): boolean {
  return /(^|\/)\.(restoring|reelhold-restore)-/.test(path);
}

function requireTool(name: string): string {
  const found = findTool(name);
  if (found === null) throw new Error(`${name} is not there`);
  return found;
}

function findTool(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
