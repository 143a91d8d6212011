import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Location, PlaceIdentity } from '#core/ports/location.ts';
import { noLoopDisksBecause } from '#tests/support/loop-disk.ts';
import type { TestServer } from '#tests/support/remote-servers.ts';
import { fillUp, mountSmallDisk, type SmallDisk } from '#tests/support/small-disk.ts';
import type { LocationHarness } from './location-setting.ts';

/** How a server keeps the files of a place on its disk. */
export interface ServersDisk {
  /** Where the bytes of a file of the layout are. */
  file(path: string): string;
  /** What the server has to be told when its bytes were changed behind its back. */
  changed?(path: string): void;
  /** The bytes of the layout's file, where other ones are on the disk; null where those make none. */
  plain?(path: string): Uint8Array | null;
  /** Puts other bytes of the layout's file there, where they cannot simply be written. */
  replace?(path: string, bytes: Uint8Array): void;
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

/** What of a server a harness needs. */
type Served = Pick<TestServer, 'stop' | 'start' | 'folder' | 'saysFull'>;

/** A remote under test, and what a test does to it on the server's own disk. */
export function remoteHarness(
  server: Served,
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
      const bytes = (disk.plain?.(path) ?? readFileSync(disk.file(path))).subarray(0, sizeBytes);
      if (disk.replace === undefined) write(path, bytes);
      else disk.replace(path, bytes);
    },
    async lose(path) {
      rmSync(disk.file(path));
    },
    // What cannot be decrypted is shown as it stands there.
    content: async (path) => (read(path) === null ? null : (disk.plain?.(path) ?? read(path))),
    disconnect: () => server.stop(),
    reconnect: () => server.start(),
    ...smallServer(server),
  };
}

/** What becomes of a server whose disk is small: it is put under what is there as soon as a test wants it. */
function smallServer({ folder, stop, start, saysFull }: Served): Partial<LocationHarness> {
  let small: SmallDisk | null = null;
  const filler = join(folder, 'of another program');
  const cover = (): SmallDisk => {
    if (small !== null) return small;
    const kept = `${folder}-kept`;
    cpSync(folder, kept, { recursive: true });
    small = mountSmallDisk(folder, 8);
    if (small === null) throw new Error('no disk can be mounted here');
    cpSync(kept, folder, { recursive: true });
    return small;
  };
  const close = async () => {
    small?.[Symbol.dispose]();
    await stop();
  };
  if (noLoopDisksBecause !== null) return { close };
  return {
    ...{ close, saysFull },
    async fill() {
      cover();
      fillUp(filler);
    },
    async makeRoom() {
      rmSync(filler);
      // One that says nothing may have fallen over, too.
      if (saysFull) return;
      await stop();
      await start();
    },
    makeReadOnly: async () => cover().makeReadOnly(),
  };
}

/** A folder of this machine as a server: away is renamed. */
export function folderServer(folder: string): Served {
  const away = `${folder}-away`;
  return {
    ...{ folder, saysFull: true },
    async stop() {
      if (existsSync(folder)) renameSync(folder, away);
    },
    async start() {
      renameSync(away, folder);
    },
  };
}

/** Files as rclone encrypts them; `config` has the remote that does. */
export function cryptDisk(folder: string, config: string, section: string): ServersDisk {
  const known = new Map<string, string>();
  const rclone = (args: readonly string[], input?: Uint8Array) =>
    execFileSync('rclone', ['--config', config, '--retries=1', '--low-level-retries=1', ...args], {
      ...{ input, maxBuffer: 64 * 1024 * 1024, stdio: ['pipe', 'pipe', 'ignore'] },
    });
  const nameOf = (path: string): string => {
    const name = rclone(['cryptdecode', '--reverse', '--', `${section}:`, path]).toString();
    const found = known.get(path) ?? name.trim().split(' \t ').at(1) ?? '';
    known.set(path, found);
    return found;
  };
  const file = (path: string) => join(folder, known.get(path) ?? nameOf(path));
  // Over the server's own disk, whatever it is reached by.
  const at = (path: string) => `${section},remote="${folder}":${path}`;
  return {
    file,
    plain(path) {
      try {
        return rclone(['cat', '--', at(path)]);
      } catch {
        return null;
      }
    },
    replace(path, bytes) {
      rmSync(file(path));
      rclone(['rcat', '--', at(path)], bytes);
    },
  };
}
