import type { CopyState } from '#core/assess.ts';
import type { ConditionName, Conditions } from '#core/conditions.ts';
import type { Damage } from '#core/damage.ts';
import type { BlobRef, Digest } from '#core/digest.ts';
import type { LibraryVideo } from '#core/library-path.ts';
import type { Lane, Operation } from '#core/operation.ts';
import type { ChangeView } from '#core/plan-change.ts';
import type { ArchiveView } from '#core/plan-intake.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { CipherRows } from '#core/ports/cipher-ledger.ts';
import type { ImportRows } from '#core/ports/imports.ts';
import type { FoundSegment, Segment } from '#core/ports/journal.ts';
import type { EntryState, LibraryEntry } from '#core/ports/library.ts';
import type { MediaFacts } from '#core/ports/media.ts';
import type { PlaceRows } from '#core/ports/places.ts';
import type { ProofRows } from '#core/ports/proofs.ts';
import type { KitNote } from '#core/recovery-kit.ts';
import type { SidecarFacts } from '#core/sidecar-facts.ts';

/**
 * The writing side of the catalogue, as the daemon needs it. Every method is one synchronous transaction, or a
 * part of the one that is open. What `archive`, `holds` and `together` wrote is durable when the outermost
 * returns. What the others wrote alone, or in `looselyTogether`, is durable with the next such commit: all of it
 * is found out again where a power cut takes it back.
 */
export interface Catalogue {
  readonly archive: ArchiveRows;
  readonly proofs: ProofRows;
  readonly sightings: SightingRows;
  readonly imports: ImportRows;
  readonly holds: HoldRows;
  readonly operations: OperationRows;
  readonly media: MediaRows;
  readonly sidecars: SidecarRows;
  readonly library: LibraryRows;
  readonly notes: NoteRows;
  readonly places: PlaceRows;
  readonly ciphers: CipherRows;
  /** Runs several writes as one transaction; `write` must not wait for anything. */
  together<T>(write: () => T): T;
  /** The same, without waiting for the disk. */
  looselyTogether<T>(write: () => T): T;
}

/** The projection of the journal. */
export interface ArchiveRows extends ArchiveView, ChangeView {
  /** Keeps a segment that follows all others, and applies it; one that is kept already changes nothing. */
  apply(segment: Segment): void;
  /** Keeps a segment, to be applied by `catchUp`; a whole one takes the place of a damaged one. */
  keep(segment: FoundSegment): void;
  /** Applies what is kept, in the order of the records; gives how much, and whether the rows were made again. */
  catchUp(): { readonly segments: number; readonly fromScratch: boolean };
  /** Makes the rows again from the segments that are kept. */
  startAgain(): void;
  segments(): Iterable<{ readonly name: string; readonly state: KeptState }>;
  /** A segment as it was written; null where it is not kept, or an older version kept its name only. */
  segment(name: string): FoundSegment | null;
  count(): { readonly videos: number; readonly versions: number; readonly parts: number };
  /** Largest sequence this catalogue has seen; 0 for none. */
  lastSeq(): number;
  /** Whether a version or a part has these bytes. */
  isHeld(digest: Digest): boolean;
  /** The file names that an index has for these bytes, whatever became of their records. */
  indexedNames(digests: ReadonlySet<Digest>): ReadonlyMap<Digest, string>;
  countSeenAgain(version: string): void;
  /** A video, or the one that it was merged into, and whether that is in the trash. */
  standing(video: string): { readonly id: string; readonly trashed: boolean };
  /** The video that has this version. */
  videoOfVersion(version: string): string | null;
  /** The recovery kit that was made last; null where none was. */
  kit(): KitNote | null;
  setCopy(copy: CopyRow): void;
  copy(digest: Digest, location: string): CopyRow | null;
  /** Whether a version or a part of these bytes was damaged when it was taken, by the bytes themselves. */
  cameDamaged(digest: Digest): boolean;
  /** What is known of a place's copy of each digest that a version or a part names. */
  copiesAt(location: string): readonly HeldCopy[];
  blobRef(digest: Digest): BlobRef | null;
  /** Every digest that a version or a part names. */
  allDigests(): Iterable<Digest>;
}

/** What is kept of a segment: all of it, what a damage left of it, or what an older version kept. */
export type KeptState = 'whole' | 'damaged' | 'name-only';

/** `state`: null where nothing is known. */
export interface HeldCopy {
  readonly digest: Digest;
  readonly state: CopyState | null;
  readonly provenAtMs: number | null;
}

export interface CopyRow {
  readonly digest: Digest;
  readonly location: string;
  readonly state: CopyState;
  readonly listedAtMs: number | null;
  readonly provenAtMs: number | null;
}

/**
 * A file in an inbox: `settling` while it may still be written, `taking` while it is copied, `waiting` where it
 * cannot be taken yet, `taken` where it stays after being taken.
 */
export type SightingState = 'settling' | 'taking' | 'waiting' | 'taken';

export interface Sighting {
  readonly id: number;
  readonly inbox: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
  readonly state: SightingState;
  readonly reason: string | null;
  /** When it came to be so, ms of the wall clock. */
  readonly changedAtMs: number;
  /**
   * The version that was taken of it, also while what continues it is not taken yet, or the part; none where it is a
   * project's part, but for imports, which note all.
   */
  readonly versionId?: string | null;
}

/** A file that stays after being taken, with what it became: a version, or a part of another video than a project's. */
export interface TakenSighting extends Pick<Sighting, 'id' | 'path' | 'changedAtMs' | 'sizeBytes'> {
  readonly versionId: string;
  readonly digest: Digest;
  readonly video: string;
  readonly damaged: Damage | null;
}

export interface SightingRows {
  /** Notes a file as it was just seen, new or changed. */
  see(seen: Omit<Sighting, 'id' | 'changedAtMs'>, nowMs: number): Sighting;
  find(inbox: string, path: string): Sighting | null;
  list(inbox: string): readonly Sighting[];
  /** Whether a file with bytes below a folder is not taken yet, but for lists, which come after all that they name. */
  isAnyOpenBelow(inbox: string, folder: string): boolean;
  /** What was taken below a folder since then, as no project's part. */
  takenBelow(inbox: string, folder: string, sinceMs: number): readonly TakenSighting[];
  /** Notes that what a file became is a project's part as well, where its row is still of that. */
  noteJoined(row: Pick<TakenSighting, 'id' | 'versionId'>): void;
  update(
    id: number,
    change: { state: SightingState; reason: string | null; versionId?: string },
    nowMs: number,
  ): void;
  setProgress(id: number, bytesDone: number): void;
  /** Notes that the file is no longer in the inbox; says nothing about what was taken of it. */
  forget(id: number): void;
  /** Gives an inbox's rows to another name; where both have a path, the renamed row holds. */
  renameInbox(from: string, to: string): void;
  /** Forgets what is not taken yet in inboxes (by absolute folder) that are not among these: nobody looks at it. */
  forgetOpen(besides: readonly string[]): void;
}

export interface Hold {
  readonly id: string;
  readonly inbox: string;
  readonly path: string;
  readonly heldPath: string;
  readonly digest: Digest;
  readonly video: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
  readonly heldAtMs: number;
  /** Absent or null for a video of its own. */
  readonly belongs?: Belongs | null;
}

export interface HoldRows {
  add(hold: Hold): void;
  list(inbox: string): readonly Hold[];
  find(inbox: string, heldPath: string): Hold | null;
  /** Notes of which video the file is, where the row is still of these bytes. */
  setBelongs(hold: Pick<Hold, 'id' | 'digest' | 'belongs' | 'video'>): void;
  remove(id: string): void;
  /** Gives an inbox's rows to another name. */
  renameInbox(from: string, to: string): void;
}

export interface NewOperation {
  readonly kind: string;
  readonly lane: Lane;
  readonly subject: string;
  readonly notBeforeMs: number;
}

/** An operation as whoever asked for it follows it. */
export interface FollowedOperation extends Operation {
  readonly progress: number | null;
  readonly result: string | null;
  readonly failure: string | null;
}

export interface OperationRows {
  /**
   * Inserts it unless one of that kind and subject is pending, which then runs at the earlier of the two times;
   * gives the id of the one that will run.
   */
  insert(operation: NewOperation, nowMs: number): number;
  /** Marks the operation that the lane should run now as running, and gives it; null where none is due. */
  claim(lane: Lane, nowMs: number): Operation | null;
  /** When the lane's next pending operation is due, ms; null where none is pending. */
  nextDueMs(lane: Lane): number | null;
  finish(
    id: number,
    outcome: Pick<Operation, 'state' | 'notBeforeMs' | 'error'> & {
      readonly result?: string;
      /** As `core/kept-failure` writes it. */
      readonly failure?: string | null;
    },
    nowMs: number,
  ): void;
  setProgress(id: number, percent: number): void;
  /** Makes what a dead process left running pending again. */
  recover(): number;
  get(id: number): FollowedOperation | null;
  /** Removes history older than the time; open operations stay. */
  prune(beforeMs: number): void;
}

export interface MediaRows {
  setFacts(digest: Digest, facts: MediaFacts, hasPoster: boolean): void;
  /** Whether a tool could open it: false also where nobody looked. */
  couldOpen(digest: Digest): boolean;
  setProblem(digest: Digest, problem: 'unreadable' | 'no-tool'): void;
  /** `key` as `streamsKey` gives it; null where nothing can be told. */
  setStreams(digest: Digest, key: string | null): void;
  /** Videos that were looked into and of which it is not known whether another has the same streams. */
  unhashed(limit: number): readonly { readonly digest: Digest; readonly sizeBytes: number }[];
  /** Videos that were never looked into, as after a lost catalogue, or for which a tool was missing. */
  unprobed(): readonly Digest[];
}

/** What sidecars say of their videos. */
export interface SidecarRows {
  /** Null for one that says nothing that can be read. */
  setFacts(digest: Digest, facts: SidecarFacts | null): void;
  facts(digest: Digest): SidecarFacts | null;
  /** The name of a part that has these bytes. */
  nameOf(digest: Digest): string | null;
  /** The videos that these bytes are a part of, with the names of their versions' files. */
  videosWith(digest: Digest): readonly { readonly video: string; readonly fileNames: readonly string[] }[];
  /** Sidecars that were never read, as after a lost catalogue. */
  unread(): readonly Digest[];
}

export interface StaleVideo extends LibraryVideo {
  readonly id: string;
  readonly trashed: boolean;
}

/** A file of the readable tree, with what was last seen of it. */
export interface KnownEntry extends LibraryEntry {
  readonly state: EntryState;
}

export interface LibraryRows {
  /** Videos whose readable files are not as they should be, in the order of their ids. */
  stale(limit: number, afterId?: string): readonly StaleVideo[];
  markFresh(video: string): void;
  markAllStale(): void;
  /** Notes that the bytes behind a digest were replaced: what shows them has to be made again. */
  outdate(digest: Digest): void;
  entriesOf(video: string): readonly KnownEntry[];
  /** In the order of their paths, from behind the one given. */
  entries(afterPath: string, limit: number): readonly KnownEntry[];
  entryAt(path: string): KnownEntry | null;
  entriesShowing(digest: Digest): readonly KnownEntry[];
  put(video: string, entry: LibraryEntry): void;
  setState(path: string, state: EntryState): void;
  drop(path: string): void;
  /** Forgets what is gone from the tree, so that it is made again. */
  dropGone(): void;
  /** How many entries were found written to or gone. */
  countStates(): { readonly written: number; readonly gone: number };
}

/** Small facts of the installation and of its surroundings. */
export interface NoteRows {
  fact(key: string): string | null;
  setFact(key: string, value: string): void;
  /** What was last said of the surroundings; null where nothing was. */
  condition<Name extends ConditionName>(name: Name): Conditions[Name] | null;
  /** Says what was found out about the surroundings; writes nothing where nothing changed. */
  setCondition<Name extends ConditionName>(name: Name, value: Conditions[Name], nowMs: number): void;
  dropCondition(name: ConditionName): void;
  lastSuccessMs(job: string): number | null;
  setSuccess(job: string, nowMs: number): void;
}
