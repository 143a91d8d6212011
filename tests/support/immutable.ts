import { spawnSync } from 'node:child_process';

/** Forbids even root to change a file or what is in a folder, until disposed; null where that cannot be done here. */
export function makeImmutable(path: string): Disposable | null {
  if (spawnSync('chattr', ['+i', path], { stdio: 'ignore' }).status !== 0) return null;
  return { [Symbol.dispose]: () => void spawnSync('chattr', ['-i', path]) };
}
