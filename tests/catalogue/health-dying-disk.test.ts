import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countVersions, fillCatalogue } from '#tests/support/damage.ts';
import { noInjectionBecause } from '#tests/support/strace.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

if (noInjectionBecause !== null)
  console.warn(`The tests of a catalogue on a dying disk are skipped: ${noInjectionBecause}.`);

const folder = useTempFolder();

const script = `
  import { openOwnCatalogue } from '#catalogue/health.ts';
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  try {
    using catalogue = openOwnCatalogue({ file: process.argv[1], log, nowMs: Date.now });
    console.log('opened with', catalogue.sqlite.prepare('SELECT count(*) FROM versions').pluck().get());
  } catch (error) {
    console.log(error.name, error.kind);
  }`;

/** Opens the catalogue in a process whose reads of it fail: the one of that number, or (`+`) from there on. */
function openOnDyingDisk(file: string, when: string): string {
  const inject = ['-P', file, '-e', 'trace=pread64', '-e', `inject=pread64:error=EIO:when=${when}`];
  const node = [process.execPath, '--input-type=module', '-e', script, file];
  return spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, ...node], {
    encoding: 'utf8',
  }).stdout.trim();
}

describe.skipIf(noInjectionBecause !== null)(
  'a catalogue on a disk that reports errors',
  { timeout: 120_000 },
  () => {
    it.each(['1+', '3', '4+', '5', '7+', '12', '13+', '25', '30+', '60'])(
      'at the read number %s is never taken for damaged',
      (when) => {
        const file = join(folder.path, 'catalogue.sqlite');
        fillCatalogue(file, 100);
        expect(openOnDyingDisk(file, when)).toMatch(/^(opened with 100|ReelholdError io)$/);
        expect(readdirSync(folder.path).filter((name) => name.includes('damaged'))).toEqual([]);
        expect(countVersions(file)).toBe(100);
      },
    );
  },
);
