import type { Digest } from '#core/digest.ts';
import type { VersionFacts } from '#core/journal-record.ts';
import type { LibraryVideo } from '#core/library-path.ts';
import { nameKeyOf } from '#core/name-key.ts';
import type { ArchiveView, Draft, HeldVersion } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';

interface ModelVideo extends LibraryVideo {
  readonly id: string;
  readonly trashed: boolean;
  readonly versions: readonly VersionFacts[];
  /** Its folder in an inbox, where it is a project. */
  readonly project: string | null;
  readonly lastAtMs: number;
}

/** An archive as its records say it is, in memory: what plans are made against, and compared with. */
export interface ModelArchive extends ArchiveView {
  apply(drafts: readonly Draft[], nowMs: number): void;
  trash(video: string): void;
  videos(): readonly ModelVideo[];
}

/** Makes an empty archive that knows what the catalogue knows, worked out the plain way. */
export function createModelArchive(): ModelArchive {
  const videos = new Map<string, ModelVideo>();
  const taken: { readonly version: VersionFacts; readonly atMs: number }[] = [];

  const applyOne = ({ facts }: Draft, nowMs: number) => {
    if (facts.kind === 'video') {
      const { video: id, title, folder } = facts;
      const project = facts.project ?? null;
      videos.set(id, { id, title, folder, trashed: false, versions: [], parts: [], project, lastAtMs: 0 });
    } else if (facts.kind === 'version') {
      const video = known(facts.video);
      videos.set(video.id, { ...video, versions: [...video.versions, facts], lastAtMs: nowMs });
      taken.push({ version: facts, atMs: nowMs });
    } else if (facts.kind === 'part') {
      const video = known(facts.video);
      const { part, partKind: kind, digest, ext, name, path = null } = facts;
      const parts = [...video.parts, { part, kind, digest, ext, name, path }];
      videos.set(video.id, { ...video, parts, lastAtMs: nowMs });
    } else if (facts.kind === 'trash') {
      videos.set(facts.video, { ...known(facts.video), trashed: facts.trashed });
    }
  };

  const known = (id: string): ModelVideo => {
    const video = videos.get(id);
    if (video === undefined) throw new RangeError(`a record names the video ${id}, which is not there`);
    return video;
  };

  return {
    apply(drafts, nowMs) {
      for (const draft of drafts) applyOne(draft, nowMs);
    },
    trash(video) {
      videos.set(video, { ...known(video), trashed: true });
    },
    videos: () => [...videos.values()],
    heldVersion(digest: Digest): HeldVersion | null {
      const found = taken.find(({ version }) => version.digest === digest);
      if (found === undefined) return null;
      const { version, atMs } = found;
      return {
        video: version.video,
        version: version.version,
        trashed: known(version.video).trashed,
        takenAtMs: atMs,
        foundAs: version.how === 'found' ? version.name : null,
      };
    },
    extOf(digest) {
      const part = [...videos.values()].flatMap(({ parts }) => parts).find((one) => one.digest === digest);
      return taken.find(({ version }) => version.digest === digest)?.version.ext ?? part?.ext ?? null;
    },
    heldPart(digest) {
      const holders = [...videos.values()].flatMap(({ id, parts }) =>
        parts.flatMap((one) => (one.digest === digest ? [{ video: id, part: one.part }] : [])),
      );
      return holders[0] ?? null;
    },
    videoOfProject(projectKey, sinceMs, broughtBack) {
      const found = [...videos.values()].findLast(
        ({ id, project, trashed, lastAtMs }) =>
          project !== null &&
          foldName(project) === projectKey &&
          (!trashed || broughtBack.includes(id)) &&
          (sinceMs === null || lastAtMs >= sinceMs),
      );
      return found?.id ?? null;
    },
    videoOfName(nameKey, broughtBack) {
      const isShown = (video: string) => !known(video).trashed || broughtBack.includes(video);
      const last = taken.findLast(
        ({ version }) => nameKeyOf(version.name) === nameKey && isShown(version.video),
      );
      return last?.version.video ?? null;
    },
    video: (id) => videos.get(id) ?? null,
    isFolderTaken: (key) => [...videos.values()].some(({ folder }) => foldName(folder) === key),
  };
}
