import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const run = promisify(execFile);
const temp = useTempFolder();
const sources = join(import.meta.dirname, '../src');

/** Writes at the end how often Node was left to find a module of drizzle-orm for another one, and how many came. */
const counting = `
import { registerHooks } from 'node:module';
let [searches, modules] = [0, 0];
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL?.includes('/drizzle-orm/')) searches += 1;
    return next(specifier, context);
  },
  load(url, context, next) {
    if (url.includes('/drizzle-orm/')) modules += 1;
    return next(url, context);
  },
});
process.on('exit', () => console.log(JSON.stringify({ searches, modules })));`;

/** Runs it with a setting that makes no sense, so that it ends once everything is loaded. */
async function load(program: string, args: readonly string[]): Promise<unknown> {
  const hooks = `data:text/javascript,${encodeURIComponent(counting)}`;
  const env = { PATH: process.env.PATH, REELHOLD_PORT: 'none' };
  const command = ['--import', hooks, join(sources, program), ...args];
  const ended = run(process.execPath, command, { env, cwd: temp.path }).catch((error: unknown) => error);
  const { stdout } = (await ended) as { readonly stdout: string };
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe('the modules of drizzle-orm', () => {
  it.each([
    ['main.ts', []],
    ['cli.ts', ['start']],
    ['cli.ts', ['status']],
  ] as const)('are found by %s %j without a search', async (program, args) => {
    expect(await load(program, args)).toEqual({ searches: 0, modules: expect.any(Number) });
  });

  it('are loaded', async () => {
    expect(await load('cli.ts', ['status'])).not.toMatchObject({ modules: 0 });
  });
});
