import { randomBytes, randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import type { Digest } from '#core/digest.ts';
import { codeOf, ReelholdError } from '#core/errors.ts';
import { placeFileOf } from '#core/plan-mirror.ts';
import { needsNewWriter, planRebuild, type RebuildRefusal } from '#core/plan-rebuild.ts';
import type { HeldFile } from '#core/ports/places.ts';
import type { VaultBuilder } from '#core/ports/vault-builder.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { totalBytes } from '#core/total-bytes.ts';
import { fillJournal } from '#daemon/restore/fill-journal.ts';
import {
  type FillReport,
  fillBlobs,
  type ListedBlob,
  listBlobs,
  requireRoom,
} from '#daemon/restore/fill-vault.ts';
import type { UnreadableFile } from '#daemon/restore/read-listed.ts';
import { type Installation, loadInstallation, saveInstallation } from '#store/installation.ts';
import { lookAtVault, openVaultBuilder } from '#store/vault-builder.ts';
import { identifySource, type OpenSource, openVaultSource, type SourceDeps } from './open-source.ts';
import { readPlaceCatalogue } from './place-catalogue.ts';

/** What was made anew, and what the copy could not give. */
export interface RebuiltVault extends FillReport {
  /** Files that the journal names, and that neither stood in the copy nor here. */
  readonly missing: number;
  /** Segments of the journal that are not as they were written. */
  readonly damaged: number;
  /** Segments of the journal that the copy could not give. */
  readonly unreadable: readonly UnreadableFile[];
  /** Files that were given, and that nothing that can be read of the journal names. */
  readonly nameless: number;
  readonly places: readonly string[];
}

export interface RebuildProgress {
  /** Told once what there is to copy. */
  readonly onTotal: (total: { readonly files: number; readonly bytes: number }) => void;
  readonly onProgress: (blob: ListedBlob, bytesDone: number) => void;
  readonly onDone: (blob: ListedBlob) => void;
}

/**
 * Makes the vault anew from a copy of its archive, which is only read: journal and index, then blobs, then the marks
 * that make it an archive. It can be broken off anywhere, and goes on when it is started again. The catalogue follows
 * when the vault is opened.
 */
export async function rebuildVault(
  deps: SourceDeps,
  opened: OpenSource,
  progress: RebuildProgress,
  signal: AbortSignal,
): Promise<RebuiltVault> {
  const { config, pool } = deps;
  await requireRebuildable(deps, opened);
  using vault = await openVaultBuilder({ root: config.vaultDir, pool });
  const requireSource = async () => void (await identifySource(opened.source, signal));
  const fill = { source: opened.source, vault, requireSource };
  // From here on an unfinished vault is one that is not connected, and never a new archive.
  const installation = await takeOn(deps, opened, new Set());
  const { segments, unreadable } = await fillJournal(fill, signal);
  const own = await takeOn(deps, opened, writersOf(segments), installation);
  const filled = { source: openVaultSource(deps), requireSource: () => requireFolder(config.vaultDir) };
  await using journal = await readPlaceCatalogue(filled, signal);
  const { archive, places } = journal.catalogue;
  const isWhole = journal.damaged.length + journal.unreadable.length === 0;
  // What cannot be read may say that the owner brought the same video again.
  const blobs = await listBlobs(fill, isWhole ? places.isErased : () => false, signal);
  await requireRoom(blobs, vault);
  const named = new Set(archive.allDigests());
  const { standing, missing } = await lookForOthers(named, blobs, vault, places.file);
  const all = [...blobs, ...standing];
  progress.onTotal({ files: all.length, bytes: totalBytes(all) });
  const report = await fillBlobs(all, fill, { ...progress, signal });
  await finish(vault, opened, own);
  const names = places.list().map(({ name }) => name);
  const lost = new Set(unreadable.map(({ path }) => path));
  return {
    ...{ ...report, missing, places: names },
    damaged: journal.damaged.filter((name) => !lost.has(`journal/${name}`)).length,
    unreadable: [...unreadable, ...journal.unreadable.filter(({ path }) => !lost.has(path))],
    nameless: blobs.filter(({ digest }) => !named.has(digest) && !places.isErased(digest)).length,
  };
}

async function requireFolder(root: string): Promise<void> {
  await lookAtVault(root);
}

async function requireRebuildable({ config }: SourceDeps, { archive }: OpenSource): Promise<void> {
  const installation = await loadInstallation(config.configDir);
  const plan = planRebuild(archive.archive, {
    ...(await lookAtVault(config.vaultDir)),
    knownArchive: installation.archive,
    hasCatalogue: await isThere(config.catalogueFile),
  });
  if (plan.kind === 'go') return;
  const [detail, hint] = refusals[plan.reason];
  const facts = {
    kind: 'unsupported',
    operation: 'make the archive anew in',
    object: config.vaultDir,
    hint,
  } as const;
  throw new ReelholdError(facts, detail);
}

const refusals: Readonly<Record<RebuildRefusal, readonly [detail: string, hint: string]>> = {
  'holds-another-archive': [
    'this Reelhold holds another archive',
    'Give the new one settings and a vault of its own (REELHOLD_CONFIG, REELHOLD_VAULT).',
  ],
  'vault-of-another-archive': [
    'another archive stands there',
    'Nothing in it was touched. Name an empty folder (REELHOLD_VAULT).',
  ],
  'unreadable-mark': [
    'an archive stands there whose file archive.json is damaged',
    'Nothing in it was touched. Name an empty folder (REELHOLD_VAULT).',
  ],
  'not-empty': [
    'other files stand there',
    'Nothing in it was touched. Name an empty folder (REELHOLD_VAULT).',
  ],
  'unknown-catalogue': [
    'there is a catalogue among the settings, and nobody knows of which archive',
    'Name an empty folder for the settings (REELHOLD_CONFIG), or move catalogue.sqlite away.',
  ],
};

/** Notes that this installation holds the archive from now on, under an id that nobody has written with. */
async function takeOn(
  { config }: SourceDeps,
  { archive, location }: OpenSource,
  writers: ReadonlySet<string>,
  known?: Installation,
): Promise<Installation> {
  const installation = known ?? (await loadInstallation(config.configDir));
  const taken = new Set([...writers, ...(location === null ? [] : [location.writer])]);
  const isTaken = needsNewWriter(installation.writer, taken);
  const next = {
    writer: isTaken ? randomBytes(6).toString('hex') : installation.writer,
    archive: archive.archive,
    location: installation.location ?? randomUUID(),
  };
  await saveInstallation(config.configDir, next);
  return next;
}

function writersOf(segments: readonly string[]): ReadonlySet<string> {
  return new Set(segments.flatMap((name) => parseSegmentName(name)?.writer ?? []));
}

async function finish(vault: VaultBuilder, { archive }: OpenSource, own: Installation): Promise<void> {
  const location = own.location ?? randomUUID();
  await vault.finish(archive, { location, role: 'vault', generation: 1, writer: own.writer });
}

/** Of files that the journal names and the copy lacks: those that stand here, of any bytes, and how many do not. */
async function lookForOthers(
  named: ReadonlySet<Digest>,
  given: readonly ListedBlob[],
  vault: VaultBuilder,
  fileOf: (digest: Digest) => HeldFile | null,
): Promise<{ readonly standing: readonly ListedBlob[]; readonly missing: number }> {
  const isGiven = new Set(given.map(({ digest }) => digest));
  const standing: ListedBlob[] = [];
  let missing = 0;
  for (const digest of named) {
    if (isGiven.has(digest)) continue;
    const file = fileOf(digest);
    const blob = file === null ? null : { ...file, ...placeFileOf(file) };
    if (blob !== null && (await vault.hasFile(blob.path, blob.sizeBytes))) standing.push(blob);
    else missing += 1;
  }
  return { standing, missing };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
