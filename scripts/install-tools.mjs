import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './run-command.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { systemTools } from './system-tools.mjs';

const FAILED = 'node_modules/.reelhold-tools-failed.json';
const DAY_MS = 86_400_000;
const LIMIT_MS = 10 * 60_000;
const APT_OPTIONS = [
  '-o=Acquire::Retries=1',
  '-o=Acquire::http::Timeout=20',
  '-o=Acquire::https::Timeout=20',
  '-o=DPkg::Lock::Timeout=120',
  '-o=Dpkg::Options::=--force-confold',
];
const UNATTENDED = {
  DEBIAN_FRONTEND: 'noninteractive',
  APT_LISTCHANGES_FRONTEND: 'none',
  NEEDRESTART_SUSPEND: '1',
};
const MANAGERS = {
  apt: { command: 'apt-get', install: 'apt-get install -y --no-install-recommends' },
  apk: { command: 'apk', install: 'apk add' },
  dnf: { command: 'dnf', install: 'dnf install -y' },
  brew: { command: 'brew', install: 'brew install' },
};

/** Looks for the system's tools, installs missing ones where it may, and says what is off without them. */
export async function installTools({ forTests }) {
  const wanted = systemTools.filter((tool) => forTests || !tool.tests);
  if (missingOf(wanted).length === 0) return;
  if (mayInstall()) await withSetupLock(() => install(missingOf(wanted), forTests));
  const missing = missingOf(wanted);
  if (missing.length > 0) report(missing);
}

function missingOf(tools) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const isThere = (binary) => folders.some((folder) => folder !== '' && isExecutable(join(folder, binary)));
  const isComplete = (tool) => tool.binaries.every(isThere) && (tool.libraries ?? []).every(isLibrary);
  return tools.filter((tool) => !isComplete(tool));
}

/** Distributions have them in `/usr/lib`, `/usr/lib64` or, as Debian, one folder deeper for each machine. */
function isLibrary(library) {
  const deeper = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name)) : [];
  return ['/usr/lib', '/usr/lib64', ...deeper].some((folder) => existsSync(join(folder, library)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function mayInstall() {
  return process.getuid?.() === 0 && isDebianLike();
}

function isDebianLike() {
  if (existsSync('/etc/debian_version')) return true;
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

async function install(tools, forTests) {
  if (tools.length === 0) return;
  const packages = packagesOf(tools, 'apt');
  if (!forTests && failedLately(packages)) return;
  const whose = forTests ? 'Reelhold and its tests use' : 'Reelhold uses';
  console.error(`Installing ${packages.join(', ')} (system tools ${whose}) …`);
  const deadlineMs = Date.now() + LIMIT_MS;
  await apt(['update'], deadlineMs);
  const together = await apt(['install', ...packages], deadlineMs);
  // One package that this release does not have must not keep away all others.
  if (together.code !== 0 && packages.length > 1) {
    for (const name of packages) await apt(['install', name], deadlineMs);
  }
  const missing = missingOf(tools);
  await disableServices(tools.filter((tool) => !missing.includes(tool)));
  if (missing.length > 0) rememberFailure(packagesOf(missing, 'apt'), together.output);
}

function apt([verb, ...packages], deadlineMs) {
  const leftMs = deadlineMs - Date.now();
  if (leftMs <= 0) return { code: 1, output: 'it took longer than ten minutes' };
  return runCommand('apt-get', ['-q', '-y', '--no-install-recommends', ...APT_OPTIONS, verb, ...packages], {
    env: { ...process.env, ...UNATTENDED },
    timeoutMs: leftMs,
  });
}

/** Nobody who runs the tests has asked for a file server on the network. */
async function disableServices(tools) {
  const services = tools.flatMap((tool) => tool.services ?? []);
  if (services.length > 0 && existsSync('/run/systemd/system')) {
    await runCommand('systemctl', ['disable', '--now', ...services], { timeoutMs: 60_000 });
  }
}

function failedLately(packages) {
  try {
    const { atMs, packages: failed } = JSON.parse(readFileSync(FAILED, 'utf8'));
    const ageMs = Date.now() - atMs;
    return ageMs >= 0 && ageMs < DAY_MS && packages.every((name) => failed.includes(name));
  } catch {
    return false;
  }
}

function rememberFailure(packages, output) {
  const lines = output.trim().split('\n');
  const reason = lines.filter((line) => line.startsWith('E: ')).at(-1) ?? lines.at(-1);
  console.error(`That failed, and is tried again tomorrow: ${reason}`);
  writeFileSync(FAILED, JSON.stringify({ atMs: Date.now(), packages }));
}

function report(missing) {
  console.error('Reelhold works all the same, but something is off:');
  for (const tool of missing) {
    const names = [...tool.binaries, ...(tool.libraries ?? [])].join(', ');
    console.error(`  ${names} not found: ${tool.without}`);
  }
  console.error(`To install what is missing: ${installCommand(missing)}`);
}

function installCommand(tools) {
  const managers = Object.entries(MANAGERS);
  const [name, manager] =
    (isDebianLike() ? managers[0] : managers.find(([, { command }]) => isInPath(command))) ?? [];
  if (manager === undefined) return `${packagesOf(tools, 'apt').join(', ')}, with your package manager`;
  const install = `${manager.install} ${packagesOf(tools, name).join(' ')}`;
  const sudo = process.getuid?.() === 0 || name === 'brew' ? '' : 'sudo ';
  return name === 'apt' ? `${sudo}apt-get update && ${sudo}${install}` : `${sudo}${install}`;
}

function isInPath(binary) {
  return missingOf([{ binaries: [binary] }]).length === 0;
}

function packagesOf(tools, manager) {
  return [...new Set(tools.map((tool) => tool.elsewhere?.[manager] ?? tool.package))];
}
