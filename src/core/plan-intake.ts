import type { Damage } from '#core/damage.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import { isGenericName } from '#core/generic-names.ts';
import { type IndexRow, indexRowsOf } from '#core/index-row.ts';
import type { RecordFacts, VersionFacts } from '#core/journal-record.ts';
import { type LibraryVideo, libraryFolder, versionPath } from '#core/library-path.ts';
import { placeVersion } from '#core/place-version.ts';
import { foldName, titleOf } from '#core/safe-name.ts';

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
}

export interface HeldVersion {
  readonly video: string;
  readonly version: string;
  readonly trashed: boolean;
  readonly takenAtMs: number;
  /** The name that bytes got which were found without a record; null where their own is known. */
  readonly foundAs: string | null;
}

export interface KnownVideo extends LibraryVideo {
  readonly id: string;
  readonly trashed: boolean;
}

/** What the catalogue knows, asked while planning. */
export interface ArchiveView {
  heldVersion(digest: Digest): HeldVersion | null;
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

/** The name under which versions find each other; null for a name that says nothing about the work. */
export function nameKeyOf(name: string): string | null {
  return isGenericName(name) ? null : foldName(titleOf(name));
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
  const batch = new BatchView(view);
  const drafts: Draft[] = [];
  const outcomes = files.map((file) => {
    const step = planFile(file, batch, newId, nowMs);
    drafts.push(...step.drafts);
    return step.outcome;
  });
  return { drafts, outcomes };
}

interface Step {
  readonly drafts: readonly Draft[];
  readonly outcome: TakeOutcome;
}

function planFile(file: TakenFile, batch: BatchView, newId: () => string, nowMs: number): Step {
  const nameKey = nameKeyOf(file.name);
  const held = batch.heldVersion(file.digest);
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
    if (known !== null && !known.trashed) return planNewVersion(file, known, batch, newId(), nowMs);
  }
  return planNewVideo(file, batch, newId(), newId(), nowMs);
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
  const version = versionFacts(file, video.id, held.version, number);
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

function planNewVideo(
  file: TakenFile,
  batch: BatchView,
  videoId: string,
  versionId: string,
  nowMs: number,
): Step {
  const title = titleOf(file.name);
  const folder = libraryFolder(title, file.day, (key) => batch.isFolderTaken(key));
  const version = versionFacts(file, videoId, versionId, 1);
  const video = { id: videoId, title, folder, trashed: false, versions: [version], parts: [] };
  batch.add(version, video, file, nowMs);
  return {
    drafts: [
      { facts: { kind: 'video', video: videoId, title, folder }, index: [] },
      {
        facts: version,
        index: [indexRow({ ...version, path: versionPath({ title, folder }, version, true) })],
      },
    ],
    outcome: { kind: 'new-video', video: videoId, version: versionId },
  };
}

function planNewVersion(
  file: TakenFile,
  known: KnownVideo,
  batch: BatchView,
  versionId: string,
  nowMs: number,
): Step {
  const newest = known.versions.reduce((best, version) => (version.number > best.number ? version : best));
  const version = versionFacts(file, known.id, versionId, newest.number + 1);
  batch.add(version, { ...known, versions: [...known.versions, version] }, file, nowMs);
  return {
    drafts: [
      {
        facts: version,
        index: [
          indexRow({ ...newest, path: versionPath(known, newest, false) }),
          indexRow({ ...version, path: versionPath(known, version, true) }),
        ],
      },
    ],
    outcome: { kind: 'new-version', video: known.id, version: versionId },
  };
}

function versionFacts(file: TakenFile, video: string, version: string, number: number): VersionFacts {
  return {
    kind: 'version',
    version,
    video,
    number,
    digest: file.digest,
    sizeBytes: file.sizeBytes,
    ext: file.ext,
    name: file.name.toWellFormed(),
    ...(file.nameBase64 === null ? {} : { nameBase64: file.nameBase64 }),
    role: 'master',
    ...(file.modifiedAtMs === null ? {} : { modifiedAt: new Date(file.modifiedAtMs).toISOString() }),
    how: file.how,
    ...(file.damaged == null ? {} : { damaged: file.damaged }),
  };
}

function indexRow(file: BlobRef & { readonly path: string }): Omit<IndexRow, 'seq'> {
  return { digest: file.digest, ext: file.ext, readablePath: file.path };
}

/** The archive as it will be when the files planned so far have been recorded. */
class BatchView {
  readonly #base: ArchiveView;
  readonly #held = new Map<Digest, HeldVersion>();
  readonly #videos = new Map<string, KnownVideo>();
  readonly #names = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #broughtBack = new Set<string>();

  constructor(base: ArchiveView) {
    this.#base = base;
  }

  heldVersion(digest: Digest): HeldVersion | null {
    const held = this.#held.get(digest) ?? this.#base.heldVersion(digest);
    return held !== null && this.#broughtBack.has(held.video) ? { ...held, trashed: false } : held;
  }

  findByName(nameKey: string): string | null {
    return this.#names.get(nameKey) ?? this.#base.videoOfName(nameKey, [...this.#broughtBack]);
  }

  video(video: string): KnownVideo | null {
    const known = this.#videos.get(video) ?? this.#base.video(video);
    return known !== null && this.#broughtBack.has(video) ? { ...known, trashed: false } : known;
  }

  isFolderTaken(folderKey: string): boolean {
    return this.#folders.has(folderKey) || this.#base.isFolderTaken(folderKey);
  }

  add(version: VersionFacts, video: KnownVideo, file: TakenFile, nowMs: number): void {
    this.#held.set(version.digest, {
      video: version.video,
      version: version.version,
      trashed: false,
      takenAtMs: nowMs,
      foundAs: version.how === 'found' ? version.name : null,
    });
    this.put(video);
    const nameKey = nameKeyOf(file.name);
    if (nameKey !== null) this.#names.set(nameKey, version.video);
  }

  /** A version that was found has a name from now on. */
  name(version: VersionFacts, file: TakenFile): void {
    const held = this.heldVersion(version.digest);
    if (held !== null) this.#held.set(version.digest, { ...held, foundAs: null });
    const nameKey = nameKeyOf(file.name);
    if (nameKey !== null) this.#names.set(nameKey, version.video);
  }

  put(video: KnownVideo): void {
    this.#videos.set(video.id, video);
    this.#folders.add(foldName(video.folder));
  }

  bringBack(video: string): void {
    this.#broughtBack.add(video);
  }
}
