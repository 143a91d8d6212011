import type { Digest } from '#core/digest.ts';
import type { VersionFacts } from '#core/journal-record.ts';
import type { LibraryPart } from '#core/library-path.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { partKey } from '#core/part-paths.ts';
import type { ArchiveView, HeldPart, HeldVersion, KnownVideo, TakenFile } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';

/** The archive as it will be when the files planned so far have been recorded. */
export class BatchView {
  readonly #base: ArchiveView;
  readonly #held = new Map<Digest, HeldVersion>();
  readonly #heldParts = new Map<Digest, HeldPart>();
  readonly #exts = new Map<Digest, string>();
  readonly #videos = new Map<string, KnownVideo>();
  readonly #asked = new Map<string, KnownVideo | null>();
  readonly #names = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #broughtBack = new Set<string>();
  readonly #projects = new Map<string, string>();
  /** Of each video its parts by their place, so that a project of thousands is gone through once. */
  readonly #parts = new Map<string, Map<string, LibraryPart[]>>();

  constructor(base: ArchiveView) {
    this.#base = base;
  }

  heldVersion(digest: Digest): HeldVersion | null {
    const held = this.#held.get(digest) ?? this.#base.heldVersion(digest);
    return held !== null && this.#broughtBack.has(held.video) ? { ...held, trashed: false } : held;
  }

  /** The extension under which bytes stand, or will; null where they are new. */
  extOf(digest: Digest): string | null {
    return this.#exts.get(digest) ?? this.#base.extOf(digest);
  }

  heldPart(digest: Digest): HeldPart | null {
    return this.#heldParts.get(digest) ?? this.#base.heldPart(digest);
  }

  findByName(nameKey: string): string | null {
    return this.#names.get(nameKey) ?? this.#base.videoOfName(nameKey, [...this.#broughtBack]);
  }

  /** The project's video, if it is not in the trash; `sinceMs` leaves out one that nothing came to since. */
  videoOfProject(key: string, sinceMs: number | null): KnownVideo | null {
    const id =
      this.#projects.get(foldName(key)) ??
      this.#base.videoOfProject(foldName(key), sinceMs, [...this.#broughtBack]);
    const video = id === null ? null : this.video(id);
    return video === null || video.trashed ? null : video;
  }

  /** The video, or the one that it was merged into. */
  video(id: string): KnownVideo | null {
    const known = this.#videos.get(id) ?? this.#ask(id);
    return known !== null && this.#broughtBack.has(known.id) ? { ...known, trashed: false } : known;
  }

  #ask(id: string): KnownVideo | null {
    const asked = this.#asked.get(id) ?? this.#base.video(id);
    this.#asked.set(id, asked);
    return asked === null ? null : (this.#videos.get(asked.id) ?? asked);
  }

  isFolderTaken(folderKey: string): boolean {
    return this.#folders.has(folderKey) || this.#base.isFolderTaken(folderKey);
  }

  /** The parts of a video that stand, or stood, in one place, oldest first. */
  partsAt(video: string, key: string): readonly LibraryPart[] {
    return this.#partsOf(video).get(key) ?? [];
  }

  #partsOf(video: string): Map<string, LibraryPart[]> {
    const known = this.#parts.get(video);
    if (known !== undefined) return known;
    const parts = Map.groupBy(this.video(video)?.parts ?? [], partKey);
    this.#parts.set(video, parts);
    return parts;
  }

  add(version: VersionFacts, video: KnownVideo, file: TakenFile, nowMs: number): void {
    this.#held.set(version.digest, {
      video: version.video,
      version: version.version,
      trashed: false,
      takenAtMs: nowMs,
      foundAs: version.how === 'found' ? version.name : null,
    });
    this.#exts.set(version.digest, version.ext);
    this.put(video);
    const nameKey = nameKeyOf(file.name);
    if (nameKey !== null) this.#names.set(nameKey, version.video);
  }

  addPart(video: KnownVideo, part: LibraryPart): void {
    const parts = this.#partsOf(video.id);
    const key = partKey(part);
    parts.set(key, [...(parts.get(key) ?? []), part]);
    this.#exts.set(part.digest, part.ext);
    this.#heldParts.set(part.digest, { video: video.id, part: part.part });
    this.put({ ...(this.video(video.id) ?? video), parts: [...video.parts, part] });
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

  putProject(key: string, video: string): void {
    this.#projects.set(foldName(key), video);
  }

  bringBack(video: string): void {
    this.#broughtBack.add(video);
  }
}
