import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatMark } from '#core/archive-format.ts';
import { ReelholdError } from '#core/errors.ts';
import { awayError, isFitToPrepare, judgePlace, type PlaceFacts } from '#core/judge-place.ts';
import { mayPrepare } from '#core/place-marks.ts';
import type { DiskWork } from '#core/ports/disk-work.ts';
import type { PlaceMarks } from '#core/ports/location.ts';
import { readSmall } from './drive-facts.ts';
import { stagedPath, stagingFolder } from './drive-staging.ts';
import type { PinnedFolder } from './pinned-folder.ts';

/** What stands at every place for people, besides the videos. */
export interface PlacePapers {
  /** README.txt: what this is. Both are written anew where they are damaged, or another version has them otherwise. */
  readonly readme: string;
  /** restore.sh. */
  readonly restoreScript: string;
}

const layoutFolders = ['blobs/sha256', 'journal', 'index'];
const layoutNames: ReadonlySet<string> = new Set([
  ...['blobs', 'journal', 'index', 'staging', 'quarantine', 'readme.txt', 'restore.sh', 'open-me.html'],
]);
const operation = 'prepare';

/** Fails where anything of anybody else's would be written over, or the drive may not be what it seems. */
export async function requirePreparable(
  root: string,
  folder: PinnedFolder,
  facts: PlaceFacts,
): Promise<void> {
  const judgement = judgePlace(facts);
  if (!isFitToPrepare(judgement)) {
    throw awayError(judgement.kind === 'away' ? judgement.reason : 'denied', operation, root);
  }
  const refuse = (detail: string, hint: string) => {
    throw new ReelholdError({ kind: 'unsupported', operation, object: root, hint }, detail);
  };
  if (!mayPrepare(facts.marks, facts.identity)) {
    refuse(
      'another archive, or a copy for another place, stands there',
      'Choose another folder on the drive.',
    );
  }
  // Without marks of ours, files that have our names are somebody else's.
  if (facts.marks.archive !== null || facts.marks.location !== null) return;
  const taken = (await readdir(folder.path)).find((name) => layoutNames.has(name.toLowerCase()));
  if (taken !== undefined) refuse(`${taken} stands there already`, 'Choose an empty folder on the drive.');
}

/** The place's own mark comes first, so that what follows is known for ours; the archive's, which makes it one, last. */
export async function writeMarks(
  work: DiskWork,
  folder: PinnedFolder,
  marks: PlaceMarks,
  papers: PlacePapers,
): Promise<void> {
  const root = folder.path;
  const write = (name: string, text: string) =>
    work.replaceFile(join(root, name), encode(text), stagedPath(root, marks.location.writer));
  const keepCurrent = async (name: string, text: string) => {
    const bytes = await readSmall(join(root, name), 1024 * 1024);
    if (bytes === null || new TextDecoder().decode(bytes) !== text) await write(name, text);
  };
  await work.makeFolder(stagingFolder(root));
  await write('location.json', formatMark(marks.location));
  for (const name of layoutFolders) await work.makeFolder(join(root, name));
  await keepCurrent('restore.sh', papers.restoreScript);
  await keepCurrent('README.txt', papers.readme);
  await write('archive.json', formatMark(marks.archive));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
