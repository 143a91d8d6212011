import { nameOf } from '#core/inbox-path.ts';

/** Where originals wait inside an inbox; hidden from most file managers, ignored by every walk. */
export const holdFolder = '.reelhold-hold';

/** An original keeps its own name, in a folder of its own: names of 255 bytes leave no room for a prefix. */
export function heldPathOf(id: string, path: string): string {
  return `${holdFolder}/${id}/${nameOf(path)}`;
}
