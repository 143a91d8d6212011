import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeInstallation } from '#tests/support/daemon.ts';
import { itInFull, recordFigures } from '#tests/support/reliability.ts';

const filesInFolder = 1_000;
const lookEveryMs = 50;
/** Nearly all of it is Node's own: a hundred thousand files need little more than two thousand. */
const mostMemoryBytes = 320 * 2 ** 20;
/** As `npm run reelhold` runs it. */
const asStarted = {
  NODE_OPTIONS: '--max-semi-space-size=4',
  MALLOC_ARENA_MAX: '2',
  UV_THREADPOOL_SIZE: '16',
};

describe('an old archive of very many files', () => {
  it('is planned with little memory: 2,000', { timeout: 300_000 }, () => planAll(2_000));

  itInFull('is planned with little memory: 100,000', () => planAll(100_000));
});

async function planAll(count: number): Promise<void> {
  await using installation = await makeInstallation(asStarted);
  const old = join(installation.folder, 'old');
  for (let n = 0; n < count; n += 1) {
    const folder = join(old, `year ${Math.floor(n / filesInFolder)}`);
    if (n % filesInFolder === 0) await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `A film of a summer long ago ${n}.mp4`), `film ${n}`);
  }
  const startedMs = performance.now();
  const command = [process.execPath, 'src/cli.ts', 'add', '--recursive', '--dry-run', old] as const;
  const child = spawn(command[0], command.slice(1), {
    env: installation.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid ?? 0));
  }, lookEveryMs);
  const [code] = await once(child, 'close');
  clearInterval(looking);
  const seconds = (performance.now() - startedMs) / 1000;
  expect(code).toBe(0);
  expect(output).toContain(`Found ${count} videos`);
  expect(output).toContain(`To take: ${count} videos`);
  expect(peakBytes).toBeGreaterThan(0);
  expect(peakBytes).toBeLessThan(mostMemoryBytes);
  const files = count.toLocaleString('en');
  recordFigures('Many files at once', [
    { what: `seconds to plan an import of ${files} files`, figure: Math.round(seconds) },
    {
      what: `largest memory meanwhile (VmHWM), MiB, ${files} files`,
      figure: Math.round(peakBytes / 2 ** 20),
    },
  ]);
}

/** 0 where the process has just ended. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
