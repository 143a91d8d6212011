import { createHash } from 'node:crypto';
import type { Digest } from '#core/digest.ts';
import { digestOfHex } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { FoundSegment, Journal } from '#core/ports/journal.ts';
import type { OutgoingFile } from '#core/ports/location.ts';
import type { Log } from '#core/ports/log.ts';
import { indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { uniteJournal } from '#daemon/unite-journal.ts';
import { bringFiles } from './bring.ts';
import type { OpenPlace } from './place-book.ts';

export interface MirrorJournalDeps {
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly log: Log;
  /** Where a file of the vault's layout stands, as an absolute path. */
  readonly vaultFile: (path: string) => string;
}

/** Segments are small: so many are brought together. */
const batchSegments = 100;

/**
 * Makes the journals of vault and place one: what the place has and the vault lacks, as another installation wrote it
 * there, is taken in; then the place gets what it lacks, each index before its segment. Gives how many segments could
 * not be brought, and how many were taken in.
 */
export async function mirrorJournal(
  deps: MirrorJournalDeps,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<{ readonly left: number; readonly takenIn: number }> {
  const there = {
    segments: await listNames(place, 'journal', signal),
    indexes: await listNames(place, 'index', signal),
  };
  const standing = new Set(await deps.journal.list());
  const foreign = [...there.segments].filter(
    (name) => !standing.has(name) && parseSegmentName(name) !== null,
  );
  const takenIn = await takeIn(deps, place, foreign, signal);
  const lacking = (await deps.journal.list()).filter(
    (name) => !there.segments.has(name) || !there.indexes.has(indexNameOf(name)),
  );
  let left = 0;
  for (let start = 0; start < lacking.length; start += batchSegments) {
    signal.throwIfAborted();
    const names = lacking.slice(start, start + batchSegments);
    const files = (await Promise.all(names.map((name) => filesOf(deps, name)))).flat();
    const brought = await bringFiles(place, files, { signal });
    left += brought.filter(({ kind }) => kind !== 'proven' && kind !== 'unproven').length;
  }
  return { left, takenIn };
}

async function listNames(
  place: OpenPlace,
  folder: 'journal' | 'index',
  signal: AbortSignal,
): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { path } of place.location.list(folder, signal)) names.add(path.slice(folder.length + 1));
  return names;
}

/** The index comes first: a segment never stands without it. A damaged segment is left to who can mend it. */
async function filesOf({ journal, vaultFile }: MirrorJournalDeps, name: string): Promise<OutgoingFile[]> {
  const segment = await journal.read(name);
  if (!segment.isWhole) return [];
  const fileOf = (path: string, bytes: Uint8Array): OutgoingFile => ({
    ...{ path, sizeBytes: bytes.length, digest: digestOf(bytes) },
    source: vaultFile(path),
  });
  const index = segment.index === null ? [] : [fileOf(`index/${indexNameOf(name)}`, segment.index)];
  return [...index, fileOf(`journal/${name}`, segment.content)];
}

async function takeIn(
  deps: MirrorJournalDeps,
  { location, settings }: OpenPlace,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const found: FoundSegment[] = [];
  for (const name of names) {
    const content = await location.read(`journal/${name}`, signal);
    if (content === null || digestOf(content) !== `sha256:${parseSegmentName(name)?.hash}`) continue;
    const index = await location.read(`index/${indexNameOf(name)}`, signal);
    found.push({ name, content, index, isWhole: true });
  }
  if (found.length === 0) return 0;
  deps.catalogue.together(() => {
    for (const segment of found) deps.catalogue.archive.keep(segment);
  });
  await uniteJournal(deps, { everySegment: false, signal });
  deps.log.info(
    { place: settings.name, segments: found.length },
    'A place knew more of the archive than the vault; that was taken in.',
  );
  return found.length;
}

function digestOf(bytes: Uint8Array): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}
