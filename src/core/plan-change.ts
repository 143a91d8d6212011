import { indexRowsOf } from '#core/index-row.ts';
import { libraryFolder } from '#core/library-path.ts';
import type { ArchiveView, Draft, KnownVideo } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';
import { isSettingValue, type SettingName } from '#core/settings.ts';

/** What the owner wants changed. Ids are those of the catalogue. */
export type Change =
  | { readonly kind: 'rename'; readonly video: string; readonly title: string }
  | { readonly kind: 'merge'; readonly from: string; readonly into: string }
  | { readonly kind: 'trash'; readonly video: string; readonly trashed: boolean }
  | {
      readonly kind: 'link';
      readonly version: string;
      readonly platform: string;
      readonly post: string;
      readonly linked: boolean;
    }
  | { readonly kind: 'set'; readonly name: SettingName; readonly value: string | null };

export type ChangeRefusal =
  | 'no-such-video'
  | 'no-such-version'
  | 'no-title'
  | 'same-video'
  | 'in-trash'
  | 'no-such-value';

export type ChangePlan =
  | { readonly kind: 'change'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal };

export interface ChangeView extends Pick<ArchiveView, 'video' | 'isFolderTaken'> {
  hasVersion(version: string): boolean;
  isLinked(version: string, platform: string, post: string): boolean;
  setting(name: string): string | null;
}

/** Decides what a change comes to, and writes the records that say so. */
export function planChange(change: Change, view: ChangeView): ChangePlan {
  switch (change.kind) {
    case 'rename':
      return planRename(change, view);
    case 'merge':
      return planMerge(change, view);
    case 'trash':
      return planTrash(change, view);
    case 'link': {
      if (!view.hasVersion(change.version)) return refuse('no-such-version');
      if (view.isLinked(change.version, change.platform, change.post) === change.linked) return nothing;
      return { kind: 'change', drafts: [{ facts: change, index: [] }] };
    }
    case 'set': {
      const { name, value } = change;
      if (value !== null && !isSettingValue(name, value)) return refuse('no-such-value');
      if (view.setting(name) === value) return nothing;
      return { kind: 'change', drafts: [{ facts: { kind: 'setting', name, value }, index: [] }] };
    }
  }
}

const nothing = { kind: 'nothing-to-do' } as const;
const refuse = (reason: ChangeRefusal) => ({ kind: 'refused', reason }) as const;

function planRename(change: Extract<Change, { kind: 'rename' }>, view: ChangeView): ChangePlan {
  const video = view.video(change.video);
  if (video === null) return refuse('no-such-video');
  const title = change.title
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  if (title === '') return refuse('no-title');
  if (title === video.title) return nothing;
  const isOthers = (key: string) => key !== foldName(video.folder) && view.isFolderTaken(key);
  const folder = libraryFolder(title, dayOf(video.folder), isOthers);
  const index = indexRowsOf({ ...video, title, folder });
  return { kind: 'change', drafts: [{ facts: { kind: 'edit', video: video.id, title, folder }, index }] };
}

/** A renamed video stays under the day it had. */
function dayOf(folder: string): string {
  return /^\d{4}\/(\d{4}-\d\d-\d\d) /.exec(folder)?.[1] ?? '0000-00-00';
}

function planMerge({ from, into }: Extract<Change, { kind: 'merge' }>, view: ChangeView): ChangePlan {
  const [source, target] = [view.video(from), view.video(into)];
  if (source === null || target === null) return refuse('no-such-video');
  if (source.id === target.id) return refuse('same-video');
  if (source.trashed || target.trashed) return refuse('in-trash');
  const index = indexRowsOf(mergeVideos(source, target));
  return { kind: 'change', drafts: [{ facts: { kind: 'merge', from: source.id, into: target.id }, index }] };
}

/** The versions and parts of the one follow those of the other, in their order. */
function mergeVideos(from: KnownVideo, into: KnownVideo): KnownVideo {
  const last = Math.max(0, ...into.versions.map(({ number }) => number));
  const moved = from.versions.map((version) => ({ ...version, number: last + version.number }));
  return { ...into, versions: [...into.versions, ...moved], parts: [...into.parts, ...from.parts] };
}

function planTrash({ video: id, trashed }: Extract<Change, { kind: 'trash' }>, view: ChangeView): ChangePlan {
  const video = view.video(id);
  if (video === null) return refuse('no-such-video');
  if (video.trashed === trashed) return nothing;
  const index = indexRowsOf({ ...video, trashed });
  return { kind: 'change', drafts: [{ facts: { kind: 'trash', video: video.id, trashed }, index }] };
}
