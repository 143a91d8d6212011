import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands in for npm: notes that it was called, takes a moment, and leaves the Node that the packages bring along. */
const NPM = `
import { appendFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/.bin', { recursive: true });
await sleep(Number(process.env.STUB_NPM_MS ?? 0));
const bin = 'node_modules/node-' + process.platform + '-' + process.arch + '/bin';
mkdirSync(bin, { recursive: true });
symlinkSync(process.execPath, bin + '/node');
process.exitCode = Number(process.env.STUB_NPM_EXIT ?? 0);
`;

/** Stands in for apt-get: notes how it was called; an installation makes the programs, or fails if it is told to. */
const APT_GET = `#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> apt-calls
case "$* " in *" update "*) exit 0 ;; esac
if [ -n "$STUB_APT_FAILS" ]; then echo "E: Unable to locate package" >&2; exit 100; fi
for program in ffmpeg ffprobe rclone; do ln -sf /bin/true "bin/$program"; done
`;

/** A folder with nothing but the set-up scripts, a lock file, and stand-ins for npm and apt-get. */
export interface SetUpFolder {
  readonly path: string;
  run(
    flags?: readonly string[],
    settings?: NodeJS.ProcessEnv,
  ): Promise<{ code: number | null; output: string }>;
}

/** Makes such a folder; remove it with `removeSetUpFolder`. */
export async function makeSetUpFolder(): Promise<SetUpFolder> {
  const path = await mkdtemp(join(tmpdir(), 'reelhold-scripts-'));
  await cp('scripts', join(path, 'scripts'), { recursive: true });
  await writeFile(join(path, 'package.json'), '{"type":"module"}');
  await writeFile(join(path, 'package-lock.json'), '{}');
  await writeFile(join(path, 'npm-cli.js'), NPM);
  await mkdir(join(path, 'bin'));
  await symlink(process.execPath, join(path, 'bin/node'));
  for (const tool of ['ln', 'sh']) await symlink(`/bin/${tool}`, join(path, 'bin', tool));
  await writeFile(join(path, 'bin/apt-get'), APT_GET, { mode: 0o755 });
  return { path, run: (flags = [], settings = {}) => runSetUp(path, flags, settings) };
}

/** Removes the folder with all that is in it. */
export async function removeSetUpFolder(folder: SetUpFolder): Promise<void> {
  await rm(folder.path, { recursive: true, force: true });
}

function runSetUp(path: string, flags: readonly string[], settings: NodeJS.ProcessEnv) {
  const env = {
    PATH: join(path, 'bin'),
    npm_execpath: join(path, 'npm-cli.js'),
    npm_node_execpath: process.execPath,
    ...settings,
  };
  const child = spawn(process.execPath, ['scripts/setup.mjs', ...flags], { cwd: path, env });
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
