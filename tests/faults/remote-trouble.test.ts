import { randomFillSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { untouched, useLocationSetting } from '#tests/contract/location-setting.ts';
import { plainDisk, remoteHarness } from '#tests/contract/remote-harness.ts';
import { serveWebdav, type TestServer } from '#tests/support/remote-servers.ts';
import { openTestRemote } from '#tests/support/test-remote.ts';
import { until } from '#tests/support/until.ts';

let server: TestServer;
let configDir = '';

/** Slow enough to be met in the middle. */
const setting = useLocationSetting(async (folder) => {
  configDir = `${folder}-config`;
  server = await serveWebdav(folder, `${folder}-state`);
  const as = await openTestRemote({
    ...{ configDir, sections: server.sections, root: `server:${server.path}`, bandwidth: '1M' },
  });
  return remoteHarness(server, plainDisk(server.folder), as);
});

const film = () => setting.file(randomFillSync(Buffer.alloc(4 * 1024 * 1024)));
const standsPartly = (path: string) => {
  const file = join(server.folder, path);
  return existsSync(file) && readFileSync(file).length > 0;
};

/** The processes of this location's rclone, which its configuration tells from every other. */
function processesOf(config: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return env.split('\0').includes(`RCLONE_CONFIG=${config}/rclone.conf`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Brings it in the end, whatever a fault left under its name. */
async function bringAtLast(file: ReturnType<typeof film>): Promise<void> {
  const [again] = await setting.put([file]);
  const outcome =
    again?.kind === 'differs' ? await setting.location.replaceUnproven(file, { signal: untouched }) : again;
  expect(outcome).toMatchObject({ proof: 'read-back' });
  expect(await setting.harness.content(file.path)).toEqual(readFileSync(file.source));
}

describe('in the middle of an upload', () => {
  it('the server dies: nothing counts, and all of it is there in the end', async () => {
    await setting.prepare();
    const file = film();
    const putting = setting.put([file]);
    await until('a part of it is there', () => standsPartly(file.path), 60_000);
    await server.kill();
    const [outcome] = await putting;
    expect(outcome?.kind).toBe('failed');
    expect(await setting.location.look(untouched)).toMatchObject({ kind: 'away', reason: 'not-connected' });
    await server.start();
    await bringAtLast(file);
  });

  it('rclone is killed: nothing counts, and all of it is there in the end', async () => {
    await setting.prepare();
    const file = film();
    const putting = setting.put([file]);
    await until('a part of it is there', () => standsPartly(file.path), 60_000);
    for (const pid of processesOf(configDir)) process.kill(pid, 'SIGKILL');
    const [outcome] = await putting;
    expect(outcome?.kind).toMatch(/^(failed|differs)$/);
    await bringAtLast(file);
  });
});
