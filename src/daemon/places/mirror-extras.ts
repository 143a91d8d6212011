import { isReelholdError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { MutableName, PlaceFile } from '#core/ports/location.ts';
import { bringFiles } from './bring.ts';
import { digestOf } from './digest-of.ts';
import type { OpenPlace } from './place-book.ts';

export interface MirrorExtrasDeps {
  /** What a person finds at a place, beside the vault's own words. */
  readonly readme: Uint8Array;
  /** The script that restores, as a local file with its bytes. */
  readonly restoreScript: () => Promise<{ readonly file: string; readonly bytes: Uint8Array }>;
  /** The page that shows the videos from the place alone; null where the place cannot show it. */
  readonly makeOpenMe: (settings: PlaceSettings) => Promise<Uint8Array | null>;
}

/**
 * Brings what people look at: it is compared as it stands, and written only where it changed with the archive, or was
 * damaged or deleted there.
 */
export async function mirrorExtras(
  deps: MirrorExtrasDeps,
  place: OpenPlace,
  signal: AbortSignal,
): Promise<void> {
  const { bytes, file } = await deps.restoreScript();
  const script = { path: 'restore.sh', sizeBytes: bytes.length, digest: digestOf(bytes), source: file };
  if (!(await stands(place, script, signal))) await bringFiles(place, [script], { signal });
  const keepCurrent = async (name: MutableName, content: Uint8Array) => {
    if (await stands(place, { path: name, digest: digestOf(content) }, signal)) return;
    await place.location.putMutable(name, content, signal);
  };
  await keepCurrent('README.txt', deps.readme);
  const openMe = await deps.makeOpenMe(place.settings);
  if (openMe !== null) await keepCurrent('OPEN-ME.html', openMe);
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
