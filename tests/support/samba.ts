import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './daemon.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** Why no share can be served on this machine; null where one can. */
export const noSambaBecause = whyNot();

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, as smbd does';
  for (const tool of ['smbd', 'smbclient']) {
    if (spawnSync(tool, ['--version']).error !== undefined)
      return `needs ${tool} (apt-get install samba smbclient)`;
  }
  return null;
}

/** A folder shared by a real Samba, on this machine only, as a NAS shares its inbox. */
export interface Share extends AsyncDisposable {
  /** As a file manager would have it. */
  readonly url: string;
  /** What Samba's library needs to find the port. */
  readonly env: NodeJS.ProcessEnv;
  /** Uploads what is written to the child's standard input, under this name. */
  upload(name: string): ChildProcess;
  rename(from: string, to: string): ChildProcess;
  /** Uploads as Explorer does: the full size first, then a megabyte at a time with a pause after each. */
  uploadAsExplorer(name: string, pauseMs: number, variant?: UploadVariant): ChildProcess;
}

/** How a share is set up: as Samba does by itself, allocating every file at once, or for Macs. */
export type ShareKind = 'inbox' | 'strict' | 'fruit';

interface UploadVariant {
  readonly share?: ShareKind;
  /** The file grows as it is written, instead of having its full size at once. */
  readonly grows?: boolean;
}

/** Whether the modules are there that a share for Macs needs. */
export const hasFruit = existsSync(join(moduleFolder(), 'vfs', 'fruit.so'));

/** Where smbd was built to look for them. */
function moduleFolder(): string {
  const { stdout } = spawnSync('smbd', ['-b'], { encoding: 'utf8' });
  return /^\s*MODULESDIR: (.+)$/m.exec(stdout ?? '')?.[1] ?? '';
}

export async function shareFolder(folder: string, stateDir: string): Promise<Share> {
  const port = await freePort();
  const file = join(stateDir, 'smb.conf');
  const places = ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc', 'log'];
  for (const place of places) await mkdir(join(stateDir, place), { recursive: true });
  await writeFile(file, settings(folder, stateDir, port));
  // A session of its own: smbd ends its whole process group when it stops, and has a child for each client.
  const server = spawn('smbd', ['--foreground', '--no-process-group', '-s', file], {
    detached: true,
    stdio: 'ignore',
  });
  const client = (command: string) =>
    ['-s', file, '-N', '-p', String(port), '//127.0.0.1/inbox', '-c', command] as const;
  const isUp = () =>
    run('smbclient', client('ls')).then(
      () => true,
      () => false,
    );
  const env = { ...process.env, SMB_CONF_PATH: file };
  const urlOf = (share: ShareKind) => `smb://127.0.0.1:${port}/${share}`;
  const url = urlOf('inbox');
  const ask = (command: string) =>
    spawn('smbclient', client(command), { stdio: ['pipe', 'ignore', 'ignore'] });
  await until('the share', isUp);
  return {
    ...{ url, env },
    upload: (name) => ask(`put - "${name}"`),
    rename: (from, to) => ask(`rename "${from}" "${to}"`),
    uploadAsExplorer(name, pauseMs, { share = 'inbox', grows = false } = {}) {
      const args = [`${urlOf(share)}/${name}`, String(pauseMs / 1000), ...(grows ? ['grows'] : [])];
      return spawn('tests/fixtures/bin/smb-upload-as-explorer', args, {
        env,
        stdio: ['pipe', 'ignore', 'inherit'],
      });
    },
    async [Symbol.asyncDispose]() {
      if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}

function settings(folder: string, stateDir: string, port: number): string {
  const at = (place: string) => join(stateDir, place);
  return `[global]
  server role = standalone server
  interfaces = lo 127.0.0.1/8
  bind interfaces only = yes
  smb ports = ${port}
  disable netbios = yes
  private dir = ${at('private')}
  lock directory = ${at('lock')}
  state directory = ${at('state')}
  cache directory = ${at('cache')}
  pid directory = ${at('pid')}
  ncalrpc dir = ${at('ncalrpc')}
  passdb backend = tdbsam:${at('private')}/passdb.tdb
  log file = ${at('log')}/%m.log
  map to guest = Bad User
  guest account = root
  load printers = no
  printcap name = /dev/null
  disable spoolss = yes
${shareSettings('inbox', folder)}
${shareSettings('strict', folder, 'strict allocate = yes')}
${hasFruit ? shareSettings('fruit', folder, 'vfs objects = catia fruit streams_xattr', 'fruit:metadata = stream') : ''}
`;
}

function shareSettings(share: ShareKind, folder: string, ...more: readonly string[]): string {
  const lines = [`path = ${folder}`, 'guest ok = yes', 'read only = no', ...more];
  return `[${share}]\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
