import { type ListedHash, listedKey, spellingsOf } from '#core/hash-list.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { below, type FolderLists, type FolderListsDeps, readFolderLists } from './folder-lists.ts';
import { usuallyFreshMs } from './folder-names.ts';
import { statInboxFile } from './walk.ts';

/** What the lists in the folders around a file say of it. */
export type Listed =
  | { readonly kind: 'named'; readonly missing: number; readonly expects: ListedHash | null }
  /** There is a list that cannot be read, as while it is being copied. */
  | { readonly kind: 'unread' };

export interface NamedFiles {
  /** Below the inbox, as the lists spell them. */
  readonly paths: readonly string[];
  /** How many are not there, and never were. */
  readonly missing: number;
}

/** Knows the lists (ASC MHL, MHL 1.1) in an inbox, and whether all that they name is there. */
export interface ListedFiles {
  /** Null where no list names the file. */
  of(path: string): Promise<Listed | null>;
  /** What the lists of one folder name; nothing where there is no list, or it cannot be read. */
  namedIn(folder: string): Promise<NamedFiles>;
}

interface Looked {
  readonly atMs: number;
  readonly lists: FolderLists | null;
  /** Since when these lists are as they are. */
  readonly sinceMs: number;
  readonly missing: number;
}

interface Place {
  last: Looked | null;
  looking: Promise<Looked> | null;
}

/** Long lists take memory. */
const keptMs = 5 * 60_000;
/** A list that is being copied changes; one that cannot be read for so long is none. */
const unreadMs = 5 * 60_000;
const statsAtOnce = 256;

export function createListedFiles(
  deps: FolderListsDeps & {
    readonly inbox: string;
    readonly catalogue: Catalogue;
    readonly clock: Clock;
    /** For how long a look at a folder is believed. */
    readonly freshMs?: number;
  },
): ListedFiles {
  const { inbox, root, catalogue, clock, freshMs = usuallyFreshMs } = deps;
  const { notes, holds } = catalogue;
  const places = new Map<string, Place>();

  const isThere = async (path: string, sizeBytes: number | null): Promise<boolean> => {
    for (const spelling of spellingsOf(path)) {
      const stat = await statInboxFile(root(), spelling);
      if (stat !== null) return sizeBytes === null || stat.sizeBytes === sizeBytes;
    }
    return false;
  };

  const findAbsent = async (folder: string, { files, others }: FolderLists): Promise<readonly string[]> => {
    const wanted = [...files.values(), ...others.map((path) => ({ path, sizeBytes: null }))];
    const absent: string[] = [];
    for (let start = 0; start < wanted.length; start += statsAtOnce) {
      const some = wanted.slice(start, start + statsAtOnce).map(async ({ path, sizeBytes }) => {
        if (!(await isThere(below(folder, path), sizeBytes))) absent.push(below(folder, path));
      });
      await Promise.all(some);
    }
    return absent;
  };

  /** What was taken has left the inbox, but was there; so were all where it was once said that they are. */
  const countMissing = async (folder: string, lists: FolderLists): Promise<number> => {
    const fact = `list-complete:${inbox}:${folder.toWellFormed()}`;
    if (notes.fact(fact) === lists.print) return 0;
    const absent = await findAbsent(folder, lists);
    const taken = new Set(absent.length === 0 ? [] : holds.list(inbox).map(({ path }) => listedKey(path)));
    const missing = absent.filter((path) => !taken.has(listedKey(path))).length;
    if (missing === 0 && !lists.isUnread) notes.setFact(fact, lists.print);
    return missing;
  };

  const look = async (folder: string, last: Looked | null): Promise<Looked> => {
    const lists = await readFolderLists(deps, folder, last?.lists ?? null);
    const missing = lists === null ? 0 : await countMissing(folder, lists);
    const atMs = clock.monotonicMs();
    const sinceMs = last !== null && last.lists === lists ? last.sinceMs : atMs;
    return { atMs, lists, sinceMs, missing };
  };

  const forgetOld = () => {
    const isOld = (last: Looked | null) => last === null || clock.monotonicMs() - last.atMs > keptMs;
    for (const [folder, { last, looking }] of places) {
      if (looking === null && isOld(last)) places.delete(folder);
    }
  };

  const lookAt = (folder: string): Promise<Looked> | Looked => {
    const place = places.get(folder) ?? { last: null, looking: null };
    if (place.looking !== null) return place.looking;
    if (place.last !== null && clock.monotonicMs() - place.last.atMs < freshMs) return place.last;
    forgetOld();
    places.set(folder, place);
    place.looking = look(folder, place.last)
      .then((looked) => {
        place.last = looked;
        return looked;
      })
      .finally(() => {
        place.looking = null;
      });
    return place.looking;
  };

  return {
    async of(path) {
      let isComing = false;
      for (const folder of foldersOf(path)) {
        const { lists, sinceMs, missing } = await lookAt(folder);
        if (lists === null) continue;
        const entry = lists.files.get(listedKey(folder === '' ? path : path.slice(folder.length + 1)));
        if (entry !== undefined) return { kind: 'named', missing, expects: entry.hash };
        isComing ||= lists.isUnread && clock.monotonicMs() - sinceMs < unreadMs;
      }
      return isComing ? { kind: 'unread' } : null;
    },
    async namedIn(folder) {
      const { lists, missing } = await lookAt(folder);
      return { paths: [...(lists?.files.values() ?? [])].map(({ path }) => below(folder, path)), missing };
    },
  };
}

/** The folders that a file is in, nearest first; '' is the inbox itself. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}
