import { displayName } from '#core/file-name.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import type { RestoreOutcome } from '#daemon/restore/restore-files.ts';
import { counted, sizeInWords } from './words.ts';

/** Says what became of files that were to be brought back. */
export interface RestoreReport {
  tell(file: RestoreFile, outcome: RestoreOutcome): void;
  /**
   * Says what it came to, with all that could not be brought, and that there may be more where so many parts of the
   * journal could not be read; true where everything is there.
   */
  conclude(lostSegments: number): boolean;
}

export function createRestoreReport(write: (text: string) => void): RestoreReport {
  const counts = { brought: 0, there: 0, broughtBytes: 0 };
  const damaged: string[] = [];
  const failed: string[] = [];
  return {
    tell(file, outcome) {
      if (outcome.kind === 'failed') {
        const why = outcome.reasons.join('; ') || 'no copy of it can be read now';
        failed.push(`${displayName(file.path)}: ${why}`);
        return;
      }
      if (outcome.kind === 'damaged') {
        damaged.push(`${displayName(outcome.path)} (${outcome.reasons.join('; ')})`);
        return;
      }
      counts[outcome.kind] += 1;
      if (outcome.kind === 'brought') counts.broughtBytes += file.sizeBytes;
      if (outcome.path !== file.path) {
        write(
          `${displayName(file.path)} has another file in its place; it is ${displayName(outcome.path)} now.\n`,
        );
      }
    },
    conclude(lostSegments) {
      const parts = [
        `${counted(counts.brought, 'file', 'files')} brought (${sizeInWords(counts.broughtBytes)})`,
        ...(counts.there > 0 ? [`${counts.there} there already`] : []),
        ...(damaged.length > 0 ? [`${damaged.length} brought damaged`] : []),
        ...(failed.length > 0 ? [`${failed.length} not brought`] : []),
      ];
      const list = [
        ...damaged.map((line) => `Damaged in the archive, and brought as it is: ${line}\n`),
        ...failed.map((line) => `Not brought: ${line}\n`),
      ];
      const isAll = damaged.length + failed.length === 0;
      write(`${list.join('')}${parts.join(', ')}.${isAll ? ' Each was compared with its checksum.' : ''}\n`);
      if (damaged.length > 0) write(`${inWordsDamaged}\n`);
      if (lostSegments > 0) write(`${inWordsLost(lostSegments)}\n`);
      return isAll && lostSegments === 0;
    },
  };
}

const inWordsDamaged =
  'No place that can be read now has good bytes of what is called "(damaged)". It may play all the same, in part. ' +
  'Connect your other places and start the same again: a good one then comes under its own name.';

function inWordsLost(segments: number): string {
  const parts =
    segments === 1 ? '1 part of the journal there is' : `${segments} parts of the journal there are`;
  return (
    `${parts} damaged or cannot be read. A video that only such a part names was not brought, and titles may be older ` +
    'ones. Try another place (--from), or "sh restore.sh FOLDER" in a copy: it brings videos without a name too.'
  );
}
