import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { arePapersDue, notePapers } from '#core/papers-due.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { MutableName, OutgoingFile, PlaceFile } from '#core/ports/location.ts';
import { bringFiles } from './bring.ts';
import { digestOf } from './digest-of.ts';
import type { OpenPlace } from './place-book.ts';

export interface MirrorExtrasDeps {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** What a person finds at a place, beside the vault's own words. */
  readonly readme: Uint8Array;
  /** The script that restores, as a local file with its bytes. */
  readonly restoreScript: () => Promise<{ readonly file: string; readonly bytes: Uint8Array }>;
  /** The page that shows the videos from the place alone; null where the place cannot show it. */
  readonly makeOpenMe: (settings: PlaceSettings) => Promise<Uint8Array | null>;
}

/**
 * Brings what people look at: it is compared as it stands, and written only where it changed with the archive, or was
 * damaged or deleted there. Gives why the script does not stand there whole; null where it does. The rest comes there all
 * the same.
 */
export async function mirrorExtras(
  deps: MirrorExtrasDeps,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<ReelholdError | null> {
  const { notes } = deps.catalogue;
  const { location, placeKind, generation } = place.settings;
  const { bytes, file } = await deps.restoreScript();
  const script = { path: 'restore.sh', sizeBytes: bytes.length, digest: digestOf(bytes), source: file };
  const openMe = await deps.makeOpenMe(place.settings);
  const papers = [
    paperOf('README.txt', deps.readme),
    ...(openMe === null ? [] : [paperOf('OPEN-ME.html', openMe)]),
  ];
  const digests = [script, ...papers].map(({ digest }) => digest);
  // Of another generation somebody else may have written there meanwhile.
  const fact = `papers read back at ${location} ${generation}`;
  if (!arePapersDue(placeKind, digests, notes.fact(fact), deps.clock.nowMs())) return null;
  const failure = await bringScript(script, place, signal);
  for (const paper of papers) {
    if (!(await stands(place, paper, signal)))
      await place.location.putMutable(paper.path, paper.content, signal);
  }
  if (failure === null && placeKind === 'remote')
    notes.setFact(fact, notePapers(digests, deps.clock.nowMs()));
  return failure;
}

function paperOf(path: MutableName, content: Uint8Array) {
  return { path, content, digest: digestOf(content) };
}

async function bringScript(
  script: OutgoingFile,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<ReelholdError | null> {
  if (await stands(place, script, signal)) return null;
  const [brought] = await bringFiles(place, [script], { signal });
  if (brought?.kind === 'proven' || brought?.kind === 'unproven') return null;
  const facts = { kind: 'io', operation: 'copy', object: script.path } as const;
  return brought?.error ?? new ReelholdError(facts, 'it does not stand there as it should');
}

/** What is there and cannot be read does not count: it is written anew. */
async function stands(
  { location }: OpenPlace,
  { path, digest }: Pick<PlaceFile, 'path' | 'digest'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const bytes = await location.read(path, signal);
    return bytes !== null && digestOf(bytes) === digest;
  } catch (error) {
    if (isReelholdError(error, 'io') || isReelholdError(error, 'corrupt')) return false;
    throw error;
  }
}
