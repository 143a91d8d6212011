/** The hashes that lists of films name (ASC MHL v2, `ASCMHL.xsd`; MHL 1.1). */
export type ListedAlgorithm = 'md5' | 'sha1' | 'xxh32' | 'xxh64' | 'xxh3' | 'xxh128' | 'c4';

export interface ListedHash {
  readonly algorithm: ListedAlgorithm;
  /** Lower-case hexadecimal; a C4 id as it is. */
  readonly value: string;
  /** What the same text means as programs write it that do not keep to the format; absent where none do. */
  readonly otherwise?: readonly string[];
}

export interface ListedFile {
  /** Below the folder that the list is about, `/` between parts. */
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly hash: ListedHash | null;
}

/** What one list says; every path in it stays below the list's folder. */
export interface HashList {
  readonly files: readonly ListedFile[];
  /** Names that files had before. */
  readonly renamed: readonly string[];
  /** Lists that it names: those of folders below, or, in a chain, those that came one after the other. */
  readonly lists: readonly { readonly path: string; readonly c4: string | null }[];
}

/** ASC MHL, v2: where the lists of a folder lie, one for each time that it was checked, and what seals them. */
export const historyFolder = 'ascmhl';
export const chainName = 'ascmhl_chain.xml';

/** Tells whether a file of this name is a list. */
export function isListName(name: string): boolean {
  return /^[^.].*\.mhl$/is.test(name);
}

/** The folder that a file is a list about, by its path; null for one that is no list. '' is the top. */
export function listedFolderOf(path: string): string | null {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  const isHistory = folders.at(-1) === historyFolder;
  if (isHistory) folders.pop();
  return isListName(name) || (isHistory && name === chainName) ? folders.join('/') : null;
}

/** One form for all spellings of a name: a Mac writes its letters apart from their accents. */
export function listedKey(path: string): string {
  return path.normalize('NFC');
}

/** The spellings under which a listed file may stand on a disk. */
export function spellingsOf(path: string): readonly string[] {
  return [...new Set([path, path.normalize('NFC'), path.normalize('NFD')])];
}

/** Whether a path out of a list stays below the list's folder, whatever system reads it. */
export function isListedPath(path: string): boolean {
  if (path.length > 4096 || /[\p{Cc}\\]/u.test(path) || !path.isWellFormed()) return false;
  return path.split('/').every((part) => !['', '.', '..'].includes(part));
}

/**
 * Unites the lists of one folder, oldest first: a file that was ever listed is wanted, but for one that was
 * renamed; the latest size and hash of each hold.
 */
export function uniteLists(lists: readonly HashList[]): ReadonlyMap<string, ListedFile> {
  const files = new Map<string, ListedFile>();
  for (const list of lists) {
    for (const path of list.renamed) files.delete(listedKey(path));
    for (const file of list.files) {
      const before = files.get(listedKey(file.path));
      const sizeBytes = file.sizeBytes ?? before?.sizeBytes ?? null;
      files.set(listedKey(file.path), { ...file, sizeBytes, hash: file.hash ?? before?.hash ?? null });
    }
  }
  return files;
}
