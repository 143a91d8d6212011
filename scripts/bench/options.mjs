import { parseArgs } from 'node:util';
import { SayableError } from './workspace.mjs';

const DEFAULT_ROUNDS = 5;

/** What `--help` prints. */
export const usage = `npm run bench [-- OPTIONS]

Measures "reelhold add" beside other programs that keep copies of files, and writes docs/performance.md.

  --rounds N   how often each program runs (${DEFAULT_ROUNDS})
  --quick      one round with few files, for trying the benchmark out; prints instead of writing
  --out FILE   writes there instead
  --help

REELHOLD_BENCH_DIR names a folder on the file system that is to be measured (the system's folder for
temporary files). All that is made there is removed again.`;

/** Reads the command line; throws a {@link SayableError} where it makes no sense. */
export function readOptions(args) {
  const { quick, rounds, out, help } = parse(args);
  const count = Number(rounds ?? (quick ? 1 : DEFAULT_ROUNDS));
  if (!Number.isInteger(count) || count < 1 || count > 99) {
    throw new SayableError('--rounds must be a whole number from 1 to 99.', 2);
  }
  return { isQuick: quick, rounds: count, out: out ?? null, help };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new SayableError(`${error.message}\n\n${usage}`, 2);
  }
}
