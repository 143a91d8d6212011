import {
  chainName,
  type HashList,
  historyFolder,
  isListName,
  type ListedFile,
  uniteLists,
} from '#core/hash-list.ts';
import type { HashLists } from '#core/ports/hash-lists.ts';
import { fingerprint } from '#core/settle.ts';
import type { FolderNames } from './folder-names.ts';
import { statInboxFile } from './walk.ts';

/** The lists that lie in one folder, united. */
export interface FolderLists {
  /** Changes with any of them. */
  readonly print: string;
  /** By `listedKey`, below the folder. */
  readonly files: ReadonlyMap<string, ListedFile>;
  /** Further lists that have to be there, below the folder. */
  readonly others: readonly string[];
  /** One of them cannot be read, as while it is being copied. */
  readonly isUnread: boolean;
}

export interface FolderListsDeps {
  readonly root: () => string;
  readonly names: FolderNames;
  readonly hashLists: HashLists;
}

const chainFile = `${historyFolder}/${chainName}`;

interface Read {
  readonly lists: readonly HashList[];
  readonly others: readonly string[];
  readonly isUnread: boolean;
}

/** Reads the lists of a folder; `before` itself where they are as they were, null where there are none. */
export async function readFolderLists(
  deps: FolderListsDeps,
  folder: string,
  before: FolderLists | null,
): Promise<FolderLists | null> {
  const { asc, classic } = await findLists(deps, folder);
  if (asc === null && classic.length === 0) return null;
  const paths = [...(asc === null ? [] : [chainFile, ...asc]), ...classic];
  const print = await printOf(
    deps,
    paths.map((path) => below(folder, path)),
  );
  if (before?.print === print) return before;
  const parts = [...(asc === null ? [] : [await readAsc(deps, folder, asc)])];
  parts.push(await readClassic(deps, folder, classic));
  const lists = parts.flatMap((part) => part.lists);
  return {
    print,
    files: uniteLists(lists),
    others: [
      ...parts.flatMap((part) => part.others),
      ...lists.flatMap((list) => list.lists.map(({ path }) => path)),
    ],
    isUnread: parts.some((part) => part.isUnread),
  };
}

/** A path below the inbox, of one below a folder of it; '' is the inbox itself. */
export function below(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

/** Below the folder; `asc` is null where there is no such history. */
async function findLists({ names }: FolderListsDeps, folder: string) {
  const listsOf = (found: ReadonlySet<string>) => [...found].filter(isListName).sort();
  const found = await names.in(folder);
  const classic = listsOf(found);
  if (!found.has(historyFolder)) return { asc: null, classic };
  const generations = listsOf(await names.in(below(folder, historyFolder)));
  return { asc: generations.map((name) => `${historyFolder}/${name}`), classic };
}

async function printOf({ root }: FolderListsDeps, paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => statInboxFile(root(), path)));
  return stats.map((stat) => (stat === null ? '-' : fingerprint(stat))).join(' ');
}

/** The chain names each generation, and seals it by a hash. */
async function readAsc(deps: FolderListsDeps, folder: string, generations: readonly string[]): Promise<Read> {
  const chain = (await readList(deps, folder, chainFile))?.list ?? null;
  if (chain === null) return { lists: [], others: [], isUnread: true };
  const seals = new Map(chain.lists.map(({ path, c4 }) => [`${historyFolder}/${path}`, c4]));
  const lists: HashList[] = [];
  for (const path of generations) {
    const read = await readList(deps, folder, path);
    const seal = seals.get(path) ?? null;
    if (read === null || read.list === null || (seal !== null && seal !== read.c4)) {
      return { lists: [], others: [], isUnread: true };
    }
    lists.push(read.list);
  }
  return { lists, others: [...seals.keys()], isUnread: false };
}

async function readClassic(deps: FolderListsDeps, folder: string, paths: readonly string[]): Promise<Read> {
  const lists: HashList[] = [];
  let isUnread = false;
  for (const path of paths) {
    const list = (await readList(deps, folder, path))?.list ?? null;
    if (list === null) isUnread = true;
    else lists.push(list);
  }
  return { lists, others: [], isUnread };
}

function readList({ root, hashLists }: FolderListsDeps, folder: string, path: string) {
  return hashLists.read({ path: `${root()}/${below(folder, path)}`, within: root() });
}
