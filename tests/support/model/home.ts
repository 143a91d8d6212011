import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Config, loadConfig } from '#config.ts';
import { type LoopDisk, makeLoopDisk } from '#tests/support/loop-disk.ts';

/** A whole installation in one folder, on a disk of its own where that is possible. */
export interface Home extends AsyncDisposable {
  readonly config: Config;
  /** Its only inbox. */
  readonly inboxDir: string;
  /** Elsewhere: survives whatever happens to the installation. */
  readonly shelf: string;
  /** That of the videos and that of the catalogue, as on a NAS; none where no disks can be made. */
  readonly disks: readonly LoopDisk[];
  /**
   * From now on nothing that is still running reaches the installation's files any more, as if its process were
   * dead; `revive` brings them back as they are now.
   */
  freeze(): void;
  /** Once whoever was running has let go. */
  revive(): void;
  /**
   * Sees to it that what the run itself did to the catalogue's files outlasts a power cut; only while nobody has the
   * catalogue open, as closing a file frees the locks on it.
   */
  flush(): void;
}

const catalogueEndings = ['', '-wal', '-shm'];
const diskMebibytes = 64;
export const quietMs = 1000;

export async function makeHome(options: {
  readonly withDisks: boolean;
  readonly libraryMode: Config['libraryMode'];
}): Promise<Home> {
  const stack = new AsyncDisposableStack();
  const shelf = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelhold-model-'));
  stack.defer(() => rmSync(shelf, { recursive: true, force: true }));
  const disks: LoopDisk[] = [];
  if (options.withDisks)
    for (let n = 0; n < 2; n += 1) disks.push(stack.use(await makeLoopDisk('ext4', diskMebibytes)));
  const [videos = join(shelf, 'videos'), settings = join(shelf, 'settings')] = disks.map((disk) => disk.root);
  const [root, configDir] = [join(videos, 'home'), join(settings, 'home')];
  const frozen = join(shelf, 'frozen');
  for (const folder of [join(root, 'inbox'), configDir, frozen]) mkdirSync(folder, { recursive: true });
  const config = loadConfig({
    REELHOLD_CONFIG: configDir,
    REELHOLD_VAULT: join(root, 'vault'),
    REELHOLD_LIBRARY: join(root, 'library'),
    REELHOLD_LIBRARY_MODE: options.libraryMode,
    REELHOLD_INBOX: join(root, 'inbox'),
    REELHOLD_QUIET_SECONDS: String(quietMs / 1000),
    TZ: 'Europe/Berlin',
  });
  /** Open files are still written to: the catalogue is kept as it was, the rest of what is open is nobody's yet. */
  const copyCatalogue = (from: (ending: string) => string, to: (ending: string) => string) => {
    for (const ending of catalogueEndings) {
      rmSync(to(ending), { force: true });
      if (existsSync(from(ending))) copyFileSync(from(ending), to(ending));
    }
  };
  const catalogue = (ending: string) => `${config.catalogueFile}${ending}`;
  const kept = (ending: string) => join(frozen, `catalogue${ending}`);
  const flush = () => {
    for (const path of catalogueEndings.map(catalogue).filter((file) => existsSync(file))) flushPath(path);
    flushPath(configDir);
    flushPath(dirname(configDir));
  };
  const owned = stack.move();
  return {
    ...{ config, inboxDir: join(root, 'inbox'), shelf, disks },
    freeze() {
      copyCatalogue(catalogue, kept);
      for (const folder of [root, configDir]) {
        renameSync(folder, `${folder} frozen`);
        writeFileSync(folder, ''); // so that nothing can be made again at the old place
      }
    },
    revive() {
      for (const folder of [root, configDir]) {
        rmSync(folder);
        renameSync(`${folder} frozen`, folder);
      }
      copyCatalogue(kept, catalogue);
      flush();
      flushPath(dirname(root));
    },
    flush,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Makes the bytes of a file, or the names in a folder, durable. */
export function flushPath(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
