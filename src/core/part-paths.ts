import { displayName, splitExtension } from '#core/file-name.ts';
import type { PartKind } from '#core/journal-record.ts';
import { foldName, safeTitle } from '#core/safe-name.ts';

/** A part, as far as its place in the readable tree hangs on it. */
export interface NamedPart {
  readonly kind: PartKind;
  /** As it came, with its extension. */
  readonly name: string;
  /** The folders it came in, below its project's or its card's; null for a part that came beside its video. */
  readonly path: string | null;
}

/** Under this name a project or a card keeps the structure it came in, so that a project file finds its media. */
export const asItCameFolder = 'as it came';
export const olderVersionsFolder = 'older versions';

/** Folder path within a project as a record keeps it: on one line, and never out of the folder it is put into. */
export function recordedPath(path: string): string {
  return path === '' ? '' : path.split('/').map(recordedFolder).join('/');
}

function recordedFolder(folder: string): string {
  const text = displayName(folder).replace(/\p{Cc}+/gu, ' ');
  return ['', '.', '..'].includes(text) ? '_' : text;
}

/** Parts of one key stand in one place: the newest there, those before it among the older versions. */
export function partKey(part: NamedPart): string {
  const { stem, suffix } = splitPlace(part);
  return foldName(`${stem}${suffix}`);
}

/** Where a part stands below its video's folder; `older` counts from 1 for the first that stood in its place. */
export function partPlace(part: NamedPart, older: number | null): string {
  const { stem, suffix } = splitPlace(part);
  return older === null ? `${stem}${suffix}` : `${olderVersionsFolder}/${stem} (version ${older})${suffix}`;
}

/**
 * The name keeps its own extension, and the case of it: a project file on a disk that minds it looks for `C0001.MP4`.
 * The bytes may stand under another one, with which somebody else brought them.
 */
function splitPlace({ kind, name, path }: NamedPart): { stem: string; suffix: string } {
  const { stem: own } = splitExtension(name);
  const suffix = name.slice(own.length);
  const stem = path === null ? safeTitle(own) : safeAsItCame(own);
  const folders =
    path === null
      ? [kind]
      : [
          asItCameFolder,
          ...path
            .split('/')
            .filter((part) => part !== '')
            .map(safeAsItCame),
        ];
  return { stem: `${folders.join('/')}/${stem}`, suffix };
}

/**
 * Programs look for `.project` by that name; what bringing back calls by such names itself stays apart, however it was
 * written before it was made safe (`..reelhold-x`).
 */
function safeAsItCame(name: string): string {
  const safe = safeTitle(name);
  const isHidden = name.startsWith('.') && !/^(reelhold|restoring)-/i.test(safe);
  return isHidden ? `.${safe}` : safe;
}
