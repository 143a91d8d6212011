import { isGenericName } from '#core/generic-names.ts';
import { foldName, titleOf } from '#core/safe-name.ts';

/** The name under which versions find each other; null for a name that says nothing about the work. */
export function nameKeyOf(name: string): string | null {
  return isGenericName(name) ? null : foldName(titleOf(name));
}

/** The same of a name that has lost its extension, as `belongingOf` gives it. */
export function nameKeyOfStem(stem: string): string | null {
  return nameKeyOf(`${stem}.mp4`);
}
