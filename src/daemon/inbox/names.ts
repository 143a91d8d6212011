import type { FolderNames } from '#core/camera-cards.ts';
import { isVideoName } from '#core/candidates.ts';
import { isGenericFolder } from '#core/generic-folders.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { folderOf, nameOf } from '#core/inbox-path.ts';
import { genericProjectMs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { foldName } from '#core/safe-name.ts';
import { indexVideos, type VideoNames } from '#core/sidecar-names.ts';
import { createTreeNames, type TreeNames } from './tree-names.ts';

/** The names of an inbox as they are during one look at it, and what was taken from it a short while ago. */
export interface LookNames extends TreeNames {
  /**
   * The video that a file became which was taken from this path a short while ago; `stands` asks for one that stands
   * there still, as it was taken. Null where there was none.
   */
  videoFrom(path: string, stands: boolean): string | null;
  /** The video of the project of this folder; null where nothing of it was taken, or all of it is in the trash. */
  videoOfProject(folder: string): string | null;
}

/** What was taken from an inbox and waits in its hold, or stays where it stood: by path the video it became. */
interface RecentlyTaken {
  readonly held: ReadonlyMap<string, string>;
  readonly stays: ReadonlyMap<string, string>;
  readonly folders: ReadonlyMap<string, VideoNames>;
}

/** A project's key: its folder, and the inbox that is in. */
export function projectKeyOf(inbox: string, folder: string): string {
  return `${inbox}/${folder}`;
}

export function folderOfKey(inbox: string, key: string): string {
  return key.slice(inbox.length + 1);
}

export function createLookNames(deps: {
  readonly inbox: string;
  readonly kind: InboxKind;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly list: (folder: string) => Promise<FolderNames>;
}): LookNames {
  const { inbox, kind, catalogue, clock, list } = deps;
  let taken: RecentlyTaken | null = null;

  const videoOfProject = (folder: string): string | null => {
    const sinceMs = isGenericFolder(nameOf(folder)) ? clock.nowMs() - genericProjectMs : null;
    const key = foldName(projectKeyOf(inbox, folder).toWellFormed());
    return catalogue.archive.videoOfProject(key, sinceMs, []);
  };

  const readTaken = (): RecentlyTaken => {
    const isVideo = ({ path }: { readonly path: string }) => isVideoName(nameOf(path));
    const held = new Map(
      catalogue.holds
        .list(inbox)
        .filter(isVideo)
        .map(({ path, video }) => [path, video]),
    );
    const stays = new Map<string, string>();
    for (const { path, state, versionId } of catalogue.sightings.list(inbox).filter(isVideo)) {
      const video =
        state !== 'taken' || versionId == null ? null : catalogue.archive.videoOfVersion(versionId);
      if (video !== null) stays.set(path, video);
    }
    const byFolder = Map.groupBy([...held.keys(), ...stays.keys()], folderOf);
    const folders = new Map([...byFolder].map(([folder, paths]) => [folder, indexVideos(paths.map(nameOf))]));
    return { held, stays, folders };
  };

  const recently = (): RecentlyTaken => {
    taken ??= readTaken();
    return taken;
  };

  const takenFrom = (folder: string) => recently().folders.get(folder) ?? indexVideos([]);

  return {
    ...createTreeNames({
      kind,
      list,
      isKnownProject: (folder) => videoOfProject(folder) !== null,
      takenFrom,
    }),
    videoOfProject,
    videoFrom(path, stands) {
      const { held, stays } = recently();
      return stays.get(path) ?? (stands ? null : (held.get(path) ?? null));
    },
  };
}
