import { join } from 'node:path';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import type { ImportPlan } from '#catalogue/import-plan.ts';
import { createImportRows, heldFiles } from '#catalogue/import-rows.ts';
import type { Config } from '#config.ts';
import { blobPath } from '#core/digest.ts';
import { describeError } from '#core/errors.ts';
import { encodeName, splitExtension } from '#core/file-name.ts';
import { importRank } from '#core/import-order.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { lastingFingerprint } from '#core/settle.ts';
import { type ArchiveFile, type PassedOver, walkArchive } from '#daemon/import/walk-archive.ts';
import { sampleFile } from '#store/sample-file.ts';

/** What was seen on the way through an old archive, beside the files that are planned. */
export interface Survey {
  folders: number;
  readonly passedOver: Record<PassedOver, number>;
  /** How often each ending stood behind a name that is no video's. */
  readonly endings: Map<string, number>;
  unreadable: number;
  /** The first of them, in words. */
  readonly unreadableSaid: string[];
}

/** Of so many endings each is counted; of more only all together. */
const endingsAtMost = 1000;
const unreadableSaidAtMost = 20;

/** Walks through the archives and plans what is found; `own` as for `walkArchive`. */
export async function surveyArchives(deps: {
  readonly roots: readonly string[];
  readonly own: ReadonlySet<string>;
  readonly plan: ImportPlan;
  /** Null where there is none yet, so that nothing was taken. */
  readonly catalogue: CatalogueDatabase | null;
  readonly signal: AbortSignal;
  readonly onFiles: (count: number) => void;
}): Promise<Survey> {
  const { plan, catalogue } = deps;
  const imports = catalogue === null ? null : createImportRows(catalogue.db);
  const survey: Survey = {
    folders: 0,
    passedOver: {
      ...{ system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
      ...{ 'not-a-video': 0, link: 0, special: 0, empty: 0, own: 0 },
    },
    endings: new Map(),
    unreadable: 0,
    unreadableSaid: [],
  };
  const toFound = (within: string, { path: below, stat }: ArchiveFile) => {
    const path = `${within === '/' ? '' : within}/${below}`;
    const fingerprint = lastingFingerprint(stat);
    return {
      ...{ path, within, sizeBytes: stat.sizeBytes, fingerprint, rank: importRank(below) },
      nameKey: nameKeyOf(below.slice(below.lastIndexOf('/') + 1)),
      mtimeMs: Number(stat.mtimeNs / 1_000_000n),
      isTaken: imports?.isTaken(path, fingerprint) ?? false,
    };
  };
  for (const within of deps.roots) {
    const visitor = {
      onFolder() {
        survey.folders += 1;
      },
      onFiles(files: readonly ArchiveFile[]) {
        plan.add(files.map((file) => toFound(within, file)));
        deps.onFiles(files.length);
      },
      onPassedOver: (reason: PassedOver, path: string) => notePassedOver(survey, reason, path),
      onUnreadable(error: unknown) {
        survey.unreadable += 1;
        if (survey.unreadableSaid.length < unreadableSaidAtMost)
          survey.unreadableSaid.push(describeError(error));
      },
    };
    await walkArchive(within, deps.own, visitor, deps.signal);
  }
  if (catalogue !== null) plan.addHeld(heldFiles(catalogue));
  return survey;
}

function notePassedOver(survey: Survey, reason: PassedOver, path: string): void {
  survey.passedOver[reason] += 1;
  if (reason !== 'not-a-video') return;
  const { ext } = splitExtension(path.slice(path.lastIndexOf('/') + 1));
  const key = survey.endings.has(ext) || survey.endings.size < endingsAtMost ? ext : '';
  survey.endings.set(key, (survey.endings.get(key) ?? 0) + 1);
}

const pageSize = 256;

/**
 * Looks into the files that have the size of another one, here or in the vault, for as long as it may; gives whether all
 * were looked into. It is for the estimate only: the import itself compares all bytes of every file.
 */
export async function findKnown(deps: {
  readonly plan: ImportPlan;
  readonly config: Pick<Config, 'vaultDir'>;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly atMostMs: number;
}): Promise<boolean> {
  const { plan, signal } = deps;
  const untilMs = deps.nowMs() + deps.atMostMs;
  for (let after = 0; ; ) {
    const page = plan.alike(after, pageSize);
    for (const { id, path, sizeBytes } of page) {
      signal.throwIfAborted();
      if (deps.nowMs() > untilMs) return false;
      after = id;
      const bytes = Buffer.from(encodeName(path));
      const sample = await sampleFile(bytes, sizeBytes).catch(() => null);
      if (sample === null) continue; // the import says what is wrong with it
      const isHeld =
        sample.kind === 'all'
          ? plan.heldOfSize(sizeBytes).some(({ digest }) => digest === sample.digest)
          : await isLikeHeld(deps, sizeBytes, sample.hex);
      plan.noteSample(id, sample.kind === 'all' ? sample.digest : sample.hex, isHeld);
    }
    if (page.length < pageSize) return true;
  }
}

async function isLikeHeld(
  { plan, config }: { readonly plan: ImportPlan; readonly config: Pick<Config, 'vaultDir'> },
  sizeBytes: number,
  hex: string,
): Promise<boolean> {
  for (const held of plan.heldOfSize(sizeBytes)) {
    const sample = await sampleFile(join(config.vaultDir, blobPath(held)), sizeBytes).catch(() => null);
    if (sample?.kind === 'ends' && sample.hex === hex) return true;
  }
  return false;
}
