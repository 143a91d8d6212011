import { isVideoName } from '#core/candidates.ts';
import { listedFolderOf, spellingsOf } from '#core/hash-list.ts';
import type { InboxMode } from '#core/inbox-mode.ts';
import { nameOf } from '#core/inbox-path.ts';
import { nameKeyOf } from '#core/name-key.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { fingerprint } from '#core/settle.ts';
import type { ListedFiles } from './listed-files.ts';
import { statInboxFile } from './walk.ts';

/** What a list of hashes has to wait for, and which videos it belongs to. */
export interface ListFindings {
  /** Of the files that it names, those that still have to come, to be saved, or to leave. */
  readonly left: number;
  readonly videos: readonly string[];
}

/** Knows when a list in an inbox may be taken and leave: after all that it names. */
export interface ListFiles {
  /** Null for a file that is no list. */
  judge(path: string): Promise<ListFindings | null>;
}

const statsAtOnce = 256;

export function createListFiles(deps: {
  readonly inbox: string;
  readonly root: () => string;
  readonly mode: () => InboxMode;
  readonly catalogue: Catalogue;
  readonly listed: ListedFiles;
}): ListFiles {
  const { inbox, root, catalogue, listed } = deps;

  /** What stays where it is has been saved when its row says so. */
  const isSaved = (path: string, print: string): boolean => {
    const row = catalogue.sightings.find(inbox, path);
    return row?.state === 'taken' && row.fingerprint === print;
  };

  const isLeft = async (path: string): Promise<boolean> => {
    for (const spelling of spellingsOf(path)) {
      const stat = await statInboxFile(root(), spelling);
      if (stat === null) continue;
      return deps.mode() === 'consume' || !isSaved(spelling, fingerprint(stat));
    }
    return false;
  };

  const countLeft = async (paths: readonly string[]): Promise<number> => {
    let left = 0;
    for (let start = 0; start < paths.length; start += statsAtOnce) {
      const some = await Promise.all(paths.slice(start, start + statsAtOnce).map(isLeft));
      left += some.filter(Boolean).length;
    }
    return left;
  };

  /** What a file became that was taken a short while ago, else the video of its name, if that says which one it is. */
  const findVideos = (paths: readonly string[]): readonly string[] => {
    const held = new Map(catalogue.holds.list(inbox).map(({ path, video }) => [path, video]));
    const videoAt = (path: string): string | null => {
      const version = catalogue.sightings.find(inbox, path)?.versionId;
      return held.get(path) ?? (version == null ? null : catalogue.archive.videoOfVersion(version));
    };
    const videoOf = (path: string): string | null => {
      const found = spellingsOf(path)
        .map(videoAt)
        .find((video) => video !== null);
      const nameKey = nameKeyOf(nameOf(path));
      return found ?? (nameKey === null ? null : catalogue.archive.videoOfName(nameKey, []));
    };
    return [
      ...new Set(paths.filter((path) => isVideoName(nameOf(path))).flatMap((path) => videoOf(path) ?? [])),
    ];
  };

  return {
    async judge(path) {
      const folder = listedFolderOf(path);
      if (folder === null) return null;
      const named = await listed.namedIn(folder);
      // Lists may name each other.
      const paths = named.paths.filter((one) => listedFolderOf(one) === null);
      return { left: named.missing + (await countLeft(paths)), videos: findVideos(paths) };
    },
  };
}
