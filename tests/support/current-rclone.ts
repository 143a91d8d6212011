import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An rclone to test with. */
export interface TestedRclone {
  /** `1.60.1`. */
  readonly version: string;
  readonly binary: string;
}

const cache = join(process.cwd(), 'node_modules/.cache/current-rclone');

/** The system's own, as Debian 12 has it; null, said in the output, where there is none. */
const systemRclone = asTested('rclone');

/**
 * A current one beside it: Debian unstable's package, which needs no newer libraries, unpacked into the cache of
 * node_modules by apt with lists of its own. Null, said in the output, where that cannot be done.
 */
function currentRclone(): TestedRclone | null {
  const binary = join(cache, 'rclone');
  try {
    if (!existsSync(binary)) unpackCurrent();
    return asTested(binary);
  } catch (error) {
    console.warn(`NOT TESTED with a current rclone: ${String(error).split('\n')[0]}`);
    return null;
  }
}

/** Every rclone that there is here to test with. */
export function testedRclones(): readonly TestedRclone[] {
  return [systemRclone, currentRclone()].filter((rclone) => rclone !== null);
}

function asTested(binary: string): TestedRclone | null {
  const { stdout } = spawnSync(binary, ['version'], { encoding: 'utf8' });
  const version = /^rclone v(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) console.warn(`NOT TESTED with ${binary}: it is not there`);
  return version === undefined ? null : { version, binary };
}

function unpackCurrent(): void {
  const work = join(cache, `work-${process.pid}`);
  mkdirSync(join(work, 'lists/partial'), { recursive: true });
  try {
    writeFileSync(join(work, 'sources.list'), `${sourceLine()}\n`);
    const apt = (...args: string[]) =>
      execFileSync('apt-get', [...aptOptions(work), ...args], {
        cwd: work,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    apt('update');
    apt('download', 'rclone');
    const [packed] = readdirSync(work).filter((name) => name.startsWith('rclone_'));
    if (packed === undefined) throw new Error('apt brought no package');
    execFileSync('dpkg', ['-x', packed, 'unpacked'], { cwd: work });
    // In one step: other test files may wait for it.
    renameSync(join(work, 'unpacked/usr/bin/rclone'), join(cache, 'rclone'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The machine's own way to Debian, but to its newest packages. */
function sourceLine(): string {
  const folder = '/etc/apt/sources.list.d';
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.sources'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const address = texts.flatMap((text) => /^URIs:\s*(\S+)/m.exec(text)?.[1] ?? []).at(0);
  if (address === undefined) throw new Error('this machine has no Debian sources');
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${address} sid main`;
}

function aptOptions(work: string): string[] {
  return [
    '-qq',
    `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::Lists=${join(work, 'lists')}`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ].flatMap((option) => (option.startsWith('-') ? [option] : ['-o', option]));
}
