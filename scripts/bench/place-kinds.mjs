import { join } from 'node:path';
import { obscure, remoteInEnvironment } from './servers.mjs';

const rcloneCopy = {
  id: 'rclone',
  title: '`rclone copy` to the same server',
  shown: 'rclone copy SET SERVER:FOLDER',
  command: ({ set, server, name, env }) => ({
    command: 'rclone',
    args: ['copy', set.folder, server.remote(name)],
    env: { ...env, ...server.env },
  }),
};

const rcloneCrypt = {
  id: 'rclone-crypt',
  title: '`rclone copy` through its own crypt',
  shown: 'rclone copy SET CRYPT:   # a crypt remote over SERVER:FOLDER',
  async command({ processes, set, server, name, env }) {
    const password = await obscure(processes, 'bench');
    const options = { type: 'crypt', remote: server.remote(name), password };
    return {
      command: 'rclone',
      args: ['copy', set.folder, 'through:'],
      env: { ...env, ...server.env, ...remoteInEnvironment('through', options) },
    };
  },
};

// `count=0` with `nocache` copies nothing, and tells the kernel to forget what it has of the file.
const copyAndCompare = [
  'cp -r "$1" "$2" && sync',
  'for file in "$2"/*; do dd if="$file" iflag=nocache count=0 status=none || exit 1; done',
  'for file in "$1"/*; do cmp "$file" "$2/$(basename "$file")" || exit 1; done',
].join(' && ');

const copyWithReadBack = {
  id: 'cp-cmp',
  title: '`cp -r`, `sync`, then `cmp` from the device',
  shown: 'cp -r SET DRIVE && sync; dd if=EACH iflag=nocache count=0; cmp EACH   # of SET with its copy',
  command: ({ set, target, env }) => ({
    command: 'sh',
    args: ['-c', copyAndCompare, 'sh', set.folder, target],
    env,
  }),
};

/**
 * The kinds of place that are filled, as data. `server` is what runs for it (null: a folder as a drive), `location` how
 * the place is added; the time of `reelhold mirror` is held against the first of `peers`, at `most` times as long.
 */
export const placeKinds = [
  {
    id: 's3',
    title: 'S3, not encrypted',
    server: 's3',
    location: (place) => addRemote(place, '--plain'),
    peers: [rcloneCopy],
    most: 1.2,
    note: 'proven by the MD5 that the host computed of what arrived',
  },
  {
    id: 'sftp',
    title: 'SFTP, not encrypted',
    server: 'sftp',
    location: (place) => addRemote(place, '--plain'),
    peers: [rcloneCopy],
    most: 1.2,
    note: 'proven by a hash that the host computes of what it stored, when asked',
  },
  {
    id: 'webdav-encrypted',
    title: 'WebDAV, encrypted',
    server: 'webdav',
    location: (place) => addRemote(place),
    peers: [rcloneCopy, rcloneCrypt],
    most: 3,
    note: 'encrypted, decrypted again and compared before it leaves, then downloaded and compared',
  },
  {
    id: 'drive',
    title: 'a drive',
    server: null,
    location: ({ name, target }) => ['drive', name, target],
    peers: [copyWithReadBack],
    most: 1.3,
    note: 'everything flushed, and read back past the cache before it gets its name',
  },
];

function addRemote({ name, server }, ...options) {
  return ['remote', name, server.remote(name), ...options];
}

/** Where on this disk a place's files are. */
export function targetOf({ server, folder, name }) {
  return join(server?.root ?? folder, name);
}
