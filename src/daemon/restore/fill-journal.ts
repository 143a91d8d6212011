import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { ListedFile } from '#core/ports/location.ts';
import { lostSegments, parseSegmentName, segmentNameOf } from '#core/segment-name.ts';
import type { FillDeps } from './fill-vault.ts';
import { readListed, type UnreadableFile } from './read-listed.ts';

export interface FilledJournal {
  /** The names of all segments, with those that could not be brought. */
  readonly segments: readonly string[];
  /** Segments that the copy has, or once had, and cannot give, and that do not stand here. */
  readonly unreadable: readonly UnreadableFile[];
}

/**
 * Copies the journal and its index, the index first, as an append does. What stands here as it was written is left; a
 * segment that cannot be read stands here empty, which is damaged, so that nobody takes the journal for whole.
 */
export async function fillJournal(deps: FillDeps, signal: AbortSignal): Promise<FilledJournal> {
  const { source, vault } = deps;
  const indexes = await listFiles(source, 'index', (name) => segmentNameOf(name) !== null, signal);
  const segments = await listFiles(source, 'journal', (name) => parseSegmentName(name) !== null, signal);
  // An index that cannot be read is made again from its segment.
  for (const file of indexes.values()) await bringFile(file, deps, signal);
  const unreadable: UnreadableFile[] = [];
  for (const file of segments.values()) {
    const failed = await bringFile(file, deps, signal);
    if (failed !== null) unreadable.push(failed);
  }
  const names = [...segments.keys()];
  const lost = lostSegments(names, [...indexes.keys()]);
  for (const name of lost) {
    const path = `journal/${name}`;
    if (!(await vault.isSound(path, 0))) unreadable.push({ path, why: 'only its index is there' });
  }
  for (const { path } of unreadable) await vault.placeFile(path, new Uint8Array());
  return { segments: [...names, ...lost], unreadable };
}

/** The files of a folder by their names, without any that is none of ours. */
async function listFiles(
  source: ArchiveSource,
  folder: 'index' | 'journal',
  isOurs: (name: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ListedFile>> {
  const files = new Map<string, ListedFile>();
  for await (const file of source.list(folder, signal)) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (isOurs(name) && file.path === `${folder}/${name}`) files.set(name, file);
  }
  return files;
}

/** Null where it stands here, as it was written or as far as the copy has it. */
async function bringFile(
  { path, sizeBytes }: ListedFile,
  deps: FillDeps,
  signal: AbortSignal,
): Promise<UnreadableFile | null> {
  if (await deps.vault.isSound(path, sizeBytes)) return null;
  const found = await readListed(path, deps, signal);
  if (found.kind === 'unreadable') return found;
  await deps.vault.placeFile(path, found.content);
  return null;
}
