import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Digest, digestOfHex } from '#core/digest.ts';
import { describeError, isReelholdError } from '#core/errors.ts';
import { isTakenForLasting } from '#core/lasting-error.ts';
import type { PlaceResult } from '#core/place-result.ts';
import { placeFileOf } from '#core/plan-mirror.ts';
import type { Location } from '#core/ports/location.ts';
import type { Media } from '#core/ports/media.ts';
import type { HeldFile } from '#core/ports/places.ts';
import { totalBytes } from '#core/total-bytes.ts';
import { recordFindings } from '#daemon/operations/read-back.ts';
import type { Handler, RunContext } from '#daemon/worker.ts';
import { type HealCopyDeps, requestHealCopy } from './heal-copy.ts';
import type { OpenPlace } from './place-book.ts';
import { createVisit } from './visit.ts';
import { createWorkMeter } from './watch-work.ts';

export interface DrillDeps extends HealCopyDeps {
  readonly media: Pick<Media, 'probe'>;
  /** Opens a place as whoever has nothing but the recovery kit would. */
  readonly openByKit: OpenByKit;
  /** Gives a path in a folder for passing files, for a file of this extension. */
  readonly passingFile: (name: string) => string;
}

/** A place as the recovery kit leads to it, until it is disposed of; it is only read. */
export interface KitWay extends AsyncDisposable, Pick<Location, 'fetch'> {}

/** Fails where what the kit says does not lead to the place. */
export type OpenByKit = (place: OpenPlace, signal: AbortSignal) => Promise<KitWay>;

const sampleSize = 5;

/**
 * Rehearses a restore: some videos, at random, are fetched from the place alone, by nothing but what the recovery kit
 * says, compared with their digests and opened as a player would. What came back is a proof; what did not is seen to.
 */
export function createDrill(deps: DrillDeps, location: string): Handler {
  const { book, catalogue, clock, log } = deps;

  const fetchWhole = async (
    place: OpenPlace,
    way: KitWay,
    file: HeldFile,
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const target = deps.passingFile(`${randomUUID()}.${file.ext === '' ? 'bin' : file.ext}`);
    try {
      if (!(await fetchInto(target, place, way, file, { signal, onProgress }))) return false;
      if ((await digestOfFile(target)) !== file.digest) return false;
      const probed = await deps.media.probe(target, signal);
      // What no tool could open here, or none tried to, is held as it came: that it came back whole is all there is to ask.
      return probed.kind !== 'unreadable' || !catalogue.media.couldOpen(file.digest);
    } finally {
      await rm(target, { force: true });
    }
  };

  /** False where the place is the reason; what fails on this machine says nothing of the copies there. */
  const fetchInto = async (
    target: string,
    place: OpenPlace,
    way: KitWay,
    file: HeldFile,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (bytes: number) => void },
  ): Promise<boolean> => {
    try {
      await way.fetch(placeFileOf(file), target, { signal, onProgress });
      return true;
    } catch (error) {
      if (signal.aborted || (isReelholdError(error) && error.side === 'vault')) throw error;
      log.warn(
        { place: place.settings.name, digest: file.digest, error: describeError(error) },
        'A video could not be fetched in a rehearsal.',
      );
      return false;
    }
  };

  /** Null where the kit is the reason: then nothing would come back. */
  const openOrSay = async (
    place: OpenPlace,
    attempt: number,
    signal: AbortSignal,
  ): Promise<KitWay | null> => {
    try {
      return await deps.openByKit(place, signal);
    } catch (error) {
      if (signal.aborted || !isReelholdError(error) || error.side === 'vault') throw error;
      if (error.retryable && !isTakenForLasting(attempt)) throw error;
      if ((await book.look(place, signal)).kind !== 'present') throw error;
      log.error(
        { place: place.settings.name, error: describeError(error) },
        'What the recovery kit says does not lead to a place. Make a new kit, and look whether it does.',
      );
      return null;
    }
  };

  const work = async (place: OpenPlace, attempt: number, context: RunContext): Promise<PlaceResult> => {
    const { signal } = context;
    const sample = catalogue.places.sample(location, sampleSize);
    const bytesTotal = totalBytes(sample);
    const meter = createWorkMeter({ book, clock, location }, { what: 'rehearsing', bytesTotal }, context);
    const good: Digest[] = [];
    await using way = await openOrSay(place, attempt, signal);
    for (const file of sample) {
      if (way === null) break;
      const isGood = await fetchWhole(place, way, file, (bytes) => meter.onProgress(bytes, null), signal);
      meter.add(file.sizeBytes);
      if (isGood) good.push(file.digest);
      else requestHealCopy(deps, location, file.digest);
    }
    if ((await book.look(place, signal)).kind !== 'present') return { kind: 'drilled', tried: 0, good: 0 };
    await recordFindings({ ...deps, location }, { good });
    const drilled = { tried: sample.length, good: good.length };
    book.note(location, { drill: { atMs: clock.nowMs(), ...drilled } });
    log.info({ place: place.settings.name, ...drilled }, 'A restore was rehearsed.');
    return { kind: 'drilled', ...drilled };
  };

  return (operation, context) => {
    const visit = createVisit(deps, location, {
      work: (place) => work(place, operation.attempt, context),
    });
    return visit(operation, context);
  };
}

async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return digestOfHex(hash.digest('hex'));
}
