import type { Belonging } from '#core/belonging.ts';
import { folderOf, nameOf } from '#core/inbox-path.ts';
import { nameKeyOfStem } from '#core/name-key.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { type LookNames, projectKeyOf } from './names.ts';

/** What is done with a file of an inbox. */
export type Placed =
  /** `belongs` is null for a video of its own. */
  | { readonly kind: 'take'; readonly belongs: Belongs | null }
  /** Its video is on its way, and comes first. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'ignored' | 'none' };

/** Finds, for a file whose names were judged, the project or the video that it is recorded with. */
export function placeFile(
  belonging: Belonging,
  {
    inbox,
    catalogue,
    names,
  }: { readonly inbox: string; readonly catalogue: Catalogue; readonly names: LookNames },
): Placed {
  switch (belonging.kind) {
    case 'video':
      return { kind: 'take', belongs: null };
    case 'project': {
      const { folder, role, partKind, path } = belonging;
      const key = projectKeyOf(inbox, folder);
      return {
        kind: 'take',
        belongs: { kind: 'project', key, folder: nameOf(folder), role, partKind, path },
      };
    }
    case 'beside': {
      const { file, stems, partKind } = belonging;
      const stands = file !== null && names.listing(folderOf(file)).files.includes(nameOf(file));
      const video = file === null ? videoOfStems(stems, catalogue) : names.videoFrom(file, stands);
      if (video !== null) return { kind: 'take', belongs: { kind: 'beside', video, partKind } };
      return { kind: stands ? 'wait' : 'none' };
    }
    case 'list':
      // Which they are is known when it is taken, after them.
      return { kind: 'take', belongs: { kind: 'listed', videos: [] } };
    default:
      return { kind: belonging.kind };
  }
}

/** The video that last had a version of this name, where the name says which one it is. */
function videoOfStems(stems: readonly string[], { archive }: Catalogue): string | null {
  for (const stem of stems) {
    const key = nameKeyOfStem(stem);
    const video = key === null ? null : archive.videoOfName(key, []);
    if (video !== null) return video;
  }
  return null;
}
