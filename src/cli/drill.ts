import type { Config } from '#config.ts';
import { describeError } from '#core/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { codeOf, resultInWords } from './mirror.ts';
import { placesCalled, workAt } from './places.ts';

/** Rehearses a restore from each place alone; 3 where a video did not come back whole, 4 where a place is away. */
export async function runDrill(config: Config, name: string | undefined): Promise<number> {
  const places = placesCalled(config, name);
  if (places.length === 0) {
    process.stdout.write('There is no other place yet to restore from. "reelhold location add" adds one.\n');
    return exitCodes.notAllProven;
  }
  const codes: number[] = [];
  for (const place of places) {
    try {
      const { result } = await workAt(config, place, 'drill');
      const words =
        result?.kind === 'drilled'
          ? `${result.good} of ${result.tried} came back whole.`
          : resultInWords(result);
      process.stdout.write(`${place.settings.name}: ${words}\n`);
      codes.push(codeOf(result));
    } catch (error) {
      process.stderr.write(`${place.settings.name}: ${describeError(error)}.\n`);
      codes.push(exitCodes.failed);
    }
  }
  return Math.max(...codes);
}
