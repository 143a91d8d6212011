import { parseArgs } from 'node:util';
import { SayableError } from './workspace.mjs';

const DEFAULT_ROUNDS = 5;
const parts = ['adding', 'inbox', 'places'];

/** What `--help` prints. */
export const usage = `npm run bench [-- OPTIONS]

Measures Reelhold beside other programs that keep copies of files, and writes docs/performance.md.

  --rounds N   how often each program runs (${DEFAULT_ROUNDS})
  --quick      one round with few files, for trying the benchmark out; prints instead of writing
  --only PART  ${parts.join(', ')}: that part alone (again for another); prints instead of writing
  --out FILE   writes there instead
  --help

REELHOLD_BENCH_DIR names a folder on the file system that is to be measured (the system's folder for
temporary files). All that is made there is removed again.`;

/** Reads the command line; throws a {@link SayableError} where it makes no sense. */
export function readOptions(args) {
  const { quick, rounds, only, out, help } = parse(args);
  const count = Number(rounds ?? (quick ? 1 : DEFAULT_ROUNDS));
  if (!Number.isInteger(count) || count < 1 || count > 99) {
    throw new SayableError('--rounds must be a whole number from 1 to 99.', 2);
  }
  const unknown = only.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new SayableError(`--only takes ${parts.join(', ')}, not "${unknown}".`, 2);
  const asked = only.length === 0 ? parts : only;
  return {
    isQuick: quick,
    rounds: count,
    parts: asked,
    isWhole: parts.every(isIn(asked)),
    out: out ?? null,
    help,
  };
}

function isIn(list) {
  return (name) => list.includes(name);
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new SayableError(`${error.message}\n\n${usage}`, 2);
  }
}
