import { existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A note beside the catalogue that something in it was found damaged: the next opening looks at all of it, whatever
 * that takes. It stands outside, as a damaged file is no place to write that down.
 */
const markOf = (file: string) => `${file}-suspect`;

export function suspect(file: string): void {
  try {
    writeFileSync(markOf(file), '');
  } catch {
    // Then the damage is met again; it is already being said.
  }
}

export function isSuspected(file: string): boolean {
  return existsSync(markOf(file));
}

export function clearSuspicion(file: string): void {
  rmSync(markOf(file), { force: true });
}
