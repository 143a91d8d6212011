import { watch } from 'chokidar';
import { describeError } from '#core/errors.ts';
import type { Log } from '#core/ports/log.ts';

/**
 * Hints that somebody changed a file of the readable tree. The nightly look finds what this misses, so that it
 * may stop at the system's limit of watched folders without harm.
 */
export function watchLibrary(root: string, log: Log, onChange: (path: string) => void): AsyncDisposable {
  let isToldOnce = false;
  const watcher = watch(root, { ignoreInitial: true, followSymlinks: false, atomic: false });
  const tell = (path: string) => onChange(path.slice(root.length + 1));
  watcher.on('change', tell).on('unlink', tell);
  watcher.on('error', (error) => {
    if (!isToldOnce)
      log.info(
        { error: describeError(error) },
        'The library is not watched everywhere; it is looked through once a night.',
      );
    isToldOnce = true;
  });
  return { [Symbol.asyncDispose]: () => watcher.close() };
}
