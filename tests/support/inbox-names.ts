import { type InboxFolders, type InboxNames, isProject } from '#core/belonging.ts';
import { cardFolderOf } from '#core/camera-cards.ts';
import { indexVideos } from '#core/sidecar-names.ts';

/** An inbox as a list of the paths that stand in it. */
export function namesOf(
  paths: readonly string[],
  change: Partial<InboxFolders> & { readonly taken?: readonly string[] } = {},
): InboxNames {
  const listing: InboxFolders['listing'] = (folder) => {
    const below = paths
      .filter((path) => folder === '' || path.startsWith(`${folder}/`))
      .map((path) => (folder === '' ? path : path.slice(folder.length + 1)).split('/'));
    const named = (isFile: boolean) => [
      ...new Set(below.filter((parts) => (parts.length === 1) === isFile).map(([name = '']) => name)),
    ];
    return { files: named(true), folders: named(false) };
  };
  const inFolder = (all: readonly string[], folder: string) =>
    all
      .filter((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder)
      .map((path) => path.slice(path.lastIndexOf('/') + 1));
  const cardAtTop = () => cardFolderOf(listing(''), listing);
  const folders = { kind: 'loose' as const, listing, isKnownProject: () => false, cardAtTop, ...change };
  return {
    projectOf: (folder) => around(folder).find((one) => isProject(one, folders)) ?? null,
    videosIn: (folder) => indexVideos(inFolder(paths, folder)),
    takenFrom: (folder) => indexVideos(inFolder(change.taken ?? [], folder)),
  };
}

/** The folders around one, outermost first, and itself. */
function around(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
