import type { BatchView } from '#core/batch-view.ts';
import { isGenericFolder } from '#core/generic-folders.ts';
import { type IndexRow, indexRowOf } from '#core/index-row.ts';
import type { PartFacts, PartKind, Role } from '#core/journal-record.ts';
import { type LibraryPart, libraryFolder, partFile, versionFiles } from '#core/library-path.ts';
import { partKey, recordedPath } from '#core/part-paths.ts';
import type { ArchiveView, Draft, KnownVideo, Step, TakenFile } from '#core/plan-intake.ts';
import { isProjectName } from '#core/project-files.ts';
import { foldName, titleOf } from '#core/safe-name.ts';
import { versionFactsOf } from '#core/version-facts.ts';

/** To which video a file belongs that is none of its own, and as what. */
export type Belongs =
  | {
      readonly kind: 'project';
      /** The project's folder in its inbox, `<inbox>/<path>`: what comes there later is of it too. */
      readonly key: string;
      /** The folder's own name. */
      readonly folder: string;
      /** Null for a part. */
      readonly role: Role | null;
      readonly partKind: PartKind;
      readonly path: string;
      /** Of a folder whose name says nothing: it is the project to which something came since then, ms. */
      readonly sinceMs?: number;
    }
  | { readonly kind: 'beside'; readonly video: string; readonly partKind: PartKind }
  /** A list of hashes: a part of each video that it names. */
  | { readonly kind: 'listed'; readonly videos: readonly string[] };

/**
 * A folder whose name says nothing (`DCIM`, `New folder`) is still the same project for as long as something of it
 * came within this time, ms; after that it is another card, another day's work.
 */
export const genericProjectMs = 24 * 60 * 60_000;

/** What planning needs besides what is known: ids, and the time. */
export interface Planning {
  readonly batch: BatchView;
  readonly newId: () => string;
  readonly nowMs: number;
}

/** Decides what a file of a project or a card becomes: one of its versions, or a part. */
export function planProjectFile(
  file: TakenFile,
  project: Extract<Belongs, { kind: 'project' }>,
  planning: Planning,
): Step {
  const { batch, nowMs } = planning;
  const known = batch.videoOfProject(project.key, sinceMsOf(project, nowMs));
  const { video, drafts } =
    known === null ? newProject(file, project, planning) : { video: known, drafts: [] };
  // A file without a byte shows nothing: it is kept in its place, but is no version, and damages none.
  const role = file.sizeBytes === 0 ? null : project.role;
  const step = planWithin(file, { ...project, role }, video, planning);
  return { ...step, drafts: [...drafts, ...step.drafts] };
}

/** The video of the project of which a file is; null where nothing of it was taken yet. */
export function projectOfFile(
  project: Extract<Belongs, { kind: 'project' }>,
  view: Pick<ArchiveView, 'videoOfProject'>,
  nowMs: number,
): string | null {
  return view.videoOfProject(foldName(project.key), sinceMsOf(project, nowMs), []);
}

function sinceMsOf({ folder, sinceMs }: Extract<Belongs, { kind: 'project' }>, nowMs: number): number | null {
  return isGenericFolder(folder) ? (sinceMs ?? nowMs - genericProjectMs) : null;
}

function newProject(
  file: TakenFile,
  { key, folder: name }: Extract<Belongs, { kind: 'project' }>,
  { batch, newId }: Planning,
): { video: KnownVideo; drafts: Draft[] } {
  const title = titleOf(isProjectName(name) ? name : `${name}.folder`);
  const folder = libraryFolder(title, file.day, (taken) => batch.isFolderTaken(taken));
  const video = { id: newId(), title, folder, trashed: false, versions: [], parts: [] };
  batch.put(video);
  batch.putProject(key, video.id);
  const facts = { kind: 'video', video: video.id, title, folder, project: key.toWellFormed() } as const;
  return { video, drafts: [{ facts, index: [] }] };
}

function planWithin(
  file: TakenFile,
  { role, partKind, path }: Extract<Belongs, { kind: 'project' }>,
  video: KnownVideo,
  planning: Planning,
): Step {
  const held = role === null ? null : planning.batch.heldVersion(file.digest);
  if (role === null) return planPart(file, video, { partKind, path: recordedPath(path) }, planning);
  if (held === null) return planNewVersion(file, video, role, planning);
  // Bytes are of one version at the most: where that is another video's, this one has them as a part.
  if (held.video !== video.id) {
    return planPart(file, video, { partKind: 'other', path: recordedPath(path) }, planning);
  }
  const { version, takenAtMs: sinceMs } = held;
  return { drafts: [], outcome: { kind: 'held', video: video.id, version, sinceMs, broughtBack: false } };
}

/** Makes a file the newest version of a video; where it does not stand for the video, what did still does. */
export function planNewVersion(file: TakenFile, known: KnownVideo, role: Role, planning: Planning): Step {
  const { batch, newId, nowMs } = planning;
  const number = Math.max(0, ...known.versions.map((version) => version.number)) + 1;
  const version = versionFactsOf(file, { video: known.id, version: newId(), number, role });
  const video = { ...known, versions: [...known.versions, version] };
  batch.add(version, video, file, nowMs);
  const before = new Map(versionFiles(known).map(({ digest, path }) => [digest, path]));
  const changed = versionFiles(video).filter(({ digest, path }) => before.get(digest) !== path);
  return {
    drafts: [{ facts: version, index: changed.map((moved) => indexRowOf(moved, known.trashed)) }],
    outcome: { kind: 'new-version', video: known.id, version: version.version },
  };
}

/** Makes a file a part of a video, unless the same bytes stand in its place already. */
export function planPart(
  file: TakenFile,
  video: KnownVideo,
  { partKind, path }: { readonly partKind: PartKind; readonly path: string | null },
  { batch, newId }: Planning,
): Step {
  const place = { kind: partKind, name: file.name.toWellFormed(), ext: file.ext, path };
  const before = batch.partsAt(video.id, partKey(place));
  const newest = before.at(-1);
  if (newest?.digest === file.digest) {
    return { drafts: [], outcome: { kind: 'held-part', video: video.id, part: newest.part } };
  }
  const part: LibraryPart = { ...place, part: newId(), digest: file.digest };
  batch.addPart(video, part);
  const files = [
    ...(newest === undefined ? [] : [partFile(video.folder, newest, before.length)]),
    partFile(video.folder, part, null),
  ];
  const index: Omit<IndexRow, 'seq'>[] = files.map((one) => indexRowOf(one, video.trashed));
  return {
    drafts: [{ facts: partFacts(file, video.id, part), index }],
    outcome: { kind: 'new-part', video: video.id, part: part.part },
  };
}

/** Makes a file a part of several videos; null where there is none of them. */
export function planPartOfEach(file: TakenFile, videos: readonly string[], planning: Planning): Step | null {
  const drafts: Draft[] = [];
  let outcome: Step['outcome'] | null = null;
  for (const id of new Set(videos)) {
    const video = planning.batch.video(id);
    if (video === null) continue;
    const step = planPart(file, video, { partKind: 'sidecar', path: null }, planning);
    drafts.push(...step.drafts);
    if (outcome?.kind !== 'new-part') outcome = step.outcome;
  }
  return outcome === null ? null : { drafts, outcome };
}

function partFacts(file: TakenFile, video: string, { part, kind, name, path }: LibraryPart): PartFacts {
  return {
    kind: 'part',
    part,
    video,
    partKind: kind,
    digest: file.digest,
    sizeBytes: file.sizeBytes,
    ext: file.ext,
    name,
    ...(file.nameBase64 === null ? {} : { nameBase64: file.nameBase64 }),
    ...(path === null ? {} : { path }),
    ...(file.damaged == null ? {} : { damaged: file.damaged }),
  };
}
