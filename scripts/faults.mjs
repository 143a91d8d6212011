// `npm run test:faults`: breaks disks, power, processes and bits under Reelhold, and writes what it counted
// into docs/reliability.md. Arguments go to vitest (such as a file); then nothing is written.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSections, reliabilityPage } from './reliability-page.mjs';
import { runCommand } from './run-command.mjs';

const PAGE = 'docs/reliability.md';
const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'reelhold-faults-'));
const figuresFile = join(folder, 'figures.jsonl');
const startedMs = Date.now();
writeFileSync(figuresFile, '');

try {
  const vitestArgs = ['--config', 'tests/long.config.ts', '--project', 'faults', ...asked];
  const { code } = await runCommand(process.execPath, ['scripts/check.mjs', '--tests-only', ...vitestArgs], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, REELHOLD_FIGURES: figuresFile },
  });
  // Only a run of everything, in which nothing failed, is worth quoting.
  if (code === 0 && asked.length === 0) writePage();
  process.exitCode = code === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function writePage() {
  const processor = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`;
  const facts = {
    day: new Date().toISOString().slice(0, 10),
    machine: `${processor}, Linux ${release()}, Node ${process.version}`,
    minutes: Math.round((Date.now() - startedMs) / 60_000),
  };
  writeFileSync(PAGE, reliabilityPage(readSections(readFileSync(figuresFile, 'utf8')), facts));
}
