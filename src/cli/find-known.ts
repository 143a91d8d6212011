import { join } from 'node:path';
import type { ImportPlan } from '#catalogue/import-plan.ts';
import type { Config } from '#config.ts';
import { blobPath } from '#core/digest.ts';
import { encodeName } from '#core/file-name.ts';
import { sampleFile } from '#store/sample-file.ts';

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
  let isComplete = true;
  for (let after = 0; ; ) {
    const page = plan.alike(after, pageSize);
    for (const { id, path, sizeBytes } of page) {
      signal.throwIfAborted();
      if (deps.nowMs() > untilMs) return false;
      after = id;
      const bytes = Buffer.from(encodeName(path));
      const sample = await sampleFile(bytes, sizeBytes).catch(() => null);
      if (sample === null) {
        isComplete = false; // the import says what is wrong with it
        continue;
      }
      const isHeld =
        sample.kind === 'all'
          ? plan.heldOfSize(sizeBytes).some(({ digest }) => digest === sample.digest)
          : await isLikeHeld(deps, sizeBytes, sample.hex);
      isComplete &&= isHeld !== null;
      plan.noteSample(id, sample.kind === 'all' ? sample.digest : sample.hex, isHeld === true);
    }
    if (page.length < pageSize) return isComplete;
  }
}

/** Null where it looks like nothing that could be looked into, and not all could. */
async function isLikeHeld(
  { plan, config }: { readonly plan: ImportPlan; readonly config: Pick<Config, 'vaultDir'> },
  sizeBytes: number,
  hex: string,
): Promise<boolean | null> {
  let areAllRead = true;
  for (const held of plan.heldOfSize(sizeBytes)) {
    const sample = await sampleFile(join(config.vaultDir, blobPath(held)), sizeBytes).catch(() => null);
    if (sample?.kind === 'ends' && sample.hex === hex) return true;
    areAllRead &&= sample !== null;
  }
  return areAllRead ? false : null;
}
