import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { makeClip } from '#tests/support/clips.ts';
import { type Installation, makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { asEnvironment, serveWebdav } from '#tests/support/remote-servers.ts';
import { until } from '#tests/support/until.ts';

it('a video becomes safe on a drive and in a cloud, and comes back from the cloud alone when all else is lost', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation({ REELHOLD_LIBRARY_MODE: 'copy' });
  const below = (name: string) => join(installation.folder, name);
  await Promise.all([below('drive'), below('cloud'), below('kit')].map((folder) => mkdir(folder)));
  const clip = await makeClip(installation.folder, { name: 'clip.mp4', seconds: 1 });
  const server = await serveWebdav(below('cloud'), below('server'));
  try {
    const caller = { env: { ...installation.env, ...asEnvironment(server) } };
    const run = async (...args: string[]) => {
      const { code, output } = await runCli(caller, ...args);
      expect(output).not.toContain(server.sections.server?.pass);
      return { code, output };
    };
    {
      await using daemon = await startDaemon(installation);
      await copyFile(clip, join(installation.inbox, 'Harbour.mp4'));
      expect(await run('location', 'add', 'drive', 'Blue', below('drive'))).toMatchObject({ code: 0 });
      expect(await run('location', 'add', 'remote', 'Cloud', 'server:archive')).toMatchObject({ code: 0 });
      expect(await run('set', 'copies-of-final', '2-2-1')).toMatchObject({ code: 0 });
      await until('it is taken', async () => (await daemon.api.versions()).length === 1, 60_000);
      expect(await run('verify', '--location', 'vault', '--full')).toMatchObject({ code: 0 });
      expect(await run('mirror')).toMatchObject({ code: 0 });
      const page = await daemon.api.page();
      for (const words of ['Up to date and read back', 'Connected, and up to date'])
        expect(page).toContain(words);
      await until('it is safe', async () => (await daemon.api.summary()).verdict === 'safe');
      expect(await run('kit', '--to', below('kit'))).toMatchObject({ code: 0 });
      await daemon.stop();
    }
    expect(await readFile(join(below('drive'), 'OPEN-ME.html'), 'utf8')).toContain('Harbour');
    expect(JSON.stringify(await readdir(server.folder, { recursive: true }))).not.toContain('journal');
    await loseEverything(installation);
    const config = await configIn(below('kit'));
    const rescuer = { env: { ...installation.env, RCLONE_CONFIG: config } };
    const rebuilt = await runCli(rescuer, 'rebuild', '--from', 'my-cloud:');
    expect(rebuilt, rebuilt.output).toMatchObject({ code: 0 });
    // What was encrypted is known again, so that nothing of it is brought a second time.
    using catalogue = openForReading(join(installation.config, 'catalogue.sqlite'));
    const known = catalogue?.sqlite
      .prepare("SELECT count(*) FROM ciphers WHERE path LIKE 'blobs/%'")
      .pluck()
      .get();
    expect(known).toBe(1);
    expect(await filesBelow(installation.library)).toEqual([digestOf(await readFile(clip))]);
    await rm(installation.library, { recursive: true });
    const back = await runCli(
      installation,
      'restore',
      '--all',
      '--from',
      below('drive'),
      '--to',
      below('back'),
    );
    expect(back, back.output).toMatchObject({ code: 0 });
    expect(await filesBelow(below('back'))).toEqual([digestOf(await readFile(clip))]);
  } finally {
    await server.kill();
  }
});

async function loseEverything({ vault, library, config }: Installation): Promise<void> {
  for (const folder of [vault, library, config]) await rm(folder, { recursive: true, force: true });
}

/** What a person copies out of the kit. */
async function configIn(kit: string): Promise<string> {
  const text = await readFile(join(kit, 'reelhold-recovery-kit.txt'), 'utf8');
  const [, config] = /CONFIGURATION OF RCLONE\n(.*?)\n\n\n/s.exec(text) ?? [];
  const file = join(kit, 'rclone.conf');
  await writeFile(file, config ?? '');
  return file;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.mp4'));
  return Promise.all(files.map(async (file) => digestOf(await readFile(join(file.parentPath, file.name)))));
}

it('a place has its hours and its limit, says what filling it comes to, and is brought up to date now if asked', {
  timeout: 300_000,
}, async () => {
  await using installation = await makeInstallation();
  const drive = join(installation.folder, 'drive');
  await mkdir(drive);
  const run = (...args: string[]) => runCli(installation, ...args);
  const clip = await makeClip(installation.folder, { name: 'clip.mp4', seconds: 1 });
  expect(await run('add', clip)).toMatchObject({ code: 0 });
  for (const [option, value, words] of [
    ['--hours', '22-7', 'two times of the day'],
    ['--bandwidth', '08:00,0', 'To let a place rest, use --hours'],
  ] as const) {
    const refused = await run('location', 'add', 'drive', 'Blue', drive, option, value);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.output).toContain(words);
  }
  const hours = hoursNotNow();
  const added = await run('location', 'add', 'drive', 'Blue', drive, '--hours', hours, '--bandwidth', '10M');
  expect(added).toMatchObject({ code: 0 });
  expect(added.output).toMatch(/To bring: 1 file, .* KB; that takes .*within its hours/);
  const listed = JSON.parse((await run('location', 'list', '--json')).output) as unknown;
  expect(listed).toMatchObject([
    { settings: { schedule: hours, bandwidth: '10M' }, forecast: { files: 1, outRoles: [], spool: null } },
  ]);
  const mirrored = await run('mirror', 'Blue');
  expect(mirrored.output).toContain(`Its hours are ${hours}; as you ask for it, it is done now.`);
  expect(mirrored).toMatchObject({ code: 0 });
  expect((await run('location', 'list')).output).not.toContain('To bring');
  const nothing = await run('location', 'set', 'Blue');
  expect(nothing).toMatchObject({ code: 2 });
  await using daemon = await startDaemon(installation);
  const other = await makeClip(installation.folder, { name: 'other.mp4', seconds: 2 });
  expect(await run('add', other)).toMatchObject({ code: 0 });
  expect(await run('verify', '--location', 'vault', '--full')).toMatchObject({ code: 0 });
  const places = () => daemon.api.locations();
  await until('it to wait', async () => (await places())[0]?.waitsUntil !== null, 60_000);
  expect(await places()).toMatchObject([{ filesWanted: 2, filesProven: 1, hours, bandwidth: '10M' }]);
  expect(String((await places())[0]?.words)).toContain(`waits until ${hours.slice(0, 5)}`);
  expect(await daemon.api.page()).toContain(`waits until ${hours.slice(0, 5)}`);
  expect(await run('mirror', 'Blue')).toMatchObject({ code: 0 });
  expect(await places()).toMatchObject([{ filesProven: 2 }]);
  const set = await run('location', 'set', 'Blue', '--hours', 'any', '--bandwidth', 'off');
  expect(set, set.output).toMatchObject({ code: 0 });
  expect(await places()).toMatchObject([{ hours: null, bandwidth: null }]);
});

/** Two hours that begin in six. */
function hoursNotNow(): string {
  const hour = (inHours: number) => String((new Date().getHours() + inHours) % 24).padStart(2, '0');
  return `${hour(6)}:00-${hour(8)}:00`;
}
