import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { codeOf } from '#core/errors.ts';

export interface SmallDisk extends Disposable {
  makeReadOnly(): void;
}

/** Mounts a disk of that size in memory at the path; null where mounting is not allowed. */
export function mountSmallDisk(path: string, sizeMiB: number): SmallDisk | null {
  mkdirSync(path, { recursive: true });
  const mount = (...args: readonly string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
  if (!mount('-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'none', path)) return null;
  return {
    makeReadOnly: () => void mount('-o', 'remount,ro', path),
    [Symbol.dispose]: () => void spawnSync('umount', ['-l', path], { stdio: 'ignore' }),
  };
}

/** Writes into the file until the disk takes no more. */
export function fillUp(path: string): void {
  for (const size of [65_536, 4096, 256]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC') throw error;
    }
  }
}
