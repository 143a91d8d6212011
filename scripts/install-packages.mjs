import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, relative } from 'node:path';
import { runCommand } from './run-command.mjs';
import { withSetupLock } from './setup-lock.mjs';

const STAMP = 'node_modules/.reelhold-lock';
const NODE_LINK = 'node_modules/.bin/node';
const PLATFORM = `${process.platform}-${process.arch}`;
const BRINGS_NODE_ALONG = ['linux-x64', 'linux-arm64'].includes(PLATFORM);
const OWN_NODE = `node_modules/node-${PLATFORM}/bin/node`;
// `--include` holds against NODE_ENV=production and an `omit` in somebody's own .npmrc.
const NPM_CI =
  'ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error'.split(' ');

/** Installs the packages of the lock file unless they are there, and sees to a Node that runs Reelhold. */
export async function installPackages() {
  if (isInstalled()) return;
  await withSetupLock(async () => {
    if (!isInstalled()) await install();
  });
}

function isInstalled() {
  return hasLockedPackages() && (existsSync(NODE_LINK) || isNewEnough(process.versions.node));
}

async function install() {
  if (!BRINGS_NODE_ALONG && !isNewEnough(process.versions.node)) throw nodeMissing();
  if (!hasLockedPackages() || (BRINGS_NODE_ALONG && !existsSync(OWN_NODE))) await installLockedPackages();
  if (BRINGS_NODE_ALONG) await linkNode();
}

async function installLockedPackages() {
  console.error('Setting up Reelhold (once, about half a minute) …');
  rmSync(STAMP, { force: true });
  const [command, ...args] = npm();
  const { code, output } = await runCommand(command, [...args, ...NPM_CI], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: pathOutsideModules() },
  });
  if (code !== 0) {
    throw new Error(
      `npm ci ended with ${code}${output && ` (${output.trim()})`}. ` +
        `Is the npm registry within reach, and may this user write to ${process.cwd()}?`,
    );
  }
  writeFileSync(STAMP, lockDigest());
}

/** The npm that runs this script, so that who starts with npm 10 is set up by npm 10. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script === undefined || basename(script) !== 'npm-cli.js') return ['npm'];
  return [node ?? process.execPath, script];
}

/** npm puts `node_modules/.bin` first, which `npm ci` is about to remove. */
function pathOutsideModules() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

/** npm before 11.19 does not link the Node that comes with the packages. */
async function linkNode() {
  if (!existsSync(NODE_LINK)) {
    rmSync(NODE_LINK, { force: true });
    symlinkSync(relative(dirname(NODE_LINK), OWN_NODE), NODE_LINK);
  }
  const { code } = await runCommand(NODE_LINK, ['--version']);
  if (code === 0) return;
  rmSync(NODE_LINK);
  if (!isNewEnough(process.versions.node)) throw nodeMissing();
}

function nodeMissing() {
  return new Error(
    `it runs under Node 24.21 or newer. The one it brings along is for Linux with glibc on x64 and arm64 and ` +
      `does not run here (${PLATFORM}), and the one of this machine is ${process.version}. ` +
      'Install Node 24 (https://nodejs.org) and run the same command again.',
  );
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 21);
}

function hasLockedPackages() {
  try {
    return readFileSync(STAMP, 'utf8') === lockDigest();
  } catch {
    return false;
  }
}

function lockDigest() {
  return createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
}
