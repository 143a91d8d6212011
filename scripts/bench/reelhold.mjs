import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of the clone. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that npm's scripts run on. */
export const projectNode = join(projectFolder, 'node_modules', '.bin', 'node');

/** Installs what a fresh clone lacks, as `npm run reelhold` does first. */
export async function setUpProject() {
  await promisify(execFile)(process.execPath, [join(projectFolder, 'scripts', 'setup.mjs'), '--quiet']);
}

export function readPackage() {
  return JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
}

/**
 * One of package.json's scripts, with arguments, as npm starts it: through a shell, with the same flags. Only its
 * cache of compiled files is the benchmark's own, so that nobody else fills or empties it.
 */
export function projectScript(name, args, env) {
  const script = readPackage().scripts[name].replace(
    /NODE_COMPILE_CACHE=\S+/,
    'NODE_COMPILE_CACHE="$BENCH_CACHE"',
  );
  const path = [join(projectFolder, 'node_modules', '.bin'), env.PATH].join(delimiter);
  return {
    command: 'sh',
    args: ['-c', `${script} "$@"`, name, ...args],
    cwd: projectFolder,
    env: { ...env, PATH: path },
  };
}

/** Settings that put all of Reelhold's folders below one, and nothing else. */
export function foldersBelow(folder) {
  return {
    REELHOLD_CONFIG: join(folder, 'config'),
    REELHOLD_VAULT: join(folder, 'vault'),
    REELHOLD_LIBRARY: join(folder, 'library'),
    REELHOLD_INBOX: join(folder, 'inbox'),
  };
}

/** The environment without anybody's settings, and with a home that is empty. */
export async function plainEnvironment(workspace) {
  const isForeign = (name) => /^(REELHOLD|RESTIC|BORG|RCLONE|AWS|GIT|XDG|NODE|UV|npm)_/i.test(name);
  const kept = Object.entries(process.env).filter(([name]) => !isForeign(name));
  return {
    ...Object.fromEntries(kept),
    HOME: await workspace.fresh('home'),
    LC_ALL: 'C.UTF-8',
    BENCH_CACHE: join(workspace.root, 'compile-cache'),
  };
}
