import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRclone } from '#locations/rclone.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { createPlayingRclone } from '#tests/support/playing-rclone.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { until } from '#tests/support/until.ts';

const folder = useTempFolder();
const call = (signal = new AbortController().signal) => ({ signal, operation: 'copy', object: '2 files' });

describe('rclone is run', () => {
  it('with an environment of its own, and none of ours', async () => {
    process.env.RCLONE_BWLIMIT = '1';
    process.env.AWS_SECRET_ACCESS_KEY = 'ours';
    try {
      const playing = createPlayingRclone(folder.path);
      await playing.rclone.run(['version'], call());
      expect(playing.env()).toContain(`HOME=${folder.path}\n`);
      expect(playing.env()).toContain(`RCLONE_CONFIG=${folder.path}/rclone.conf\n`);
      expect(playing.env()).not.toMatch(/RCLONE_BWLIMIT|AWS_/);
    } finally {
      delete process.env.RCLONE_BWLIMIT;
      delete process.env.AWS_SECRET_ACCESS_KEY;
    }
  });

  it('with a limit of the bandwidth, without questions and without retries of its own', async () => {
    const playing = createPlayingRclone(folder.path);
    await playing.rclone.run(['lsjson', '--', 'x:; echo $HOME'], call());
    const [args] = playing.calls();
    expect(args).toEqual(
      expect.arrayContaining([
        '--ask-password=false',
        '--retries=1',
        expect.stringMatching(/^--bwlimit=sun-08:00,512k sun-23:00,off mon-08:00,512k /),
      ]),
    );
    expect(args?.slice(-3)).toEqual(['lsjson', '--', 'x:; echo $HOME']);
  });

  it('one after the other', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ slow: true });
    await Promise.all([1, 2, 3].map(() => playing.rclone.run(['version'], call())));
    expect(playing.calls()).toHaveLength(3);
    expect(playing.ranTwoAtOnce()).toBe(false);
  });

  it('and tells how far it is', async () => {
    const playing = createPlayingRclone(folder.path);
    const line = (bytes: number) =>
      `{"level":"notice","msg":"","stats":{"bytes":${bytes},"speed":10,"eta":3}}\n`;
    playing.play({ stderr: `${line(5)}no JSON\n${line(9)}` });
    const told: number[] = [];
    await playing.rclone.run(['copy'], { ...call(), onStats: ({ bytes }) => told.push(bytes) });
    expect(told).toEqual([5, 9]);
  });
});

describe('a run of rclone', () => {
  it('that exits with 0 but says that something failed has failed', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({
      stderr: '{"level":"error","msg":"error reading directory: i/o timeout","object":"blobs"}\n',
    });
    const { failure } = await playing.rclone.run(['lsjson'], call());
    expect(failure).toMatchObject({ kind: 'unreachable' });
  });

  it.each([
    ['an expired token', "couldn't fetch token: invalid_grant: maybe token expired?", 1, 'denied', undefined],
    ['a quota', 'googleapi: Error 403: userRateLimitExceeded', 5, 'busy', Date.UTC(2026, 10, 22, 12, 15)],
    ['garbage', '\u0000\ufffd{{{"', 1, 'io', undefined],
    ['nothing', '', 9, 'io', undefined],
  ])('that plays %s is an error that says so', async (_, said, code, kind, retryAtMs) => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ stderr: `${said}\n`, code });
    await expect(playing.rclone.require(['copy'], call())).rejects.toMatchObject({
      name: 'ReelholdError',
      kind,
      retryAtMs,
    });
  });

  it('never shows a secret, however it is said', async () => {
    const playing = createPlayingRclone(folder.path, ['open-sesame']);
    playing.play({
      stderr: 'Get "https://u:pw-of-mine@x/": failed with open-sesame, access_token=abcdef\n',
      code: 1,
    });
    const error = await playing.rclone.require(['copy'], call()).catch(String);
    expect(error).toContain('failed');
    expect(error).not.toMatch(/open-sesame|pw-of-mine|abcdef/);
  });

  it('lacks the program where there is none', async () => {
    const rclone = createRclone({
      ...{ binary: join(folder.path, 'none'), configDir: folder.path, secrets: [], bandwidth: null },
      ...{ searchPath: '', clock: createManualClock(), timeZone: 'UTC' },
    });
    const { failure } = await rclone.run(['version'], call());
    expect(failure).toMatchObject({ away: 'no-tool', hint: 'Install rclone.' });
  });

  it('is ended when it is called off, even if it does not listen', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ hang: true });
    const stop = new AbortController();
    const running = playing.rclone.run(['copy'], call(stop.signal));
    await until('it runs', () => playing.calls().length > 0);
    stop.abort();
    await expect(running).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('does not begin when it was called off while it waited for its turn', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ slow: true });
    const stop = new AbortController();
    const first = playing.rclone.run(['version'], call());
    const second = playing.rclone.run(['copy'], call(stop.signal));
    stop.abort();
    await expect(second).rejects.toMatchObject({ kind: 'aborted' });
    await first;
    expect(playing.calls()).toHaveLength(1);
  });
});

describe('the output of a run in a file', () => {
  it('is whole', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ stdout: 'all of it' });
    const outputFile = join(folder.path, 'output');
    let bytes = 0;
    await playing.rclone.run(['cat'], { ...call(), outputFile, onOutput: (size) => (bytes += size) });
    expect(readFileSync(outputFile, 'utf8')).toBe('all of it');
    expect(bytes).toBe(9);
  });

  it('is not there where the run failed', async () => {
    const playing = createPlayingRclone(folder.path);
    playing.play({ stdout: 'half', code: 1 });
    const outputFile = join(folder.path, 'output');
    await playing.rclone.run(['cat'], { ...call(), outputFile });
    expect(existsSync(outputFile)).toBe(false);
  });

  it('never replaces a file', async () => {
    const playing = createPlayingRclone(folder.path);
    const outputFile = join(folder.path, 'output');
    writeFileSync(outputFile, 'mine');
    await expect(playing.rclone.run(['cat'], { ...call(), outputFile })).rejects.toMatchObject({
      name: 'ReelholdError',
    });
    expect(readFileSync(outputFile, 'utf8')).toBe('mine');
  });
});
