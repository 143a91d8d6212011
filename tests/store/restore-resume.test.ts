import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { filesBelow, makePlainArchive } from '#tests/support/plain-archive.ts';
import {
  installedShells,
  isUnfinished,
  makeBareShell,
  runRestore,
  startRestore,
} from '#tests/support/restore-run.ts';
import { createRandom, testSeed } from '#tests/support/seed.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const temp = useTempFolder();
const files = 90;

describe.each(installedShells)('restore.sh in %s', (shellName) => {
  it('leaves only whole files when it is killed at any moment, and goes on when it is started again', {
    timeout: 180_000,
  }, async () => {
    const random = createRandom(testSeed());
    const shell = makeBareShell(shellName, temp.path);
    const archive = makePlainArchive(join(temp.path, 'archive'));
    const expected: Record<string, string> = {};
    for (let n = 1; n <= files; n += 1) {
      const bytes = `${n} `.repeat(20_000);
      const readablePath = `2026/Video ${n}/Video ${n}.mp4`;
      archive.addIndex([{ ...archive.addBlob(bytes), readablePath, seq: n }]);
      expected[readablePath] = bytes;
    }
    const target = join(temp.path, 'target');
    const options = { args: [target], cwd: temp.path, script: 'archive/restore.sh' };
    const startedMs = performance.now();
    await runRestore(shell, { ...options, args: [join(temp.path, 'measured')] });
    const spanMs = performance.now() - startedMs;

    let hits = 0;
    for (let kills = 0; kills < 6; kills += 1) {
      const child = startRestore(shell, options);
      const ended = once(child, 'exit');
      // What was brought before is not brought again: each run has less to do than the one before.
      await Promise.race([ended, sleep((random() * spanMs) / (kills + 2))]);
      if (child.exitCode === null && child.pid !== undefined) {
        hits += 1;
        process.kill(-child.pid, 'SIGKILL');
      }
      await ended;
      const left = existsSync(target) ? filesBelow(target) : {};
      for (const [path, bytes] of Object.entries(left)) {
        if (!isUnfinished(path)) expect(bytes === expected[path], path).toBe(true);
      }
    }
    expect(hits, 'no kill hit anything').toBeGreaterThan(0);
    expect(await runRestore(shell, options)).toMatchObject({ code: 0, complained: '' });
    const brought = filesBelow(target);
    expect(Object.keys(brought).toSorted()).toEqual(Object.keys(expected).toSorted());
    expect(Object.entries(brought).every(([path, bytes]) => bytes === expected[path])).toBe(true);
  });

  it('clears up when it is told to stop, and says that it goes on', { timeout: 120_000 }, async () => {
    const shell = makeBareShell(shellName, temp.path);
    const archive = makePlainArchive(join(temp.path, 'archive'));
    for (let n = 1; n <= files; n += 1) {
      archive.addIndex([
        { ...archive.addBlob(`${n}`), readablePath: `2026/Video ${n}/Video ${n}.mp4`, seq: n },
      ]);
    }
    const target = join(temp.path, 'target');
    const child = startRestore(shell, { args: [target], cwd: temp.path, script: 'archive/restore.sh' });
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
      child.kill('SIGTERM');
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([130, expect.stringContaining('Start the same again, and it goes on.')]);
    expect(Object.keys(filesBelow(target)).filter(isUnfinished)).toEqual([]);
  });
});
