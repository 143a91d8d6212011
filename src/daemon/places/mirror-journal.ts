import { dayMs } from '#core/assess.ts';
import { describeError, isReelholdError, type ReelholdError } from '#core/errors.ts';
import { type JournalRound, planJournalProof, readRound } from '#core/plan-journal-proof.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { FoundSegment, Journal, SegmentSizes } from '#core/ports/journal.ts';
import type { OutgoingFile } from '#core/ports/location.ts';
import type { Log } from '#core/ports/log.ts';
import { indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { uniteJournal } from '#daemon/unite-journal.ts';
import { bringFiles } from './bring.ts';
import { digestOf } from './digest-of.ts';
import type { OpenPlace } from './place-book.ts';

export interface MirrorJournalDeps {
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Where a file of the vault's layout stands, as an absolute path. */
  readonly vaultFile: (path: string) => string;
}

/** Segments are small: so many are brought together. */
const batchSegments = 100;

export interface MirroredJournal {
  /** Segments that do not stand there as they should. */
  readonly left: number;
  /** Segments that the place had and the vault lacked, or had only damaged. */
  readonly takenIn: number;
  /** The first failure of a single file; null where there was none. */
  readonly failure: ReelholdError | null;
}

/**
 * Makes the journals of vault and place one: what the place has and the vault lacks, as another installation wrote it
 * there, is taken in; then the place gets what it lacks or has in another size, each index before its segment. A share
 * of what stands there is read back, so that all of it is within the place's promise, and what is bad is replaced.
 */
export async function mirrorJournal(
  deps: MirrorJournalDeps,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<MirroredJournal> {
  const there = {
    segments: await listSizes(place, 'journal', signal),
    indexes: await listSizes(place, 'index', signal),
  };
  const standing = new Set(await deps.journal.list());
  const foreign = [...there.segments.keys()].filter(
    (name) => !standing.has(name) && parseSegmentName(name) !== null,
  );
  const unknown = await takeIn(deps, place, foreign, signal);
  const isAsItShouldBe = ([name, { content, index }]: readonly [string, SegmentSizes]) => {
    const indexThere = there.indexes.get(indexNameOf(name));
    return (
      there.segments.get(name) === content && indexThere !== undefined && indexThere === (index ?? indexThere)
    );
  };
  const sizes = [...(await deps.journal.measure())];
  const lacking = sizes.filter((one) => !isAsItShouldBe(one)).map(([name]) => name);
  const brought = await bringSegments(deps, place, lacking, signal);
  const readBack = await readShareBack(deps, place, sizes.filter(isAsItShouldBe), signal);
  const damagedHere = [...brought.damagedHere, ...readBack.damagedHere];
  const mended = await takeIn(
    deps,
    place,
    damagedHere.filter((name) => there.segments.has(name)),
    signal,
  );
  return {
    left: brought.left + readBack.left + Math.max(0, brought.damagedHere.length - mended),
    takenIn: unknown + mended,
    failure: brought.failure ?? readBack.failure,
  };
}

async function listSizes(
  place: OpenPlace,
  folder: 'journal' | 'index',
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { path, sizeBytes } of place.location.list(folder, signal))
    sizes.set(path.slice(folder.length + 1), sizeBytes);
  return sizes;
}

/** What became of segments that were brought; what the vault itself has only damaged is left to who can mend it. */
type BroughtSegments = Pick<MirroredJournal, 'left' | 'failure'> & {
  readonly damagedHere: readonly string[];
};

async function bringSegments(
  deps: MirrorJournalDeps,
  place: OpenPlace,
  names: readonly string[],
  signal: AbortSignal,
  onBatch: (last: string) => void = () => {},
): Promise<BroughtSegments> {
  const damagedHere: string[] = [];
  let failure: ReelholdError | null = null;
  let left = 0;
  for (let start = 0; start < names.length; start += batchSegments) {
    signal.throwIfAborted();
    const batch = names.slice(start, start + batchSegments);
    const segments = await Promise.all(batch.map((name) => readHere(deps, name)));
    damagedHere.push(...batch.filter((_, index) => segments[index]?.isWhole !== true));
    const files = segments.flatMap((segment) => (segment?.isWhole === true ? filesOf(deps, segment) : []));
    for (const { kind, error } of await bringFiles(place, files, { signal })) {
      if (kind !== 'proven' && kind !== 'unproven') left += 1;
      failure ??= error;
    }
    onBatch(batch.at(-1) ?? '');
  }
  return { left, failure, damagedHere };
}

/** What stands there and is brought once more is read back, and replaced where it is bad. */
async function readShareBack(
  deps: MirrorJournalDeps,
  place: OpenPlace,
  standing: readonly (readonly [string, SegmentSizes])[],
  signal: AbortSignal,
): Promise<BroughtSegments> {
  const { catalogue, clock } = deps;
  const { location, promiseDays } = place.settings;
  const fact = `journal read back at ${location}`;
  const round = readRound(catalogue.notes.fact(fact));
  const names = standing.map(([name]) => name);
  const due = planJournalProof(names, round, promiseDays * dayMs, clock.nowMs());
  const note = (change: Partial<JournalRound>) =>
    catalogue.notes.setFact(fact, JSON.stringify({ ...readRound(catalogue.notes.fact(fact)), ...change }));
  const read = await bringSegments(deps, place, due, signal, (after) => note({ after }));
  if (due.length > 0) note({ atMs: clock.nowMs() });
  return read;
}

/** Null where the vault's disk cannot read it: the other segments are brought all the same. */
async function readHere({ journal, log }: MirrorJournalDeps, name: string): Promise<FoundSegment | null> {
  try {
    return await journal.read(name);
  } catch (error) {
    if (!isReelholdError(error, 'io') && !isReelholdError(error, 'missing')) throw error;
    log.error({ segment: name, error: describeError(error) }, 'A journal segment could not be read.');
    return null;
  }
}

/** The index comes first: a segment never stands without it. */
function filesOf(
  { vaultFile }: MirrorJournalDeps,
  { name, content, index }: FoundSegment,
): readonly OutgoingFile[] {
  const fileOf = (path: string, bytes: Uint8Array): OutgoingFile => ({
    ...{ path, sizeBytes: bytes.length, digest: digestOf(bytes) },
    source: vaultFile(path),
  });
  const rows = index === null ? [] : [fileOf(`index/${indexNameOf(name)}`, index)];
  return [...rows, fileOf(`journal/${name}`, content)];
}

async function takeIn(
  deps: MirrorJournalDeps,
  place: OpenPlace,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const found: FoundSegment[] = [];
  for (const name of names) {
    const content = await readIfReadable(deps, place, `journal/${name}`, signal);
    if (content === null || digestOf(content) !== `sha256:${parseSegmentName(name)?.hash}`) continue;
    const index = await readIfReadable(deps, place, `index/${indexNameOf(name)}`, signal);
    found.push({ name, content, index, isWhole: true });
  }
  if (found.length === 0) return 0;
  deps.catalogue.together(() => {
    for (const segment of found) deps.catalogue.archive.keep(segment);
  });
  const standing = new Set(await deps.journal.list());
  const mends = found.some(({ name }) => standing.has(name));
  await uniteJournal(deps, { everySegment: mends, signal });
  deps.log.info(
    { place: place.settings.name, segments: found.length },
    'A place knew more of the archive than the vault; that was taken in.',
  );
  return found.length;
}

/** Null where it is not there, and where that one file cannot be read: the rest of the journal is not kept waiting. */
async function readIfReadable(
  { log }: MirrorJournalDeps,
  { location, settings }: OpenPlace,
  path: string,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  try {
    return await location.read(path, signal);
  } catch (error) {
    if (!isReelholdError(error, 'io') && !isReelholdError(error, 'corrupt')) throw error;
    log.error(
      { place: settings.name, path, error: describeError(error) },
      'A part of the journal at a place cannot be read.',
    );
    return null;
  }
}
