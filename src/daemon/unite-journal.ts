import { describeError } from '#core/errors.ts';
import { formatIndexRow, indexRowsOf } from '#core/index-row.ts';
import type { Catalogue, KeptState } from '#core/ports/catalogue.ts';
import type { FoundSegment, Journal } from '#core/ports/journal.ts';
import type { Log } from '#core/ports/log.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { readRecords } from '#core/segment-records.ts';
import type { Ledger } from './ledger.ts';

export interface UniteDeps {
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly ledger: Pick<Ledger, 'between'>;
  readonly log: Log;
}

/** What it took to make journal and catalogue say the same, in segments. */
export interface Union {
  /** The catalogue had not applied them. */
  readonly applied: number;
  /** The journal had lost them, or they had been damaged there. */
  readonly mended: number;
  /** They are damaged, and nobody has them whole. */
  readonly damaged: readonly string[];
  /** They could not be read at all. */
  readonly unreadable: readonly string[];
  readonly fromScratch: boolean;
}

/** How many segments are kept in one transaction. */
const batchSize = 200;

/**
 * Makes journal and catalogue say the same, whichever of them is older: what the one lacks it gets from the
 * other. `everySegment` reads also what both are known to have, and puts right what was damaged since.
 */
export async function uniteJournal(
  deps: UniteDeps,
  options: { readonly everySegment: boolean; readonly signal?: AbortSignal },
): Promise<Union> {
  const { journal, catalogue } = deps;
  const standing = await journal.list();
  const kept = new Map([...catalogue.archive.segments()].map(({ name, state }) => [name, state]));
  const found = await takeIn(
    deps,
    standing.filter((name) => options.everySegment || kept.get(name) !== 'whole'),
    kept,
    options.signal,
  );
  const { segments, fromScratch } = catalogue.together(() => catalogue.archive.catchUp());
  const indexed = await journal.listIndexed();
  const mended = await mend(deps, findLost(deps, new Set(standing), indexed, kept, found.wrong));
  if (findStray(deps, new Set(standing), indexed, kept.size > 0).length > 0) {
    await deps.ledger.between(() => withdrawStrayIndexes(deps, kept.size > 0));
  }
  return { applied: segments, mended, damaged: found.damaged, unreadable: found.unreadable, fromScratch };
}

/** Reads segments and keeps them; `wrong` are those of which the catalogue has better than the journal. */
async function takeIn(
  { journal, catalogue, log }: UniteDeps,
  names: readonly string[],
  kept: ReadonlyMap<string, KeptState>,
  signal: AbortSignal | undefined,
) {
  const damaged: string[] = [];
  const unreadable: string[] = [];
  const wrong: string[] = [];
  let batch: FoundSegment[] = [];
  const keepBatch = () => {
    catalogue.looselyTogether(() => {
      for (const segment of batch) catalogue.archive.keep(segment);
    });
    batch = [];
  };
  for (const name of names) {
    signal?.throwIfAborted();
    const segment = await journal.read(name).catch((error: unknown) => {
      log.error({ segment: name, error: describeError(error) }, 'A journal segment could not be read.');
      return null;
    });
    if (segment === null) unreadable.push(name);
    else if (kept.get(name) === 'whole') {
      const known = catalogue.archive.segment(name);
      if (segment.isWhole && !isSame(segment.content, known?.content ?? null)) batch.push(segment);
      else if (isDifferent(known, segment)) wrong.push(name);
    } else {
      batch.push(segment);
      if (!segment.isWhole) damaged.push(name);
    }
    if (batch.length >= batchSize) keepBatch();
  }
  keepBatch();
  return { damaged, unreadable, wrong };
}

function isDifferent(kept: FoundSegment | null, found: FoundSegment): boolean {
  if (kept === null) return false;
  return !found.isWhole || (kept.index !== null && !isSame(kept.index, found.index));
}

function isSame(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Segments that the journal lacks, wholly or their index, or that stand there damaged. */
function findLost(
  { catalogue }: UniteDeps,
  standing: ReadonlySet<string>,
  indexed: ReadonlySet<string>,
  kept: ReadonlyMap<string, KeptState>,
  wrong: readonly string[],
): readonly string[] {
  const lost = new Set(wrong);
  for (const [name, state] of kept) if (state === 'whole' && !standing.has(name)) lost.add(name);
  for (const name of standing) if (!indexed.has(name)) lost.add(name);
  return [...lost].filter((name) => catalogue.archive.segment(name)?.isWhole === true);
}

/**
 * Indexes whose segment never came, left by a crash between the two. A catalogue that was there then knows every
 * segment that did; a new one goes by the sequence, so that the index of a segment that was lost keeps its names.
 */
function findStray(
  { catalogue }: UniteDeps,
  standing: ReadonlySet<string>,
  indexed: ReadonlySet<string>,
  wasCatalogueThere: boolean,
): readonly string[] {
  const unowned = [...indexed].filter((name) => !standing.has(name));
  if (unowned.length === 0) return [];
  const kept = new Set([...catalogue.archive.segments()].map(({ name }) => name));
  const lastSeq = catalogue.archive.lastSeq();
  return unowned.filter(
    (name) => !kept.has(name) && (wasCatalogueThere || (parseSegmentName(name)?.seq ?? 0) > lastSeq),
  );
}

/** Looks again first: while an entry was half-way its index stood without its segment. */
async function withdrawStrayIndexes(deps: UniteDeps, wasCatalogueThere: boolean): Promise<void> {
  const { journal, log } = deps;
  const standing = new Set(await journal.list());
  for (const name of findStray(deps, standing, await journal.listIndexed(), wasCatalogueThere)) {
    await journal.withdrawIndex(name);
    log.info({ segment: name }, 'The index of a record that was never completed was put aside.');
  }
}

async function mend({ journal, catalogue, log }: UniteDeps, names: readonly string[]): Promise<number> {
  let mended = 0;
  for (const name of names) {
    const segment = catalogue.archive.segment(name);
    if (segment === null) continue;
    try {
      await journal.mend({ ...segment, index: segment.index ?? makeIndex(catalogue, segment) });
      mended += 1;
    } catch (error) {
      const facts = { segment: name, error: describeError(error) };
      log.error(facts, 'A journal segment could not be put back; the catalogue still has it.');
    }
  }
  return mended;
}

/** The rows that a segment's index would have if it were written today: later segments say nothing else. */
function makeIndex({ archive }: Catalogue, { content }: FoundSegment): Uint8Array {
  const records = readRecords(content);
  const seq = Math.max(0, ...records.map((record) => record.seq));
  const videos = new Set(
    records.flatMap((record) => {
      if (record.kind === 'merge') return [record.into];
      return 'video' in record ? [record.video] : [];
    }),
  );
  const rows = [...videos].flatMap((id) => {
    const video = archive.video(id);
    return video === null ? [] : indexRowsOf(video);
  });
  return new TextEncoder().encode(rows.map((row) => `${formatIndexRow({ ...row, seq })}\n`).join(''));
}
