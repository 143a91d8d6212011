import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArchiveMark,
  formatMark,
  formatVersion,
  judgeVault,
  type LocationMark,
  type VaultFinding,
  type VaultRefusal,
} from '#core/archive-format.ts';
import { codeOf, translateError } from '#core/errors.ts';
import { replaceFile, syncDirectory } from './durable.ts';
import { takeVaultLock } from './vault-lock.ts';
import { vaultReadme } from './vault-readme.ts';

export interface OpenVault extends Disposable {
  readonly kind: 'open';
  readonly root: string;
  readonly archive: string;
  readonly location: string;
  readonly isNew: boolean;
}

export type VaultOutcome =
  | OpenVault
  | { readonly kind: 'refused'; readonly reason: VaultRefusal }
  | { readonly kind: 'locked'; readonly holder: string };

const folders = ['blobs/sha256', 'journal', 'index', 'staging', 'quarantine', 'trash'];
/** What does not make a folder "not empty": our own skeleton, left by a first start that was cut off, and the NAS's. */
const expectedNames = new Set([
  ...['blobs', 'journal', 'index', 'staging', 'quarantine', 'trash', 'README.txt', 'location.json'],
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
}): Promise<VaultOutcome> {
  const { root } = options;
  try {
    if (options.knownArchive === null) await mkdir(root, { recursive: true });
    const first = await lookAt(root, options.knownArchive);
    if (first.kind === 'refused') return first; // before anything is written, the lock included
    const outcome = takeVaultLock(root);
    if (outcome.kind === 'taken') return { kind: 'locked', holder: outcome.holder };
    try {
      // Another one may have made an archive here before the lock was ours.
      const finding = await lookAt(root, options.knownArchive);
      if (finding.kind === 'refused') {
        outcome.lock[Symbol.dispose]();
        return finding;
      }
      await prepareFolders(root);
      const location =
        finding.kind === 'ours' && finding.location !== null ? finding.location : newLocation(options.writer);
      const mark = finding.kind === 'ours' ? finding.mark : newArchive();
      await writeMarks(root, mark, { ...location, writer: options.writer });
      return {
        kind: 'open',
        root,
        archive: mark.archive,
        location: location.location,
        isNew: finding.kind === 'new',
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

async function lookAt(root: string, knownArchive: string | null): Promise<VaultFinding> {
  return judgeVault({
    knownArchive,
    archiveMark: await readMark(root, 'archive.json'),
    locationMark: await readMark(root, 'location.json'),
    isEmpty: (await listOthers(root)).length === 0,
  });
}

async function prepareFolders(root: string): Promise<void> {
  await rm(join(root, 'staging'), { recursive: true, force: true });
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  await syncDirectory(join(root, 'blobs'));
  await syncDirectory(root);
}

/** The archive's own mark comes last: until it stands, the folder is no archive yet. */
async function writeMarks(root: string, mark: ArchiveMark, location: LocationMark): Promise<void> {
  await writeChanged(root, 'README.txt', vaultReadme);
  await writeChanged(root, 'location.json', formatMark(location));
  await writeChanged(root, 'archive.json', formatMark(mark));
}

async function writeChanged(root: string, name: string, content: string): Promise<void> {
  if ((await readMark(root, name)) === content) return;
  await replaceFile(join(root, name), content, join(root, 'staging', randomUUID()));
}

async function readMark(root: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(root, name), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

async function listOthers(root: string): Promise<string[]> {
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
