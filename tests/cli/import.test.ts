import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '#tests/support/daemon.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { onTerminal } from '#tests/support/terminal.ts';

const folder = useTempFolder();
const at = (...parts: readonly string[]) => join(folder.path, ...parts);
const write = (path: string, bytes: string | Buffer) => {
  mkdirSync(dirname(at('old', path)), { recursive: true });
  writeFileSync(at('old', path), bytes);
};
const env = () => ({
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: join(process.cwd(), 'node_modules/.cache/node'),
  TZ: 'Europe/Berlin',
  REELHOLD_INBOX: at('inbox'),
  REELHOLD_VAULT: at('vault'),
  REELHOLD_LIBRARY: at('library'),
  REELHOLD_CONFIG: at('config'),
});
const add = (...args: readonly string[]) => runCli({ env: env() }, 'add', '--recursive', ...args);

describe('reelhold add --recursive', { timeout: 120_000 }, () => {
  it('says what it comes to, takes it, and takes nothing of it twice', async () => {
    write('final/Rome.mp4', 'the final');
    write('drafts/Rome.mp4', 'a draft');
    write('copy of Rome.mp4', 'the final');
    write('photo.jpg', 'x');
    symlinkSync('/', at('old', 'everything'));
    const dry = await add(at('old'), '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.output).toContain('Found 3 videos (25 bytes) in 3 folders.');
    expect(dry.output).toContain('1 (9 bytes) most likely there twice');
    expect(dry.output).toContain(
      'Passed over: 1 file that is no video and belongs to none (1 .jpg); 1 link (links are not followed).',
    );
    expect(dry.output).toContain('To take: 3 videos (25 bytes), finals first');
    expect(dry.output).toMatch(/Room: 16 bytes needed, [\d.]+ [GT]B free/);
    expect(readdirSync(folder.path)).toEqual(['old']);

    const taken = await add(at('old'));
    expect(taken).toMatchObject({ code: 0, output: expect.stringContaining('already held (25 bytes).') });
    expect(taken.output).toContain('1 new video, 1 new version, 1 already held');
    const [year] = readdirSync(at('library'));
    const [day] = readdirSync(at('library', year ?? ''));
    expect(readFileSync(at('library', year ?? '', day ?? '', 'Rome.mp4'), 'utf8')).toBe('the final');

    const again = await add(at('old'), at('old', 'final'));
    expect(again.code).toBe(0);
    expect(again.output).toContain('3 (25 bytes) already taken by an earlier import');
    expect(again.output).toContain('There is nothing to take.');

    write('photo.jpg', 'untouched');
    expect(readFileSync(at('old', 'final', 'Rome.mp4'), 'utf8')).toBe('the final');
  });

  it('says what is most likely held already, whatever brought it', async () => {
    const large = randomBytes(2_000_000);
    write('Large.mp4', large);
    write('Small.mp4', 'small');
    await runCli({ env: env() }, 'add', at('old', 'Large.mp4'), at('old', 'Small.mp4'));
    write('Other.mp4', randomBytes(2_000_000));
    const dry = await add(at('old'), '--dry-run');
    expect(dry.output).toContain('2 (2.0 MB) most likely held already');
    expect(dry.output).toContain('Room: 2.0 MB needed');
    expect(dry.output).toMatch(/Time: less than a minute, at the [\d.]+ .B\/s that was measured just now/);
  });

  it('asks on a terminal before it begins, and takes no for an answer', async () => {
    write('Rome.mp4', 'a');
    const command = [process.execPath, 'src/cli.ts', 'add', '-r', at('old')];
    const no = await onTerminal(command, env(), 'n\n');
    expect(no).toMatchObject({ code: 1, output: expect.stringContaining('Begin? [y/N]') });
    expect(no.output).toContain('Nothing was taken.');
    expect(existsSync(at('vault'))).toBe(false);
    const yes = await onTerminal(command, env(), 'y\n');
    expect(yes).toMatchObject({ code: 0, output: expect.stringContaining('1 new video (1 bytes).') });
    write('Oslo.mp4', 'b');
    const unasked = await onTerminal([...command, '--yes'], env(), '');
    expect(unasked.output).not.toContain('Begin?');
    expect(unasked).toMatchObject({ code: 0, output: expect.stringContaining('1 new video (1 bytes).') });
  });

  it('refuses what is no folder of an old archive, and says what to do', async () => {
    write('Rome.mp4', 'a');
    mkdirSync(at('vault', 'blobs'), { recursive: true });
    const file = await add(at('old', 'Rome.mp4'));
    expect(file).toMatchObject({ code: 1, output: expect.stringContaining('Leave --recursive out') });
    const none = await add(at('none'));
    expect(none).toMatchObject({ code: 1, output: expect.stringContaining('it is not there') });
    const own = await add(at('vault', 'blobs'));
    expect(own).toMatchObject({ code: 1, output: expect.stringContaining("one of Reelhold's own folders") });
    const loose = await runCli({ env: env() }, 'add', '--yes', at('old', 'Rome.mp4'));
    expect(loose).toMatchObject({ code: 2, output: expect.stringContaining('go with --recursive') });
  });

  it('says that the vault is not connected before it looks at anything', async () => {
    write('Rome.mp4', 'a');
    await add(at('old'));
    const aside = { ...env(), REELHOLD_VAULT: at('another') };
    mkdirSync(at('another'));
    const away = await runCli({ env: aside }, 'add', '-r', at('old'), '--dry-run');
    expect(away).toMatchObject({ code: 4, output: expect.stringContaining('the vault is not connected') });
    expect(readdirSync(at('another'))).toEqual([]);
  });
});
