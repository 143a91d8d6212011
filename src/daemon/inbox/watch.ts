import { type FSWatcher, watch } from 'chokidar';
import { isIgnoredFolder } from '#core/candidates.ts';
import { describeError } from '#core/errors.ts';
import { holdFolder } from './hold-path.ts';

/** What a watcher tells: hints, never facts. Paths are below the inbox. */
export interface WatchHints {
  onFile(path: string): void;
  onFolder(): void;
  /** Part of the inbox is not watched: once for each folder that could not be. */
  onTrouble(message: string): void;
}

/**
 * Watches an inbox. Nothing follows from its silence: it misses what another machine writes to a network
 * drive, and stops at the system's limit of watched folders.
 */
export function watchInbox(root: string, hints: WatchHints): AsyncDisposable {
  const watcher: FSWatcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    ignored: (path: string) => isIgnored(root, path),
  });
  const tell = (path: string) => hints.onFile(relative(root, path));
  watcher
    .on('add', tell)
    .on('change', tell)
    .on('unlink', tell)
    .on('addDir', () => hints.onFolder())
    .on('error', (error) => hints.onTrouble(describeError(error)));
  return { [Symbol.asyncDispose]: () => watcher.close() };
}

function isIgnored(root: string, path: string): boolean {
  const parts = relative(root, path).split('/');
  return parts[0] !== holdFolder && parts.some((part) => part !== '' && isIgnoredFolder(part));
}

function relative(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : '';
}
