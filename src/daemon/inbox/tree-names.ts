import { foldersToLookInto, type InboxFolders, type InboxNames, isProject } from '#core/belonging.ts';
import { cardFolderOf, type FolderNames } from '#core/camera-cards.ts';
import { isReelholdError } from '#core/errors.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { folderOf } from '#core/inbox-path.ts';
import { indexVideos, mayBeBeside, type VideoNames } from '#core/sidecar-names.ts';

/** The names in a tree of folders as they are during one look at it: each folder is asked for once. */
export interface TreeNames extends InboxNames {
  /** Reads what there is to know before files of this folder are judged. */
  prepare(folder: string): Promise<void>;
  /** The same, where somebody has just read the folder itself. */
  prepareWith(folder: string, own: FolderNames): Promise<void>;
  /** The project around a folder, or that it is itself; nothing is read where that was asked before. */
  findProject(folder: string): Promise<string | null>;
  /** The projects that were found so far. */
  projectsFound(): ReadonlySet<string>;
  /** What stands in a folder that was prepared. */
  listing(folder: string): FolderNames;
  /** Of that, what may belong to a video beside it. */
  sidecarsIn(folder: string): readonly string[];
  /** Gives back the memory of a folder in which, and below which, nothing is left to judge. */
  leave(folder: string): void;
}

const none: FolderNames = { files: [], folders: [] };
/** Of so many folders, those last asked for, the names are kept; what is decided of a folder is kept of all. */
const foldersKept = 256;

export function createTreeNames(deps: {
  readonly kind: InboxKind;
  readonly list: (folder: string) => Promise<FolderNames>;
  readonly isKnownProject: (folder: string) => boolean;
  readonly takenFrom: (folder: string) => VideoNames;
}): TreeNames {
  const { kind, isKnownProject, takenFrom } = deps;
  const listings = new Map<string, FolderNames>();
  const videos = new Map<string, VideoNames>();
  const projects = new Map<string, string | null>();
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
    for (const inside of foldersToLookInto(folder, own)) {
      const names = await load(inside).catch(hideOnlyItself);
      if (names !== null) known.set(inside, names);
    }
    return known;
  };

  /** Null where the folder itself cannot be looked at, which is told where it is walked; it keeps nobody from judging others. */
  const hideOnlyItself = (error: unknown): null => {
    if (isReelholdError(error) && error.kind !== 'busy' && error.kind !== 'unreachable') return null;
    throw error;
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
    const isLoose = kind === 'loose';
    const known = isLoose ? await loadWhatTells(folder) : new Map<string, FolderNames>();
    if (isLoose && topCard === undefined) topCard = await findCardAtTop();
    const folders: InboxFolders = {
      kind,
      listing: (asked) => known.get(asked) ?? none,
      isKnownProject,
      cardAtTop: () => topCard ?? null,
    };
    return isProject(folder, folders) ? folder : null;
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
    findProject: decided,
    projectsFound: () => new Set([...projects.values()].filter((folder) => folder !== null)),
    listing,
    projectOf: (folder) => projects.get(folder) ?? null,
    videosIn(folder) {
      const known = videos.get(folder) ?? indexVideos(listing(folder).files);
      videos.set(folder, known);
      return known;
    },
    sidecarsIn: (folder) => listing(folder).files.filter((name) => mayBeBeside(name)),
    takenFrom,
    leave(folder) {
      forget(folder);
      if (folder !== '') projects.delete(folder);
    },
  };
}
