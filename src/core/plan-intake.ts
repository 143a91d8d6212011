import { BatchView } from '#core/batch-view.ts';
import type { Damage } from '#core/damage.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import { type IndexRow, indexRowOf, indexRowsOf } from '#core/index-row.ts';
import type { RecordFacts, VersionFacts } from '#core/journal-record.ts';
import { type LibraryVideo, libraryFolder, versionPath } from '#core/library-path.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { placeVersion } from '#core/place-version.ts';
import {
  type Belongs,
  type Planning,
  planNewVersion,
  planPart,
  planPartOfEach,
  planProjectFile,
} from '#core/plan-parts.ts';
import { titleOf } from '#core/safe-name.ts';
import { versionFactsOf } from '#core/version-facts.ts';

/** A file whose bytes stand in the store, or are about to. */
export interface TakenFile extends BlobRef {
  readonly sizeBytes: number;
  /** Its name without folders, in the form of `core/file-name.ts`. */
  readonly name: string;
  readonly nameBase64: string | null;
  /** Its own modification time, ms; null where it is not believable. */
  readonly modifiedAtMs: number | null;
  /** `YYYY-MM-DD` in the owner's time zone: the day the readable tree files it under. */
  readonly day: string;
  readonly continues: string | null;
  readonly how: VersionFacts['how'];
  /** Nobody brought it anew: where its bytes are in the trash, they stay there. */
  readonly staysInTrash?: boolean;
  /** What is known to be wrong with its bytes. */
  readonly damaged?: Damage | null;
  /** The video of which it is; absent or null for a file that is a video of its own. */
  readonly belongs?: Belongs | null;
}

export interface HeldVersion {
  readonly video: string;
  readonly version: string;
  readonly trashed: boolean;
  readonly takenAtMs: number;
  /** The name that bytes got which were found without a record; null where their own is known. */
  readonly foundAs: string | null;
}

export interface HeldPart {
  readonly video: string;
  readonly part: string;
}

export interface KnownVideo extends LibraryVideo {
  readonly id: string;
  readonly trashed: boolean;
}

/** What the catalogue knows, asked while planning. */
export interface ArchiveView {
  heldVersion(digest: Digest): HeldVersion | null;
  /** The extension under which these bytes stand in the store; null where they are not held. */
  extOf(digest: Digest): string | null;
  /** A part that has these bytes, if there is one. */
  heldPart(digest: Digest): HeldPart | null;
  /**
   * The video of a project's folder, whose name is given as `foldName` has it; never one in the trash, but for those
   * named as brought back, nor, where `sinceMs` is given, one that nothing came to since then.
   */
  videoOfProject(projectKey: string, sinceMs: number | null, broughtBack: readonly string[]): string | null;
  /** The video that last had a version of this name; never one in the trash, but for those named as brought back. */
  videoOfName(nameKey: string, broughtBack: readonly string[]): string | null;
  /** The video, or the one that it was merged into. */
  video(video: string): KnownVideo | null;
  isFolderTaken(folderKey: string): boolean;
}

/** A record to be, with the index rows that follow from it; sequence and writer come when it is appended. */
export interface Draft {
  readonly facts: RecordFacts;
  readonly index: readonly Omit<IndexRow, 'seq'>[];
}

export type TakeOutcome =
  | { readonly kind: 'new-video' | 'new-version'; readonly video: string; readonly version: string }
  | { readonly kind: 'new-part' | 'held-part'; readonly video: string; readonly part: string }
  | {
      readonly kind: 'held';
      readonly video: string;
      readonly version: string;
      readonly sinceMs: number;
      readonly broughtBack: boolean;
    };

export interface IntakePlan {
  readonly drafts: readonly Draft[];
  /** One for each file, in their order. */
  readonly outcomes: readonly TakeOutcome[];
}

/**
 * Decides for a batch of files what each becomes, and writes the records that say so. Later files see what
 * earlier ones became, so that a batch gives what the same files would one by one.
 */
export function planIntake(
  files: readonly TakenFile[],
  view: ArchiveView,
  newId: () => string,
  nowMs: number,
): IntakePlan {
  const planning = { batch: new BatchView(view), newId, nowMs };
  const drafts: Draft[] = [];
  const outcomes = files.map((file) => {
    const step = planFile(file, planning);
    drafts.push(...step.drafts);
    return step.outcome;
  });
  return { drafts, outcomes };
}

/** What one file comes to. */
export interface Step {
  readonly drafts: readonly Draft[];
  readonly outcome: TakeOutcome;
}

function planFile(came: TakenFile, planning: Planning): Step {
  // Bytes stand in the store once, under the extension with which they first came.
  const file = { ...came, ext: planning.batch.extOf(came.digest) ?? came.ext };
  const { belongs } = file;
  if (belongs?.kind === 'project') return planProjectFile(file, belongs, planning);
  if (belongs?.kind === 'beside') {
    const video = planning.batch.video(belongs.video);
    if (video !== null) return planPart(file, video, { partKind: belongs.partKind, path: null }, planning);
  }
  const listed = belongs?.kind === 'listed' ? planPartOfEach(file, belongs.videos, planning) : null;
  return listed ?? planVideoFile(file, planning);
}

function planVideoFile(file: TakenFile, planning: Planning): Step {
  const { batch } = planning;
  const nameKey = nameKeyOf(file.name);
  const held = batch.heldVersion(file.digest);
  if (held === null && file.staysInTrash === true) {
    // Nobody brought it anew: a part it was, and a part it stays.
    const part = batch.heldPart(file.digest);
    if (part !== null) return { drafts: [], outcome: { kind: 'held-part', ...part } };
  }
  const sameName = nameKey === null ? null : batch.findByName(nameKey);
  const placement = placeVersion(
    { held, sameName: sameName === null ? null : { video: sameName } },
    { digest: file.digest, nameKey, continues: file.continues },
  );
  if (placement.kind === 'held' && held !== null) {
    return planHeld(file, held, placement.bringBack && file.staysInTrash !== true, batch);
  }
  if (placement.kind === 'new-version') {
    const known = batch.video(placement.video);
    // Nothing new is hidden in the trash.
    if (known !== null && !known.trashed) return planNewVersion(file, known, 'master', planning);
  }
  return planNewVideo(file, planning);
}

function planHeld(file: TakenFile, held: HeldVersion, bringBack: boolean, batch: BatchView): Step {
  const outcome: TakeOutcome = {
    kind: 'held',
    video: held.video,
    version: held.version,
    sinceMs: held.takenAtMs,
    broughtBack: bringBack,
  };
  if (bringBack) batch.bringBack(held.video);
  const video = batch.video(held.video);
  if (video === null) return { drafts: [], outcome };
  const drafts: Draft[] = [];
  if (bringBack) {
    drafts.push({ facts: { kind: 'trash', video: video.id, trashed: false }, index: indexRowsOf(video) });
  }
  if (held.foundAs !== null && file.how === 'taken') {
    drafts.push(...planNaming(file, { ...held, foundAs: held.foundAs }, video, batch));
  }
  return { drafts, outcome };
}

/**
 * Bytes that were found without a record get the name under which they come again, and their video its title,
 * unless the owner gave it another.
 */
function planNaming(
  file: TakenFile,
  held: HeldVersion & { readonly foundAs: string },
  video: KnownVideo,
  batch: BatchView,
): Draft[] {
  const number = video.versions.find(({ digest }) => digest === file.digest)?.number ?? 1;
  const role = video.versions.find(({ digest }) => digest === file.digest)?.role ?? 'master';
  const version = versionFactsOf(file, { video: video.id, version: held.version, number, role });
  batch.name(version, file);
  if (video.title !== titleOf(held.foundAs)) return [{ facts: version, index: [] }];
  const title = titleOf(file.name);
  const folder = libraryFolder(title, file.day, (key) => batch.isFolderTaken(key));
  const named = { ...video, title, folder };
  batch.put(named);
  return [
    { facts: version, index: [] },
    { facts: { kind: 'edit', video: video.id, title, folder }, index: indexRowsOf(named) },
  ];
}

function planNewVideo(file: TakenFile, { batch, newId, nowMs }: Planning): Step {
  const id = newId();
  const title = titleOf(file.name);
  const folder = libraryFolder(title, file.day, (key) => batch.isFolderTaken(key));
  const version = versionFactsOf(file, { video: id, version: newId(), number: 1, role: 'master' });
  batch.add(version, { id, title, folder, trashed: false, versions: [version], parts: [] }, file, nowMs);
  const { digest, ext } = version;
  const row = indexRowOf({ digest, ext, path: versionPath({ title, folder }, version, true) }, false);
  return {
    drafts: [
      { facts: { kind: 'video', video: id, title, folder }, index: [] },
      { facts: version, index: [row] },
    ],
    outcome: { kind: 'new-video', video: id, version: version.version },
  };
}
