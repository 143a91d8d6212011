import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import type { TestServer } from '#tests/support/remote-servers.ts';
import type { LocationHarness } from './location-setting.ts';

/** How a server keeps the files of a place on its disk. */
export interface ServersDisk {
  /** Where the bytes of a file of the layout are. */
  file(path: string): string;
  /** What the server has to be told when its bytes were changed behind its back. */
  changed?(path: string): void;
}

/** Files that stand on the server's disk as they are. */
export function plainDisk(folder: string): ServersDisk {
  return { file: (path) => join(folder, path) };
}

/** s3rver keeps the hash of what it was given beside it: what is put there in other ways has another one. */
export function s3Disk(folder: string): ServersDisk {
  const file = (path: string) => join(folder, `${path}._S3rver_object`);
  return {
    file,
    changed(path) {
      writeFileSync(
        `${file(path)}.md5`,
        createHash('md5')
          .update(readFileSync(file(path)))
          .digest('hex'),
      );
    },
  };
}

/** A remote under test, and what a test does to it on the server's own disk. */
export function remoteHarness(
  server: Pick<TestServer, 'stop' | 'start'>,
  disk: ServersDisk,
  as: (identity: PlaceIdentity) => Location,
): LocationHarness {
  const read = (path: string) => (existsSync(disk.file(path)) ? readFileSync(disk.file(path)) : null);
  const write = (path: string, bytes: Uint8Array) => {
    writeFileSync(disk.file(path), bytes);
    disk.changed?.(path);
  };
  return {
    ...{ as, proves: 'at-once', role: 'remote' },
    async damage(path, at = 0) {
      const bytes = readFileSync(disk.file(path));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      write(path, bytes);
    },
    async cut(path, sizeBytes) {
      write(path, readFileSync(disk.file(path)).subarray(0, sizeBytes));
    },
    async lose(path) {
      rmSync(disk.file(path));
    },
    content: async (path) => read(path),
    disconnect: () => server.stop(),
    reconnect: () => server.start(),
    close: () => server.stop(),
  };
}

/** A folder of this machine as a server: away is renamed. */
export function folderServer(folder: string): Pick<TestServer, 'stop' | 'start'> {
  const away = `${folder}-away`;
  return {
    async stop() {
      if (existsSync(folder)) renameSync(folder, away);
    },
    async start() {
      renameSync(away, folder);
    },
  };
}

/** The names that rclone gives files at an encrypted place; `config` has the remote that encrypts. */
export function cryptDisk(folder: string, config: string, section: string): ServersDisk {
  const known = new Map<string, string>();
  const nameOf = (path: string): string => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const args = ['--config', config, 'cryptdecode', '--reverse', '--', `${section}:`, path];
    const output = execFileSync('rclone', args, { encoding: 'utf8' });
    const name = output.trim().split(' \t ').at(1) ?? '';
    known.set(path, name);
    return name;
  };
  return { file: (path) => join(folder, nameOf(path)) };
}
