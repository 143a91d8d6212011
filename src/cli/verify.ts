import type { PlaceView } from '#catalogue/queries.ts';
import type { Config } from '#config.ts';
import { describeError } from '#core/errors.ts';
import { parseProofResult } from '#core/proof-result.ts';
import { exitCodes } from './exit-codes.ts';
import { codeOf, resultInWords } from './mirror.ts';
import { askCatalogue, placesCalled, workAt } from './places.ts';
import { runOperation } from './run-operation.ts';
import { counted } from './words.ts';

/**
 * Reads copies back: a night's share, or with `full` everything, at the vault and at every place, or at the one that is
 * named. 3 where something is bad, also from before, or could not be asked about, 4 where a place cannot be reached.
 */
export async function runVerify(
  config: Config,
  { location, full }: { readonly location: string | undefined; readonly full: boolean },
): Promise<number> {
  const codes: number[] = [];
  if (location === undefined || location.toLowerCase() === 'vault')
    codes.push(await verifyVault(config, full));
  if (location?.toLowerCase() !== 'vault') {
    for (const place of placesCalled(config, location)) codes.push(await verifyPlace(config, place, full));
  }
  return Math.max(exitCodes.done, ...codes);
}

async function verifyVault(config: Config, full: boolean): Promise<number> {
  const vault = askCatalogue(config, (queries) => queries.condition('places'))?.places[0]?.location ?? '';
  const text = await runOperation(config, {
    ...{ kind: full ? 'verify' : 'scrub', lane: 'vault', subject: full ? vault : '', name: 'the vault' },
    handler: ({ verify, scrub }) => (full ? verify : scrub),
  });
  return tell('This NAS', text ?? '');
}

async function verifyPlace(config: Config, place: PlaceView, full: boolean): Promise<number> {
  const { name } = place.settings;
  try {
    const { result, text } = await workAt(config, place, full ? 'verify' : 'scrub');
    if (result?.kind === 'read-back') return tell(name, result.words);
    if (result !== null) {
      process.stdout.write(`${name}: ${resultInWords(result)}\n`);
      return codeOf(result);
    }
    return tell(name, text);
  } catch (error) {
    process.stderr.write(`${name}: ${describeError(error)}.\n`);
    return exitCodes.failed;
  }
}

function tell(name: string, text: string): number {
  const { proven, bad, unread, unmended } = parseProofResult(text);
  const hasNothing = proven + bad + unread === 0;
  const words = [
    hasNothing
      ? 'nothing is due to be read back (--full reads all of it)'
      : `${counted(proven, 'copy', 'copies')} read back and good`,
    ...(bad > 0 ? [`${counted(bad, 'copy', 'copies')} damaged or gone`] : []),
    ...(unmended > 0
      ? [
          `${counted(unmended, 'copy is', 'copies are')} known to be damaged or gone and not mended yet (--full reads them again)`,
        ]
      : []),
    ...(unread > 0 ? [`${counted(unread, 'copy', 'copies')} could not be asked about`] : []),
  ];
  process.stdout.write(`${name}: ${words.join(', ')}.\n`);
  return bad + unread + unmended > 0 ? exitCodes.notAllProven : exitCodes.done;
}
