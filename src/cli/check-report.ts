import { displayName, encodeName } from '#core/file-name.ts';
import { adviseOn, type CheckAdvice } from '#core/judge-held.ts';
import type { CheckedFile } from '#daemon/check/check-folder.ts';
import { counted, sizeInWords } from './words.ts';

/** Says what was found out about each file, and what it comes to. */
export interface CheckReport {
  readonly unreadable: number;
  tell(file: CheckedFile): void;
  passOver(path: string): void;
  /** A file that no list of lines can name. */
  tellUnlisted(path: string): void;
  /** Says what it comes to. */
  conclude(): CheckConclusion;
}

/** `nothing`: there was no file, as on a card that is not connected. */
export type CheckConclusion = 'all-may-go' | 'not-all' | 'nothing';

/** Of so many files that may not go each is told; `--json` tells every one. */
const eachToldUpTo = 200;

export function createCheckReport(options: {
  readonly json: boolean;
  readonly root: string;
  readonly write: (text: string) => void;
}): CheckReport {
  const { json, write } = options;
  const files: Record<CheckAdvice, number> = { 'may-go': 0, bring: 0, stays: 0 };
  const bytes: Record<CheckAdvice, number> = { 'may-go': 0, bring: 0, stays: 0 };
  const seen = { unreadable: 0, ownCopies: 0, passedOver: 0, unlisted: 0, untold: 0 };

  const tellLine = (text: string) => {
    if (files.bring + files.stays <= eachToldUpTo) write(`${text}\n`);
    else seen.untold += 1;
  };

  return {
    get unreadable() {
      return seen.unreadable;
    },
    tell(file) {
      const advice = adviseOn(file.finding);
      files[advice] += 1;
      bytes[advice] += file.sizeBytes;
      if (file.finding.kind === 'unreadable') seen.unreadable += 1;
      if (file.finding.kind === 'own-copy') seen.ownCopies += 1;
      if (json) write(`${JSON.stringify(asObject(file))}\n`);
      else if (advice !== 'may-go') tellLine(`${displayName(file.path)}: ${inWords(file)}`);
    },
    passOver() {
      seen.passedOver += 1;
    },
    tellUnlisted(path) {
      seen.unlisted += 1;
      if (!json)
        write(`${displayName(path)}: left out of the list, as its name has a line break (use --null)\n`);
    },
    conclude() {
      const total = files['may-go'] + files.bring + files.stays;
      const isAll = files['may-go'] === total;
      const conclusion = total === 0 ? 'nothing' : isAll ? 'all-may-go' : 'not-all';
      if (json) {
        const kinds = { mayGo: files['may-go'], bring: files.bring, stays: files.stays };
        write(`${JSON.stringify({ kind: 'summary', files: total, ...kinds, ...seen, conclusion })}\n`);
        return conclusion;
      }
      const line = (advice: CheckAdvice, words: string) =>
        files[advice] > 0
          ? [`${counted(files[advice], 'file', 'files')} (${sizeInWords(bytes[advice])}) ${words}.`]
          : [];
      const lines = [
        ...(seen.untold > 0 ? [`… and ${seen.untold} more (--json says each).`] : []),
        ...line('may-go', `may be deleted here: safe without ${files['may-go'] === 1 ? 'it' : 'them'}`),
        ...line('stays', 'should stay here for now'),
        ...line(
          'bring',
          `${files.bring === 1 ? 'is' : 'are'} not held: bring ${files.bring === 1 ? 'it' : 'them'} in`,
        ),
        ...(seen.passedOver > 0
          ? [
              `${counted(seen.passedOver, 'other', 'others')} passed over: empty files, links, the system's own.`,
            ]
          : []),
        conclusions[conclusion],
      ];
      write(`${lines.join('\n')}\n`);
      return conclusion;
    },
  };
}

const conclusions: Readonly<Record<CheckConclusion, string>> = {
  nothing: 'There is no file in this folder. If it is a card or a drive: is it connected?',
  'all-may-go': 'All of it may go.',
  'not-all': 'Not all of it may go.',
};

function inWords({ finding }: CheckedFile): string {
  if (finding.kind === 'unreadable') return `nothing is known of it: ${finding.detail}`;
  if (finding.kind === 'own-copy') return 'belongs to a copy of your archive: leave it alone';
  const { state, places } = finding.judgement;
  if (state === 'not-held') return 'not held';
  if (state === 'held') return 'held, but not read back yet';
  return `held and proven at ${counted(places, 'place', 'places')}, which is not safe yet`;
}

/** For programs. A name of any bytes is given as `pathBase64` too where it is not UTF-8. */
function asObject({ path, sizeBytes, digest, finding }: CheckedFile): object {
  const base = {
    kind: 'file',
    path: path.toWellFormed(),
    ...(path.isWellFormed() ? {} : { pathBase64: Buffer.from(encodeName(path)).toString('base64') }),
    ...{ sizeBytes, digest, advice: adviseOn(finding) },
  };
  if (finding.kind !== 'judged') return { ...base, state: finding.kind, places: 0 };
  return { ...base, state: finding.judgement.state, places: finding.judgement.places };
}
