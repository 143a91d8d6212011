import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { foldersBelow, projectScript, readPackage } from './reelhold.mjs';

/**
 * Everything that is measured, as data. `tool` is the program it needs (null: none but Reelhold), `shown` the
 * command as a reader may repeat it, `prepare` what is done before and not timed, `command` what is timed.
 * `target` is the folder that it may fill, `set` the data set.
 */
export const programs = [
  {
    id: 'reelhold',
    title: '`reelhold add`',
    tool: null,
    shown: `${readPackage().scripts.reelhold.replace(/^exec /, '')} add SET/*`,
    note: 'everything flushed: blobs, their folders, journal, catalogue; the readable library is made too',
    command: ({ set, target, env }) =>
      projectScript('reelhold', ['add', ...set.files], { ...env, ...foldersBelow(target) }),
  },
  {
    id: 'cp',
    title: '`cp -r`, then `sync`',
    tool: 'cp',
    shown: 'cp -r SET TARGET && sync',
    note: 'one flush of everything at the end; no checksums',
    command: ({ set, target, env }) => shell('cp -r "$1" "$2" && sync', [set.folder, target], env),
  },
  {
    id: 'restic',
    title: '`restic backup`',
    tool: 'restic',
    shown: 'restic backup SET',
    preparation: 'restic init',
    note: 'encrypts always, and tries to compress by default',
    prepare: ({ processes, target, env }) =>
      processes.run({ command: 'restic', args: ['init'], env: resticEnv(target, env) }),
    command: ({ set, target, env }) => ({
      command: 'restic',
      args: ['backup', set.folder],
      env: resticEnv(target, env),
    }),
  },
  {
    id: 'borg',
    title: '`borg create -C none`',
    tool: 'borg',
    shown: 'borg create -C none TARGET::bench SET',
    preparation: 'borg init -e none TARGET',
    note: 'no encryption, no compression',
    prepare: ({ processes, target, env }) =>
      processes.run({
        command: 'borg',
        args: ['init', '-e', 'none', join(target, 'repo')],
        env: borgEnv(target, env),
      }),
    command: ({ set, target, env }) => ({
      command: 'borg',
      args: ['create', '-C', 'none', `${join(target, 'repo')}::bench`, set.folder],
      env: borgEnv(target, env),
    }),
  },
  {
    id: 'annex',
    title: '`git annex add`',
    tool: 'git-annex',
    shown: 'git annex add .',
    preparation: 'git init && git annex init && cp -r SET .',
    note: 'the files lie in its folder already and are only moved there: no second copy comes of it',
    async prepare(bench) {
      await makeAnnex(bench);
      const { processes, set, target, env } = bench;
      await processes.run({ command: 'cp', args: ['-r', set.folder, annexIn(target)], env });
    },
    command: ({ target, env }) => ({
      command: 'git',
      args: ['annex', 'add', '.'],
      cwd: annexIn(target),
      env,
    }),
  },
  {
    id: 'annex-copy',
    title: '`cp -r`, then `git annex add`',
    tool: 'git-annex',
    shown: 'cp -r SET . && git annex add .',
    preparation: 'git init && git annex init',
    note: 'ends with a second copy, as all the others do',
    prepare: makeAnnex,
    command: ({ set, target, env }) => ({
      ...shell('cp -r "$1" . && git annex add .', [set.folder], env),
      cwd: annexIn(target),
    }),
  },
  {
    id: 'rclone',
    title: '`rclone copy`',
    tool: 'rclone',
    shown: 'rclone copy SET TARGET',
    note: 'flushes nothing: it has ended when the copy is in memory',
    command: ({ set, target, env }) => ({
      command: 'rclone',
      args: ['copy', set.folder, join(target, 'copy')],
      env,
    }),
  },
];

/** Where a program is; null where it is not installed. No name (Reelhold's own) is always there. */
export function findProgram(name) {
  if (name === null) return '';
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    if (folder !== '' && isExecutable(file)) return file;
  }
  return null;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function shell(script, args, env) {
  return { command: 'sh', args: ['-c', script, 'sh', ...args], env };
}

function resticEnv(target, env) {
  return {
    ...env,
    RESTIC_REPOSITORY: join(target, 'repo'),
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: join(target, 'cache'),
  };
}

function borgEnv(target, env) {
  return { ...env, BORG_BASE_DIR: target, BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' };
}

function annexIn(target) {
  return join(target, 'annex');
}

async function makeAnnex({ processes, target, env }) {
  const cwd = annexIn(target);
  await mkdir(cwd);
  const commands = [
    ['init', '--quiet'],
    ['config', 'user.name', 'Bench'],
    ['config', 'user.email', 'bench@example.org'],
    ['annex', 'init', 'bench'],
  ];
  for (const args of commands) await processes.run({ command: 'git', args, cwd, env });
}
