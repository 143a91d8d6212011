import type { PlaceView } from '#catalogue/queries.ts';
import type { Config } from '#config.ts';
import { describeError } from '#core/errors.ts';
import type { PlaceResult } from '#core/place-result.ts';
import { en } from '#views/locales/en.ts';
import { exitCodes } from './exit-codes.ts';
import { forecastInWords, isOutsideHours } from './place-preflight.ts';
import { askCatalogue, placesCalled, workAt } from './places.ts';
import { runOperation } from './run-operation.ts';
import { counted, sizeInWords } from './words.ts';

/** Brings places up to date and waits; 3 where not everything is there and proven, 4 where a place cannot be reached. */
export async function runMirror(config: Config, name: string | undefined): Promise<number> {
  const places = placesCalled(config, name);
  if (places.length === 0) {
    process.stdout.write('There is no other place yet. "reelhold location add" adds one.\n');
    return exitCodes.notAllProven;
  }
  await proveVault(config);
  const codes: number[] = [];
  for (const place of places) codes.push(await mirrorOne(config, place));
  return Math.max(...codes);
}

/** Only what the vault has read back is brought elsewhere. */
async function proveVault(config: Config): Promise<void> {
  const vault = askCatalogue(config, (queries) => queries.condition('places'))?.places[0]?.location;
  if (vault === undefined) return;
  await runOperation(config, {
    ...{ kind: 'prove', lane: 'vault', subject: vault, name: 'the vault' },
    handler: ({ prove }) => prove,
  });
}

async function mirrorOne(config: Config, place: PlaceView): Promise<number> {
  const { name } = place.settings;
  try {
    await sayWhatComes(config, place);
    const { result } = await workAt(config, place, 'mirror');
    process.stdout.write(`${name}: ${mirrorInWords(result)}\n`);
    return codeOf(result);
  } catch (error) {
    process.stderr.write(`${name}: ${describeError(error)}.\n`);
    return exitCodes.failed;
  }
}

async function sayWhatComes(config: Config, place: PlaceView): Promise<void> {
  const { name, schedule } = place.settings;
  const lines = [
    ...(isOutsideHours(config, place)
      ? [`Its hours are ${schedule}; as you ask for it, it is done now.`]
      : []),
    ...(await forecastInWords(config, place)),
  ];
  for (const line of lines) process.stdout.write(`${name}: ${line}\n`);
}

/** What work at a place came to, as an exit code: the truth about what is there. */
export function codeOf(result: PlaceResult | null): number {
  if (result?.kind === 'away') return exitCodes.notReachable;
  if (result?.kind === 'paused' || result?.kind === 'unknown' || result?.kind === 'waits')
    return exitCodes.notAllProven;
  if (result?.kind === 'mirrored')
    return result.left + result.damaged === 0 ? exitCodes.done : exitCodes.notAllProven;
  if (result?.kind === 'drilled')
    return result.good === result.tried ? exitCodes.done : exitCodes.notAllProven;
  return exitCodes.done;
}

function mirrorInWords(result: PlaceResult | null): string {
  if (result?.kind !== 'mirrored') return resultInWords(result);
  const { copied, left, damaged, noRoomForBytes, noSpoolForBytes, tooLargeFiles } = result;
  const bad =
    damaged > 0
      ? ` ${counted(damaged, 'copy is', 'copies are')} damaged. A running Reelhold puts a good one in its place wherever there is any; of what has none left anywhere, put the video into the inbox again.`
      : '';
  const room = [
    noRoomForBytes > 0 ? ` There is no room for ${sizeInWords(noRoomForBytes)}.` : '',
    noSpoolForBytes > 0 ? ` There is no room on this NAS to encrypt ${sizeInWords(noSpoolForBytes)}.` : '',
    tooLargeFiles > 0
      ? ` ${counted(tooLargeFiles, 'file is', 'files are')} larger than any that can stand there: "reelhold status" says what to do.`
      : '',
  ].join('');
  if (left > 0) {
    return `${counted(copied, 'file', 'files')} brought, ${counted(left, 'file is', 'files are')} not there and read back yet.${room}${bad}`;
  }
  if (damaged > 0) return `${counted(copied, 'file', 'files')} brought.${bad}`;
  return copied === 0
    ? 'up to date: everything is there, and was read back.'
    : `${counted(copied, 'file', 'files')} brought and read back. Everything is there.`;
}

/** The sentence for work at a place that could not be done. */
export function resultInWords(result: PlaceResult | null): string {
  if (result?.kind === 'waits') return 'its hours have not come; the work waits for them.';
  if (result?.kind === 'away') return en.places.away[result.reason].what;
  if (result?.kind === 'paused') return 'paused; "reelhold location resume" lets it go on.';
  return 'it was removed.';
}
