import { foldersToLookInto, type InboxFolders, type InboxNames, isProject } from '#core/belonging.ts';
import { cardFolderOf, type FolderNames } from '#core/camera-cards.ts';
import { isVideoName } from '#core/candidates.ts';
import { isGenericFolder } from '#core/generic-folders.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { genericProjectMs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { foldName } from '#core/safe-name.ts';
import { indexVideos, mayBeBeside, type VideoNames } from '#core/sidecar-names.ts';
import { folderOf, nameOf } from './hold-path.ts';

/** The names of an inbox as they are during one look at it: each folder is asked for once. */
export interface LookNames extends InboxNames {
  /** Reads what there is to know before files of this folder are judged. */
  prepare(folder: string): Promise<void>;
  /** The same, where somebody has just read the folder itself. */
  prepareWith(folder: string, own: FolderNames): Promise<void>;
  /** What stands in a folder that was prepared. */
  listing(folder: string): FolderNames;
  /** Of that, what may belong to a video beside it. */
  sidecarsIn(folder: string): readonly string[];
  /**
   * The video that a file became which was taken from this path a short while ago; `stands` asks for one that stands
   * there still, as it was taken. Null where there was none.
   */
  videoFrom(path: string, stands: boolean): string | null;
}

/** What was taken from an inbox and waits in its hold, or stays where it stood: by path the video it became. */
interface RecentlyTaken {
  readonly held: ReadonlyMap<string, string>;
  readonly stays: ReadonlyMap<string, string>;
  readonly folders: ReadonlyMap<string, VideoNames>;
}

const none: FolderNames = { files: [], folders: [] };
/** Of so many folders, those last asked for, the names are kept; what is decided of a folder is kept of all. */
const foldersKept = 256;

/** A project's key: its folder, and the inbox that is in. */
export function projectKeyOf(inbox: string, folder: string): string {
  return `${inbox}/${folder}`;
}

export function createLookNames(deps: {
  readonly inbox: string;
  readonly kind: InboxKind;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly list: (folder: string) => Promise<FolderNames>;
}): LookNames {
  const { inbox, catalogue, clock } = deps;
  const listings = new Map<string, FolderNames>();
  const videos = new Map<string, VideoNames>();
  const projects = new Map<string, string | null>();
  let taken: RecentlyTaken | null = null;
  let topCard: string | null | undefined;

  const forget = (folder: string) => {
    listings.delete(folder);
    videos.delete(folder);
  };

  const keep = (folder: string, names: FolderNames): FolderNames => {
    listings.delete(folder);
    listings.set(folder, names);
    const [oldest] = listings.keys();
    if (listings.size > foldersKept && oldest !== undefined) forget(oldest);
    return names;
  };

  const load = async (folder: string): Promise<FolderNames> =>
    keep(folder, listings.get(folder) ?? (await deps.list(folder)));

  /** Reads what judging a folder asks for. */
  const loadWhatTells = async (folder: string): Promise<ReadonlyMap<string, FolderNames>> => {
    const own = await load(folder);
    const known = new Map([[folder, own]]);
    for (const inside of foldersToLookInto(folder, own)) known.set(inside, await load(inside));
    return known;
  };

  const findCardAtTop = async (): Promise<string | null> => {
    const known = await loadWhatTells('');
    return cardFolderOf(known.get('') ?? none, (folder) => known.get(folder) ?? none);
  };

  const decide = async (folder: string): Promise<void> => {
    projects.set(folder, folder === '' ? null : ((await decided(folderOf(folder))) ?? (await judge(folder))));
  };

  const decided = async (folder: string): Promise<string | null> => {
    if (!projects.has(folder)) await decide(folder);
    return projects.get(folder) ?? null;
  };

  const judge = async (folder: string): Promise<string | null> => {
    const isLoose = deps.kind === 'loose';
    const known = isLoose ? await loadWhatTells(folder) : new Map<string, FolderNames>();
    if (isLoose && topCard === undefined) topCard = await findCardAtTop();
    const folders: InboxFolders = {
      kind: deps.kind,
      listing: (asked) => known.get(asked) ?? none,
      isKnownProject,
      cardAtTop: () => topCard ?? null,
    };
    return isProject(folder, folders) ? folder : null;
  };

  const isKnownProject = (folder: string): boolean => {
    const sinceMs = isGenericFolder(nameOf(folder)) ? clock.nowMs() - genericProjectMs : null;
    const key = foldName(projectKeyOf(inbox, folder).toWellFormed());
    return catalogue.archive.videoOfProject(key, sinceMs, []) !== null;
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

  const listing = (folder: string) => listings.get(folder) ?? none;

  return {
    async prepare(folder) {
      await load(folder);
      if (!projects.has(folder)) await decide(folder);
    },
    async prepareWith(folder, own) {
      forget(folder);
      keep(folder, own);
      await decide(folder);
    },
    listing,
    projectOf: (folder) => projects.get(folder) ?? null,
    videosIn(folder) {
      const known = videos.get(folder) ?? indexVideos(listing(folder).files);
      videos.set(folder, known);
      return known;
    },
    sidecarsIn: (folder) => listing(folder).files.filter((name) => mayBeBeside(name)),
    takenFrom: (folder) => recently().folders.get(folder) ?? indexVideos([]),
    videoFrom(path, stands) {
      const { held, stays } = recently();
      return stays.get(path) ?? (stands ? null : (held.get(path) ?? null));
    },
  };
}
