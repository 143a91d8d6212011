// `npm test`: the static checks, then the tests; every one of them runs, whatever failed before it.
// Flags: --lint-only (no tests), --tests-only (no static checks); all other arguments go to vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.mjs';

const STATIC_CHECKS = [
  { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'dead exports', command: 'knip', args: ['--no-progress'] },
  { name: 'dead exports (production)', command: 'knip', args: ['--no-progress', '--production'] },
];

const flags = new Set(['--lint-only', '--tests-only']);
const asked = process.argv.slice(2);
const vitestArgs = asked.filter((argument) => !flags.has(argument));
const tally = { passed: 0, failed: 0, skipped: 0 };

if (!asked.includes('--tests-only')) await inParallel(STATIC_CHECKS, checkStatically);
if (!asked.includes('--lint-only')) await runTests(vitestArgs);
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed > 0 ? 1 : 0;

async function inParallel(jobs, work) {
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await work(job);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function checkStatically({ name, command, args }) {
  const startedMs = Date.now();
  const { code, output } = await runCommand(binary(command), args);
  if (code !== 0) console.log(output.trimEnd());
  report(name, code === 0, startedMs);
  tally[code === 0 ? 'passed' : 'failed'] += 1;
}

async function runTests(args) {
  const startedMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'reelhold-check-'));
  const file = join(folder, 'vitest.json');
  try {
    const { code } = await runCommand(
      binary('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const { passed, failed, skipped, shaky } = readResults(file);
    // A file that does not load, or an error outside of any test, fails the run but no test.
    const uncounted = code !== 0 && failed === 0 ? 1 : 0;
    tally.passed += passed;
    tally.failed += failed + uncounted;
    tally.skipped += skipped;
    for (const name of shaky) console.log(`SHAKY   ${name}: passed only at its second try`);
    report('tests', code === 0, startedMs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readResults(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
    const skipped = numPendingTests + numTodoTests;
    return { passed: numPassedTests, failed: numFailedTests, skipped, shaky: shakyTests(results) };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, shaky: [] };
  }
}

/** What failed first and passed when it was tried again (see `retry` in vitest.config.ts). */
function shakyTests({ testResults }) {
  const tests = testResults.flatMap((file) => file.assertionResults);
  return tests
    .filter((test) => test.status === 'passed' && test.failureMessages.length > 0)
    .map((test) => `${test.fullName} (${test.failureMessages[0].split('\n')[0]})`);
}

function binary(name) {
  return join('node_modules', '.bin', name);
}

function report(name, isGood, startedMs) {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
}
