import { displayName } from '#core/file-name.ts';
import type { ImportFile, ImportOutcome } from '#daemon/import/import-file.ts';
import { en } from '#views/locales/en.ts';
import { counted } from './words.ts';

/** Counts what became of the files of an import, and tells each that needs a word, up to a number. */
export interface ImportTally {
  note(file: Pick<ImportFile, 'path' | 'place'>, outcome: ImportOutcome): void;
  /** Why no other file would be taken either; null where nothing says so. */
  endedBy(): string | null;
  /** How many could not be taken. */
  failed(): number;
  countsInWords(): string;
  /** What was taken, but should be looked at; line by line. */
  doubtsInWords(): readonly string[];
}

type Counts = Record<ImportOutcome['kind'] | 'of-project', number>;
type Failed = Extract<ImportOutcome, { readonly kind: 'failed' }>;

const saidAtMost = 20;

export function createImportTally(complain: (line: string) => void): ImportTally {
  const counts: Counts = {
    ...{ 'new-video': 0, 'new-version': 0, 'new-part': 0, held: 0, 'held-part': 0 },
    ...{ 'taken-before': 0, 'list-of-none': 0, failed: 0, 'of-project': 0 },
  };
  const projects = new Set<string>();
  let damaged = 0;
  let trashed = 0;
  const doubted = { incomplete: createPlaces(), unreadable: createPlaces() };
  let endedBy: string | null = null;
  const tellFailed = createTeller(complain, 'More could not be taken.');
  const tellDamaged = createTeller(complain, 'More came in damaged.');

  const noteFailed = ({ message, hint, endsImport }: Failed) => {
    const said = `${message}.${hint === null ? '' : ` ${hint}`}`;
    if (endsImport) endedBy = said;
    tellFailed(said);
  };

  return {
    note({ path, place }, outcome) {
      const isNewInProject = place.kind === 'project' && /^new-/.test(outcome.kind);
      counts[isNewInProject ? 'of-project' : outcome.kind] += 1;
      if (isNewInProject) projects.add(place.key);
      if ('trashed' in outcome) trashed += 1;
      if (outcome.kind === 'failed') noteFailed(outcome);
      if ('list' in outcome) doubted[outcome.list].add(path);
      if (!('damaged' in outcome)) return;
      damaged += 1;
      tellDamaged(`${displayName(path)} came in damaged: ${en.video.damage(outcome.damaged)}.`);
    },
    endedBy: () => endedBy,
    failed: () => counts.failed,
    countsInWords: () => countsInWords(counts, projects.size),
    doubtsInWords: () => [
      ...(damaged > 0 ? [damagedInWords(damaged)] : []),
      ...(trashed > 0 ? [trashedInWords(trashed)] : []),
      ...doubted.incomplete.inWords(
        ['file is', 'files are'],
        'named by a list of checksums that also names files which are missing or of another size: the folder was not copied whole',
      ),
      ...doubted.unreadable.inWords(
        ['file lies', 'files lie'],
        'beside a list of checksums that cannot be read, and could not be compared with it',
      ),
      ...(counts['list-of-none'] > 0 ? [listsOfNoneInWords(counts['list-of-none'])] : []),
    ],
  };
}

const foldersNamed = 3;

/** Counts files, and names the first folders that they are in. */
function createPlaces() {
  const folders = new Set<string>();
  let files = 0;
  return {
    add(path: string) {
      files += 1;
      if (folders.size <= foldersNamed) folders.add(path.slice(0, path.lastIndexOf('/')));
    },
    inWords([one, many]: readonly [string, string], what: string): readonly string[] {
      if (files === 0) return [];
      const named = [...folders].slice(0, foldersNamed).map(displayName).join(', ');
      const more = folders.size > foldersNamed ? ', …' : '';
      return [`${counted(files, one, many)} ${what} (in ${named}${more}).`];
    },
  };
}

/** Says the first ones, then that there are more. */
function createTeller(say: (line: string) => void, more: string): (line: string) => void {
  let said = 0;
  return (line) => {
    said += 1;
    if (said <= saidAtMost + 1) say(said <= saidAtMost ? line : more);
  };
}

function damagedInWords(damaged: number): string {
  const what = counted(
    damaged,
    'file came in damaged, and is kept as it came',
    'files came in damaged, and are kept as they came',
  );
  return `${what}. If you have a better one elsewhere, add it under the same name.`;
}

function trashedInWords(files: number): string {
  const what = counted(files, 'file was taken before and is', 'files were taken before and are');
  return `${what} in the trash since, where it was put: an import brings nothing back from there. To bring a video back: reelhold bring-back VIDEO.`;
}

function listsOfNoneInWords(lists: number): string {
  const what = counted(lists, 'list of checksums names', 'lists of checksums name');
  return `${what} no video that is held, or cannot be read: not taken.`;
}

function countsInWords(counts: Counts, projects: number): string {
  const held = counts.held + counts['held-part'];
  const left = counts['list-of-none'] + counts.failed;
  const parts = [
    counts['new-video'] > 0 ? counted(counts['new-video'], 'new video', 'new videos') : '',
    counts['new-version'] > 0 ? counted(counts['new-version'], 'new version', 'new versions') : '',
    projects > 0
      ? `${counted(counts['of-project'], 'file', 'files')} of ${counted(projects, 'project or card', 'projects or cards')}`
      : '',
    counts['new-part'] > 0
      ? counted(counts['new-part'], 'file that belongs to a video', 'files that belong to videos')
      : '',
    held > 0 ? `${held} already held` : '',
    counts['taken-before'] > 0 ? `${counts['taken-before']} taken before` : '',
    left > 0 ? `${left} not taken` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Nothing was taken' : parts.join(', ');
}
