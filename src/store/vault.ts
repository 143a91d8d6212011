import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArchiveMark,
  formatMark,
  formatVersion,
  judgeVault,
  type LocationMark,
  type MarkName,
  type VaultFinding,
  type VaultRefusal,
} from '#core/archive-format.ts';
import { codeOf, type ReelholdError, translateError } from '#core/errors.ts';
import { replaceFile, syncDirectory } from './durable.ts';
import { type Program, takeVaultLock } from './vault-lock.ts';
import { restoreScript, vaultReadme } from './vault-readme.ts';

export interface OpenVault extends Disposable {
  readonly kind: 'open';
  readonly root: string;
  readonly archive: string;
  readonly mark: ArchiveMark;
  readonly location: string;
  readonly isNew: boolean;
  /** Marks that were damaged or gone, and were made again; what stood there is in quarantine. */
  readonly mended: readonly MarkName[];
  /** What this version could not write for people; the vault is good without, and the next start tries again. */
  readonly unwritten: readonly UnwrittenPaper[];
}

export interface UnwrittenPaper {
  readonly name: string;
  readonly error: ReelholdError;
}

export type VaultOutcome =
  | OpenVault
  | { readonly kind: 'refused'; readonly reason: VaultRefusal }
  | { readonly kind: 'locked'; readonly holder: string; readonly program: Program };

const folders = ['blobs/sha256', 'journal', 'index', 'staging', 'quarantine', 'trash'];
/** What does not make a folder "not empty": our own skeleton, left by a first start that was cut off, and the NAS's. */
const expectedNames = new Set([
  ...[
    'blobs',
    'journal',
    'index',
    'staging',
    'quarantine',
    'trash',
    'README.txt',
    'restore.sh',
    'location.json',
  ],
  ...['.lock', '.lock-journal', '.lock-holder', 'lost+found', '@eaDir', '.DS_Store', '#recycle'],
]);

/**
 * Takes the vault's folder for this process and makes it ready: its folders and marks stand, and staging is
 * empty. What is refused is not written to.
 */
export async function openVault(options: {
  readonly root: string;
  readonly writer: string;
  readonly knownArchive: string | null;
  /** Which place the vault was, as last noted. */
  readonly knownLocation?: string | null;
  /** What this process is to those who find the vault taken; a daemon where nothing is said. */
  readonly program?: Program;
}): Promise<VaultOutcome> {
  const { root } = options;
  try {
    if (options.knownArchive === null) await mkdir(root, { recursive: true });
    const first = await lookAt(root, options);
    if (first.kind === 'refused') return first; // before anything is written, the lock included
    const outcome = takeVaultLock(root, options.program ?? 'daemon');
    if (outcome.kind === 'taken') return { ...outcome, kind: 'locked' };
    try {
      // Another one may have made an archive here before the lock was ours.
      const finding = await lookAt(root, options);
      if (finding.kind === 'refused') {
        outcome.lock[Symbol.dispose]();
        return finding;
      }
      await prepareFolders(root);
      const location =
        finding.kind === 'ours' && finding.location !== null ? finding.location : newLocation(options.writer);
      const mark = finding.kind === 'ours' ? finding.mark : newArchive();
      const mended = finding.kind === 'ours' ? finding.mended : [];
      for (const name of mended) await keepDamaged(root, name);
      const unwritten = await writePapers(root);
      await writeMarks(root, mark, { ...location, writer: options.writer });
      return {
        kind: 'open',
        root,
        archive: mark.archive,
        mark,
        location: location.location,
        isNew: finding.kind === 'new',
        mended,
        unwritten,
        [Symbol.dispose]: () => outcome.lock[Symbol.dispose](),
      };
    } catch (error) {
      outcome.lock[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    throw translateError(error, { operation: 'open the vault', object: root, side: 'vault' });
  }
}

async function lookAt(
  root: string,
  { writer, knownArchive, knownLocation = null }: Parameters<typeof openVault>[0],
): Promise<VaultFinding> {
  return judgeVault({
    writer,
    knownArchive,
    knownLocation,
    archiveMark: await readMark(root, 'archive.json'),
    locationMark: await readMark(root, 'location.json'),
    isEmpty: (await listOthers(root)).length === 0,
  });
}

/** Makes the vault's folders, durably; staging is empty afterwards. */
export async function prepareFolders(root: string): Promise<void> {
  await rm(join(root, 'staging'), { recursive: true, force: true });
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  await syncDirectory(join(root, 'blobs'));
  await syncDirectory(root);
}

/** Words for people and the script that restores, as this version has them: an older script knows less of the index. */
export async function writePapers(root: string): Promise<readonly UnwrittenPaper[]> {
  const papers = [
    ['README.txt', vaultReadme],
    ['restore.sh', await readFile(restoreScript, 'utf8')],
  ] as const;
  const unwritten: UnwrittenPaper[] = [];
  for (const [name, content] of papers) {
    try {
      // One that cannot be read is damaged, and written anew.
      if ((await readMark(root, name).catch(() => null)) !== content) await writeMark(root, name, content);
    } catch (error) {
      const facts = { operation: 'write', object: join(root, name), side: 'vault' } as const;
      unwritten.push({ name, error: translateError(error, facts) });
    }
  }
  return unwritten;
}

/** The archive's own mark comes last: until it stands, the folder is no archive yet. */
export async function writeMarks(root: string, mark: ArchiveMark, location: LocationMark): Promise<void> {
  await writeChanged(root, 'location.json', formatMark(location));
  await writeChanged(root, 'archive.json', formatMark(mark));
}

async function writeChanged(root: string, name: MarkName, content: string): Promise<void> {
  if ((await readMark(root, name)) === content) return;
  await writeMark(root, name, content);
}

async function writeMark(root: string, name: string, content: string): Promise<void> {
  await replaceFile(join(root, name), content, join(root, 'staging', randomUUID()));
}

/** Somebody may want to see what became of it. */
async function keepDamaged(root: string, name: MarkName): Promise<void> {
  const kept = join(root, 'quarantine', `${name}-${randomUUID()}`);
  try {
    await copyFile(join(root, name), kept, constants.COPYFILE_EXCL);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function readMark(root: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(root, name), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** What stands in a vault's folder besides what belongs there. */
export async function listOthers(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).filter((name) => !expectedNames.has(name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function newArchive(): ArchiveMark {
  return { format: formatVersion, archive: randomUUID(), createdAt: new Date().toISOString() };
}

function newLocation(writer: string): LocationMark {
  return { location: randomUUID(), role: 'vault', generation: 1, writer };
}
