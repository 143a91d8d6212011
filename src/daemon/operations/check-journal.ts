import { type UniteDeps, uniteJournal } from '#daemon/unite-journal.ts';
import type { Handler } from '#daemon/worker.ts';

/**
 * Reads every segment of the journal and its index, and puts right what was damaged since it was written; then makes
 * the catalogue's rows again from them, which puts right what a disk changed in those without anybody noticing.
 */
export function createCheckJournal(deps: UniteDeps): Handler {
  return async (_operation, { signal }) => {
    const { mended, damaged, unreadable } = await uniteJournal(deps, { everySegment: true, signal });
    deps.catalogue.together(() => deps.catalogue.archive.startAgain());
    if (mended > 0) deps.log.warn({ segments: mended }, 'Damaged parts of the journal were put right.');
    return `${mended} put right, ${damaged.length} damaged, ${unreadable.length} unreadable`;
  };
}
