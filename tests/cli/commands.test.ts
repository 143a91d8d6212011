import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { saveInstallation } from '#store/installation.ts';
import { openVault } from '#store/vault.ts';
import { fillCatalogue } from '#tests/support/damage.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const folder = useTempFolder();
const at = (...parts: readonly string[]) => join(folder.path, ...parts);
const cli = join(import.meta.dirname, '../../src/cli.ts');
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command in the test's folder, with nothing of this process's settings. */
function start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(command, args, {
    cwd: folder.path,
    env: { PATH: process.env.PATH ?? '', TZ: 'Europe/Berlin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.err += chunk;
  });
  const answer = once(child, 'close').then(([code]): Answer => ({ code: code as number | null, ...text }));
  return { child, answer };
}

const reelhold = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  start(process.execPath, [cli, ...args], env).answer;
const write = (name: string, content: string) => {
  writeFileSync(at(name), content);
  return name;
};

describe('reelhold', () => {
  it('says what can be asked, and what it is', async () => {
    const [help, version, unknown, nothing, status, json] = await Promise.all([
      reelhold(['--help']),
      reelhold(['version']),
      reelhold(['frobnicate']),
      reelhold(['add']),
      reelhold(['status']),
      reelhold(['status', '--json']),
    ]);
    expect(help.code).toBe(0);
    for (const command of ['start', 'status', 'add', 'doctor', 'version'])
      expect(help.out).toContain(command);
    expect(version).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^reelhold \d+\.\d+\.\d+ \(Node v24/),
      err: '',
    });
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('frobnicate') });
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('file') });
    expect(status).toMatchObject({ code: 0, out: expect.stringContaining('There is no archive yet.') });
    expect(JSON.parse(json.out)).toEqual({ videosTotal: 0 });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('says every mistake in the settings, and does nothing', async () => {
    const env = { REELHOLD_PORT: 'x', REELHOLD_VAULT: '/v', REELHOLD_VAULT_FILE: '/f' };
    const answer = await reelhold(['status'], env);
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.err).toContain('REELHOLD_PORT must be a whole number from 1 to 65535.');
    expect(answer.err).toContain('REELHOLD_VAULT and REELHOLD_VAULT_FILE are both set');
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe('reelhold add', () => {
  it('takes files, says what became of each, and status says where that leaves the owner', {
    timeout: 120_000,
  }, async () => {
    const files = [write('Rome.mp4', 'first'), write('Oslo.mp4', 'oslo')];
    const added = await reelhold(['add', ...files]);
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain(`${at('Rome.mp4')}: saved as a new video\n`);
    expect(added.out).toContain('2 new videos (9 bytes).\n');
    expect(readFileSync(at('Rome.mp4'), 'utf8')).toBe('first');
    const [year] = readdirSync(at('data', 'library'));
    expect(readdirSync(at('data', 'library', year ?? ''))).toEqual([
      expect.stringMatching(/Oslo$/),
      expect.stringMatching(/Rome$/),
    ]);

    write('Rome.mp4', 'second');
    const again = await reelhold(['add', 'Rome.mp4', 'Oslo.mp4']);
    expect(again.out).toContain(`${at('Rome.mp4')}: saved as a new version of a video you have\n`);
    expect(again.out).toMatch(/Oslo\.mp4: already held since \d{4}-\d\d-\d\d \d\d:\d\d\n/);
    expect(again.out).toContain('1 new version, 1 already held (10 bytes).\n');

    const [words, json] = await Promise.all([reelhold(['status']), reelhold(['status', '--json'])]);
    expect(words.code).toBe(3);
    expect(words.out).not.toContain('cannot be read');
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({
      videosTotal: 2,
      videosDamaged: 0,
      version: expect.any(String),
    });
  });

  it('takes what it can, and says what it cannot', async () => {
    symlinkSync('loop.mp4', at('loop.mp4'));
    mkdirSync(at('folder.mp4'));
    write('empty.mp4', '');
    write('Rome.mp4', 'a');
    const added = await reelhold([
      'add',
      'none.mp4',
      'loop.mp4',
      'Rome.mp4',
      'folder.mp4',
      'empty.mp4',
      'Rome.mp4/x',
    ]);
    expect(added.code).toBe(1);
    expect(added.out).toContain('1 new video, 5 not taken');
    for (const words of [
      'none.mp4: it is not there',
      'links are not followed',
      'it is a folder',
      'it is empty',
    ]) {
      expect(added.err).toContain(words);
    }
  });

  it('takes files of any name', async () => {
    const line = `printf a > "$(printf 'caf\\351.mp4')"; printf b > '--odd name.mp4'; exec "$0" "$1" add -- *.mp4`;
    const added = await start('sh', ['-c', line, process.execPath, cli]).answer;
    expect(added).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2 new videos') });
    expect(added.out).toContain('caf\uFFFD.mp4: saved as a new video');
  });

  it('is told that the vault is not connected, and writes nothing there', async () => {
    await saveInstallation(at('data', 'config'), {
      writer: '0123456789ab',
      archive: 'on a disk that is away',
    });
    mkdirSync(at('data', 'vault'));
    write('Rome.mp4', 'a');
    const added = await reelhold(['add', 'Rome.mp4']);
    expect(added).toMatchObject({
      code: 4,
      err: expect.stringMatching(/The disk with your videos is not connected\.\s+Nothing is lost\./),
    });
    expect(readdirSync(at('data', 'vault'))).toEqual([]);
  });

  it('asks a running Reelhold to take the files, and follows it', async () => {
    const writer = '0123456789ab';
    const vault = await openVault({ root: at('data', 'vault'), writer, knownArchive: null });
    if (vault.kind !== 'open') throw new Error(vault.kind);
    await saveInstallation(at('data', 'config'), { writer, archive: vault.archive });
    using database = openForWriting(at('data', 'config', 'catalogue.sqlite'));
    const { operations } = createTransactor(database);
    const added = reelhold(['add', write('Oslo.mp4', 'b'), 'none.mp4']);
    const claim = () => until('an operation', () => operations.claim('intake', Date.now()));
    const done = { state: 'done', notBeforeMs: 0, error: null } as const;
    const claimed = [await claim(), await claim()];
    for (const { id, subject } of claimed) {
      const isThere = JSON.parse(subject) === at('Oslo.mp4');
      const outcome = JSON.stringify({ kind: 'new-video', video: 'v', version: 'n' });
      const gone = { state: 'failed', notBeforeMs: 0, error: 'add none.mp4: it is not there' } as const;
      operations.finish(id, isThere ? { ...done, result: outcome } : gone, Date.now());
    }
    expect(await added).toEqual({
      code: 1,
      out: `${at('Oslo.mp4')}: saved as a new video\n1 new video, 1 not taken (1 bytes).\n`,
      err: 'add none.mp4: it is not there.\n',
    });
    vault[Symbol.dispose]();
  });

  it('stops when it is told to, and leaves nothing half done', async () => {
    for (const name of ['one.mp4', 'two.mp4', 'three.mp4']) truncateSync(at(write(name, '')), 2_000_000_000);
    const { child, answer } = start(process.execPath, [cli, 'add', 'one.mp4', 'two.mp4', 'three.mp4']);
    const staging = at('data', 'vault', 'staging');
    await until('copying has begun', () => {
      try {
        return readdirSync(staging).length > 0;
      } catch {
        return false;
      }
    });
    child.kill('SIGINT');
    expect((await answer).code).toBe(1);
    expect(readdirSync(staging)).toEqual([]);
  });
});

describe('reelhold doctor', () => {
  it('finds nothing bad on a machine where nothing is bad', async () => {
    const answer = await reelhold(['doctor']);
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(answer.out).toContain('is not there yet; the first start makes it.');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('says what is bad and what to do, and leaves nothing behind', async () => {
    mkdirSync(at('data'));
    write('data/vault', 'a file in the way');
    mkdirSync(at('data', 'config'));
    const answer = await reelhold(['doctor'], { REELHOLD_INBOX: 'none:keep' });
    expect(answer.code).toBe(1);
    expect(answer.out).toContain(`BAD   The vault folder ${at('data', 'vault')} cannot be written to`);
    expect(answer.out).toContain(`BAD   The inbox ${at('none')} cannot be read`);
    expect(answer.out).toContain(`ok    The config folder ${at('data', 'config')} can be written to.`);
    expect(readdirSync(at('data', 'config'))).toEqual([]);
  });

  it('says how old the backups of the catalogue are, and whether it can be used', {
    timeout: 120_000,
  }, async () => {
    const catalogue = at('data', 'config', 'catalogue.sqlite');
    mkdirSync(at('data', 'config', 'backups'), { recursive: true });
    fillCatalogue(catalogue, 3);
    const backups = 'There is no backup of the catalogue yet; Reelhold makes one every night.';
    expect((await reelhold(['doctor'])).out).toContain(`note  ${backups}`);
    for (const day of ['2026-11-20', '2026-11-21']) write(`data/config/backups/catalogue-${day}.sqlite`, 'x');
    expect((await reelhold(['doctor'])).out).toContain(
      'ok    The catalogue was last backed up on 2026-11-21; 2 backups are in',
    );
    write('data/config/catalogue.sqlite', 'no catalogue at all');
    expect(await reelhold(['doctor'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('BAD   The catalogue is damaged. Stop Reelhold and start it again'),
    });
  });
});

describe('reelhold doctor, while many videos change at once', () => {
  it('says that no original makes room, and until when', async () => {
    mkdirSync(at('data', 'config'), { recursive: true });
    {
      using database = openForWriting(at('data', 'config', 'catalogue.sqlite'));
      const { notes } = createTransactor(database);
      notes.setCondition('changes', { change: 'many-changed' }, 1);
      notes.setCondition('space', { level: 'paused', freeBytes: 1, totalBytes: 100 }, 1);
    }
    const answer = await reelhold(['doctor']);
    expect(answer.code).toBe(1);
    expect(answer.out).toContain(
      'BAD   Many of your videos changed at once. Every older version is kept. For a day no',
    );
    expect(answer.out).toContain('originals do not make room meanwhile');
  });
});

describe('a catalogue that a newer version made', () => {
  it('is refused by every command, which says what to do', { timeout: 120_000 }, async () => {
    mkdirSync(at('data', 'config'), { recursive: true });
    const catalogue = at('data', 'config', 'catalogue.sqlite');
    {
      using database = openForWriting(catalogue);
      database.sqlite.exec(
        `INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', ${Date.UTC(2040, 0, 1)})`,
      );
    }
    const before = readFileSync(catalogue);
    write('clip.mp4', 'some bytes');
    for (const args of [['status'], ['add', 'clip.mp4'], ['start']]) {
      const answer = await reelhold(args, { REELHOLD_PORT: '3999' });
      expect(answer).toMatchObject({
        code: 1,
        err: expect.stringMatching(/written by a newer Reelhold.*Install the newer Reelhold again/s),
      });
    }
    expect(readFileSync(catalogue)).toEqual(before);
  });
});
