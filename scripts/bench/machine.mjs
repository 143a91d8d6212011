import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { basename, join } from 'node:path';
import { findProgram } from './programs.mjs';
import { plainEnvironment, projectNode, readPackage } from './reelhold.mjs';

const tools = [
  { name: 'cp (GNU coreutils)', tool: 'cp', args: ['--version'] },
  { name: 'restic', tool: 'restic', args: ['version'] },
  { name: 'borg', tool: 'borg', args: ['--version'] },
  { name: 'git-annex', tool: 'git-annex', args: ['version', '--raw'] },
  { name: 'git', tool: 'git', args: ['--version'] },
  { name: 'rclone', tool: 'rclone', args: ['version'] },
  { name: 'ffmpeg', tool: 'ffmpeg', args: ['-version'] },
];

/** What the figures depend on, of the machine and of the disk below `folder`; nothing that names either. */
export async function readMachine(folder) {
  const mount = await findMount(folder);
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(readOr('/proc/cpuinfo', ''));
  return {
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores (${arch()})`,
    memoryBytes: totalmem(),
    isVirtual,
    kernel: `${type()} ${release()}`,
    fileSystem: mount?.fileSystem ?? 'unknown',
    disk: mount === null ? null : await describeDisk(mount.source, isVirtual),
  };
}

/** The versions of everything that is measured, by name; null where it is not installed. */
export async function readVersions({ processes, workspace }) {
  const env = await plainEnvironment(workspace);
  const node = await processes.run({ command: projectNode, args: ['--version'] });
  const versions = { reelhold: readPackage().version, Node: /v([\d.]+)/.exec(node.output)?.[1] ?? '?' };
  for (const { name, tool, args } of tools) {
    versions[name] = findProgram(tool) === null ? null : await readVersion(processes, tool, args, env);
  }
  return versions;
}

async function readVersion(processes, command, args, env) {
  const { output } = await processes.run({ command, args, env });
  return /\d+(\.\d+)+[\w.+~-]*/.exec(output)?.[0] ?? '?';
}

/** The mount with the longest path that leads to the folder. */
async function findMount(folder) {
  const path = await realpath(folder);
  const isBelow = ({ point }) => point === '/' || path === point || path.startsWith(`${point}/`);
  const mounts = readOr('/proc/self/mountinfo', '')
    .split('\n')
    .map(parseMount)
    .filter(Boolean)
    .filter(isBelow);
  return mounts.reduce(
    (best, mount) => (best && best.point.length > mount.point.length ? best : mount),
    null,
  );
}

/** proc_pid_mountinfo(5): the mount point is the fifth field; type and source stand behind the lone hyphen. */
function parseMount(line) {
  const [before, after] = line.split(' - ');
  if (after === undefined) return null;
  const point = before
    .split(' ')[4]
    .replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  const [fileSystem, source] = after.split(' ');
  return { point, fileSystem, source };
}

/** A virtual disk says that it rotates or not by no more than habit. */
async function describeDisk(source, isVirtual) {
  const block = await realpath(join('/sys/class/block', basename(source))).catch(() => null);
  if (block === null) return null;
  const isPartition = readOr(join(block, 'partition'), null) !== null;
  const disk = isPartition ? join(block, '..') : block;
  const sectors = Number(readOr(join(disk, 'size'), '0'));
  const rotates = readOr(join(disk, 'queue', 'rotational'), '').trim() === '1';
  const kind = isVirtual ? 'virtual' : rotates ? 'rotating' : 'not rotating';
  const model = readOr(join(disk, 'device', 'model'), '').trim() || 'model unknown';
  return `${model}, ${Math.round((sectors * 512) / 1e9)} GB, ${kind}`;
}

function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
