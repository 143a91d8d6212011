import { execFileSync, spawn } from 'node:child_process';
import { chmod, copyFile, cp, lstat, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Nobody: a user without rights, a home or a name for files. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** All that a bare machine has: no Python, no compiler, no ffmpeg, no rclone. */
const BARE_TOOLS = (
  'node npm npx git sh env uname cat ls mkdir rm cp mv ln chmod dirname basename readlink ' +
  'realpath id tr head tail sleep sort wc true false'
).split(' ');
/** What `npm run` and vitest tell their children, and what would change the daemon's own settings. */
const NOT_OF_A_SHELL =
  /^(npm_(?!config_(registry|cafile|ca|proxy|https_proxy|noproxy)$)|(VITEST|REELHOLD_|XDG_)|(NODE_ENV|NODE_OPTIONS|NODE_PATH|NODE|INIT_CWD|TEST|DEV|PROD|MODE|SSR|BASE_URL|PATH|HOME)$)/;

/** A clone that nothing was installed into, and the user and environment that its commands run with. */
export interface BareMachine {
  readonly folder: string;
  readonly clone: string;
  readonly env: NodeJS.ProcessEnv;
  readonly user: { uid?: number; gid?: number };
}

const isRoot = process.getuid?.() === 0;

/** Makes a fresh clone with a home of its own; `bare` takes away root's rights and all tools but the few. */
export async function makeBareMachine({ bare }: { bare: boolean }): Promise<BareMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'reelhold-setup-'));
  const [clone, home, bin] = [join(folder, 'clone'), join(folder, 'home'), join(folder, 'bin')];
  for (const path of [clone, home, bin]) await mkdir(path);
  await copyTree(process.cwd(), clone);
  await copyFile(join(homedir(), '.npmrc'), join(home, '.npmrc')).catch(ignoreMissing);
  const ownPath = pathWithoutModules();
  if (bare) for (const tool of BARE_TOOLS) await linkTool(tool, ownPath, bin);
  const user: BareMachine['user'] = bare && isRoot ? NOBODY : {};
  await chmod(folder, 0o755);
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, clone, home]);
  return { folder, clone, user, env: shellEnvironment(home, bare ? bin : ownPath) };
}

/** Removes the clone with all that was installed into it. */
export async function removeBareMachine(machine: BareMachine): Promise<void> {
  await rm(machine.folder, { recursive: true, force: true });
}

/** Runs a command in the clone to its end. */
export async function runIn(
  machine: BareMachine,
  command: readonly [string, ...string[]],
): Promise<{ code: number | null; output: string }> {
  const started = startIn(machine, command);
  const code = await started.ended;
  return { code, output: started.output() };
}

/** A command that was started in the clone, as the leader of a process group of its own. */
export interface Started {
  readonly group: number;
  readonly startedMs: number;
  readonly ended: Promise<number | null>;
  output(): string;
}

/** Starts a command in the clone as a shell would: with its own process group, without standard input. */
export function startIn(
  machine: BareMachine,
  [command, ...args]: readonly [string, ...string[]],
  settings: NodeJS.ProcessEnv = {},
): Started {
  const env = { ...machine.env, ...settings };
  const child = spawn(command, args, {
    cwd: machine.clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...machine.user,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => {});
  const group = child.pid ?? Number.NaN;
  return { group, startedMs: Date.now(), ended, output: () => Buffer.concat(chunks).toString() };
}

/** As `git clone` would, with what is not committed yet: all files but the ignored ones. */
async function copyTree(from: string, to: string): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: from });
  for (const name of listed.toString().split('\0').filter(Boolean)) {
    const source = join(from, name);
    if (await lstat(source).catch(ignoreMissing)) {
      await mkdir(dirname(join(to, name)), { recursive: true });
      await cp(source, join(to, name), { verbatimSymlinks: true });
    }
  }
}

async function linkTool(tool: string, path: string, bin: string): Promise<void> {
  const found = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { env: { PATH: path } });
  const target = found.toString().trim();
  // A shell answers with the bare name for what it has built in.
  await symlink(target.startsWith('/') ? target : join('/bin', tool), join(bin, tool));
}

function pathWithoutModules(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

function shellEnvironment(home: string, path: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_OF_A_SHELL.test(name));
  return { ...Object.fromEntries(kept), HOME: home, PATH: path };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
