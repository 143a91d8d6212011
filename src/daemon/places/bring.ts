import { isReelholdError, ReelholdError } from '#core/errors.ts';
import type { OutgoingFile, PlaceContext, PlaceHashes, PutOutcome } from '#core/ports/location.ts';
import type { OpenPlace } from './place-book.ts';

/** What became of a file that was brought to a place, read back as far as the place can. */
export interface Brought {
  readonly file: OutgoingFile;
  /**
   * `proven`: it stands there and was read back. `unproven`: it stands there, and nobody could say more. `bad`: what
   * stands there is wrong, and could not be replaced. `bad-source`: nothing good was at hand. `failed`: not there.
   */
  readonly kind: 'proven' | 'unproven' | 'bad' | 'bad-source' | 'failed';
  readonly hashes: PlaceHashes;
  /** It was not there before this. */
  readonly isNew: boolean;
  /** Something wrong stood in its place. */
  readonly isReplaced: boolean;
  readonly error: ReelholdError | null;
}

type Step = { readonly file: OutgoingFile; readonly outcome: PutOutcome; readonly isReplaced: boolean };

/**
 * Brings files to a place and has each of them read back there. What stands there already is read back too; what is
 * wrong, such as the beginning that an upload left, is replaced once.
 */
export async function bringFiles(
  { location }: Pick<OpenPlace, 'location'>,
  files: readonly OutgoingFile[],
  context: PlaceContext,
): Promise<readonly Brought[]> {
  const replace = async (file: OutgoingFile): Promise<Step> => ({
    ...{ file, isReplaced: true },
    outcome: await location.replaceUnproven(file, context),
  });

  const outcomes = await location.put(files, context);
  const steps: Step[] = [];
  for (const [index, file] of files.entries()) {
    const outcome = outcomes[index] ?? notSaid(file);
    steps.push(outcome.kind === 'differs' ? await replace(file) : { file, outcome, isReplaced: false });
  }
  const proveAll = async (asked: readonly Step[]) => {
    const open = asked.filter(({ outcome }) => isStanding(outcome) && outcome.proof === null);
    const findings =
      open.length === 0
        ? []
        : await location.prove(
            open.map(({ file }) => file),
            { signal: context.signal },
          );
    return new Map(open.map((step, index) => [step, findings[index]]));
  };
  const findings = await proveAll(steps);
  const replaced = new Map<Step, Step>();
  for (const step of steps) {
    const kind = findings.get(step)?.kind;
    if (!step.isReplaced && (kind === 'corrupt' || kind === 'missing'))
      replaced.set(step, await replace(step.file));
  }
  const again = await proveAll([...replaced.values()]);
  return steps.map((step) => {
    const last = replaced.get(step) ?? step;
    return conclude(last, again.get(last) ?? (last === step ? findings.get(step) : undefined));
  });
}

function isStanding(outcome: PutOutcome): outcome is Extract<PutOutcome, { kind: 'stored' | 'there' }> {
  return outcome.kind === 'stored' || outcome.kind === 'there';
}

function notSaid(file: OutgoingFile): PutOutcome {
  const facts = { kind: 'io', operation: 'copy', object: file.path } as const;
  return { kind: 'failed', error: new ReelholdError(facts, 'nothing was said of it') };
}

type Finding =
  | { readonly kind: 'good' | 'corrupt' | 'missing' }
  | { readonly kind: 'unknown'; readonly error: ReelholdError };

function conclude({ file, outcome, isReplaced }: Step, finding: Finding | undefined): Brought {
  const base = { file, isReplaced, isNew: false, hashes: {}, error: null };
  if (outcome.kind === 'failed') return { ...base, kind: 'failed', error: outcome.error };
  if (outcome.kind === 'bad-source') return { ...base, kind: 'bad-source' };
  if (!isStanding(outcome)) return { ...base, kind: 'bad' };
  const standing = { ...base, hashes: outcome.hashes, isNew: outcome.kind === 'stored' };
  if (outcome.proof !== null || finding?.kind === 'good') return { ...standing, kind: 'proven' };
  if (finding?.kind === 'corrupt' || finding?.kind === 'missing') return { ...standing, kind: 'bad' };
  const error =
    finding?.kind === 'unknown' && !isReelholdError(finding.error, 'unsupported') ? finding.error : null;
  return { ...standing, kind: 'unproven', error };
}
