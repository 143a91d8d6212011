import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, untilAnswered } from './ports.mjs';
import { findProgram } from './programs.mjs';
import { plainEnvironment, projectFolder, projectNode } from './reelhold.mjs';

const login = { user: 'bench', pass: 'bench' };

/**
 * The servers on this machine that files are brought to: `root` is where an rclone remote of `options` begins on its
 * disk, which is what the server is given as `folder`.
 */
const servers = {
  s3: {
    bucket: 'archive',
    isThere: () => existsSync(join(projectFolder, 'node_modules', 's3rver')),
    command: ({ port, folder }) => ({
      command: projectNode,
      args: [join(projectFolder, 'tests', 'fixtures', 's3-server.mjs'), String(port), folder],
      cwd: projectFolder,
    }),
    options: ({ port }) => ({
      ...{ type: 's3', provider: 'Other', access_key_id: 'S3RVER', secret_access_key: 'S3RVER' },
      ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', force_path_style: 'true' },
    }),
  },
  sftp: {
    command: (where) => serveByRclone('sftp', where),
    options: ({ port, obscured }) => ({
      ...{ type: 'sftp', host: '127.0.0.1', port: String(port), user: login.user, pass: obscured },
    }),
  },
  webdav: {
    command: (where) => serveByRclone('webdav', where),
    options: ({ port, obscured }) => ({
      ...{ type: 'webdav', url: `http://127.0.0.1:${port}`, vendor: 'other' },
      ...{ user: login.user, pass: obscured },
    }),
  },
};

/** Whether everything is installed that it takes. */
export function canServe(kind) {
  return findProgram('rclone') !== null && (servers[kind].isThere?.() ?? true);
}

/** Starts a server over a folder; `env` makes it the rclone remote `server`, for whoever has it in the environment. */
export async function startServer({ workspace, processes }, kind, folder) {
  const { bucket, command, options } = servers[kind];
  const root = bucket === undefined ? folder : join(folder, bucket);
  await mkdir(root, { recursive: true });
  const port = await freePort();
  const plain = await plainEnvironment(workspace);
  const obscured = await obscure(processes, login.pass);
  const env = { ...plain, HOME: await workspace.fresh('server-home') };
  let server = null;
  const start = async () => {
    const logFile = join(workspace.root, 'server.log');
    server = processes.start({ env, ...command({ port, folder }), logFile });
    await untilAnswered(port, server);
  };
  const stop = async () => {
    server.kill('SIGTERM');
    await server.ended;
  };
  await start();
  return {
    root,
    env: remoteInEnvironment('server', options({ port, obscured })),
    /** A folder of `root`, as rclone reaches it. */
    remote: (name) => `server:${bucket === undefined ? '' : `${bucket}/`}${name}`,
    stop,
    /** It forgets what it knows of its disk. */
    async restart() {
      await stop();
      await start();
    },
  };
}

/** Settings that make a remote known from the environment alone. */
export function remoteInEnvironment(name, options) {
  const pairs = Object.entries(options).map(([key, value]) => [
    `RCLONE_CONFIG_${name}_${key}`.toUpperCase(),
    value,
  ]);
  return Object.fromEntries(pairs);
}

/** A password as rclone's settings have it. */
export async function obscure(processes, password) {
  const { output } = await processes.run({ command: 'rclone', args: ['obscure', password] });
  return output.trim();
}

function serveByRclone(kind, { port, folder }) {
  const args = ['serve', kind, folder, '--addr', `127.0.0.1:${port}`];
  return { command: 'rclone', args: [...args, '--user', login.user, '--pass', login.pass] };
}
