import { type FSWatcher, watch } from 'chokidar';
import { whyFolderIgnored } from '#core/candidates.ts';
import { signOf } from '#core/inbox-owner.ts';

/** What a watcher tells: hints, never facts. Paths are below the inbox. */
export interface WatchHints {
  onFile(path: string): void;
  /** Something changed that only a look through everything finds, such as a folder. */
  onUnclear(): void;
  /** A sign of another program that uses the inbox came or went. */
  onSign(): void;
  /** Such a sign was written to: the program is at work. */
  onUse(): void;
  /** Part of the inbox is not watched: once for each folder that could not be. */
  onTrouble(error: unknown): void;
}

/** Watches a folder until it is disposed of. */
export type WatchFolder = (root: string, hints: WatchHints) => AsyncDisposable;

/**
 * Watches an inbox. Nothing follows from its silence: it misses what another machine writes to a network
 * drive, and stops at the system's limit of watched folders.
 */
export const watchInbox: WatchFolder = (root, hints) => {
  const below = (path: string) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : '');
  const onName = (path: string) => {
    hints.onFile(below(path));
    if (isSign(below(path))) hints.onSign();
  };
  const onChange = (path: string) => {
    hints.onFile(below(path));
    if (isSign(below(path))) hints.onUse();
  };
  const onFolder = (path: string) => {
    if (isSign(below(path))) hints.onSign();
    else hints.onUnclear();
  };
  const watcher: FSWatcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    ignored: (path: string) => isIgnored(below(path)),
  });
  watcher
    .on('add', onName)
    .on('change', onChange)
    .on('unlink', onName)
    .on('addDir', onFolder)
    .on('unlinkDir', onFolder)
    // What came between our own look and its first one is news to neither.
    .on('ready', () => hints.onUnclear())
    // A name that is not UTF-8 reaches us mangled, and then no event follows.
    .on('raw', (event, name) => {
      if (event === 'rename' && typeof name === 'string' && name.includes('\uFFFD')) hints.onUnclear();
    })
    .on('error', (error) => hints.onTrouble(error));
  return { [Symbol.asyncDispose]: () => watcher.close() };
};

/** Whether the name shows that another program uses the inbox. */
function isSign(path: string): boolean {
  return signOf(path.slice(path.lastIndexOf('/') + 1)) !== null;
}

/** What shows that another program uses the inbox is seen, but not what is in it. */
function isIgnored(path: string): boolean {
  if (path === '') return false;
  const parts = path.split('/');
  return (isSign(path) ? parts.slice(0, -1) : parts).some((part, at) => {
    const why = whyFolderIgnored(part);
    // What is hidden may be of a project, whose folder stands above it.
    return why !== null && (why !== 'hidden' || at === 0);
  });
}
