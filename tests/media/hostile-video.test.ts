import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MediaFacts } from '#core/ports/media.ts';
import { createFfmpegMedia } from '#media/ffmpeg-media.ts';
import { createStreamHasher } from '#media/stream-hashes.ts';
import { hasFfmpeg, makeClip } from '#tests/support/clips.ts';

const media = createFfmpegMedia();
const hasher = createStreamHasher();
const { signal } = new AbortController();
const facts = { videoCodec: 'h264', durationMs: 1000 } as MediaFacts;
const tracing = join(import.meta.dirname, '../fixtures/bin/tool-tracing');

describe.skipIf(!hasFfmpeg)('a playlist dressed as a video', { timeout: 120_000 }, () => {
  let dir: string;
  let server: Server;
  let secret: string;
  let requests: string[];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'reelhold-hostile-'));
    secret = await makeClip(dir, { container: 'ts', name: 'secret.ts' });
    const bytes = await readFile(secret);
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(dir, { recursive: true });
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hls = (...uris: readonly string[]) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n${uris.map((uri) => `#EXTINF:1,\n${uri}\n`).join('')}#EXT-X-ENDLIST\n`;

  /** Each as a function, since the server's port is known late. */
  const playlists: readonly (readonly [string, () => string])[] = [
    ['HLS to a server', () => hls(`${url()}/hls.ts`)],
    ['HLS to a local file', () => hls(`file://${secret}`, secret)],
    [
      'HLS with a key from a server',
      () => hls(secret).replace('#EXTINF', `#EXT-X-KEY:METHOD=AES-128,URI="${url()}/key"\n#EXTINF`),
    ],
    ['a list of files', () => `ffconcat version 1.0\nfile '${secret}'\nfile '${url()}/concat.ts'\n`],
    [
      'DASH',
      () =>
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><BaseURL>${url()}/</BaseURL></MPD>`,
    ],
    [
      'a session description',
      () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
    ],
    ['HLS behind the first box of an MP4', () => `\0\0\0\x08free${hls(`${url()}/box.ts`, secret)}`],
    ['HLS behind the header of a WebM', () => `\x1a\x45\xdf\xa3\n${hls(`${url()}/ebml.ts`, secret)}`],
    ['HLS behind the header of an AVI', () => `RIFF\x10\0\0\0AVI \n${hls(`${url()}/avi.ts`, secret)}`],
  ];

  async function unguarded(file: string, more: readonly string[] = []): Promise<string> {
    const { stdout } = await execa('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name',
      ...more,
      file,
    ]);
    return stdout;
  }

  it('would be followed by an ffprobe that nobody guards, so these tests can fail', async () => {
    const file = join(dir, 'unguarded.mp4');
    await writeFile(file, hls(secret));
    expect(await unguarded(file)).toContain('h264');
    await writeFile(file, `ffconcat version 1.0\nfile secret.ts\n`);
    expect(await unguarded(file)).toContain('h264');
    await writeFile(file, hls(`${url()}/unguarded.ts`));
    expect(await unguarded(file, ['-protocol_whitelist', 'file,http,tcp'])).toContain('h264');
    expect(requests).toContain('/unguarded.ts');
  });

  it.each(playlists)('(%s) is unreadable, and neither server nor file is asked', async (_, textOf) => {
    const file = join(dir, 'innocent.mp4');
    await writeFile(file, textOf(), 'latin1');
    // Older than its mtime, so that also a file system with relatime notes the next reading.
    await utimes(secret, 1, Date.now() / 1000);

    const outcome = await media.probe(file, signal);
    const poster = await media.makePoster(file, join(dir, 'innocent.webp'), facts, signal);
    const streams = await hasher.hashStreams(file, 1, signal);
    expect(streams).not.toHaveProperty('hashes.0');

    // A container that is recognised but empty may still give facts; then they are none.
    if (outcome.kind === 'facts') expect(outcome.facts).toMatchObject({ videoCodec: null, durationMs: null });
    else expect(outcome.kind).toBe('unreadable');
    expect(poster).toMatchObject({ kind: 'unreadable' });
    expect(JSON.stringify([outcome, poster])).not.toMatch(/h264|secret/);
    expect(requests).toEqual([]);
    expect((await stat(secret)).atimeMs).toBe(1000);
  });

  it('is never even given to ffprobe or ffmpeg', async () => {
    const traced = createFfmpegMedia({ ffprobe: tracing, ffmpeg: tracing });
    const file = join(dir, 'traced.mp4');
    await writeFile(file, hls(`${url()}/traced.ts`));
    await traced.probe(file, signal);
    await traced.makePoster(file, join(dir, 'traced.webp'), facts, signal);
    await expect(stat(`${file}.opened`)).rejects.toThrow('ENOENT');

    // The same tool leaves its trace where the file is a video.
    await traced.probe(secret, signal);
    await expect(stat(`${secret}.opened`)).resolves.toBeDefined();
  });
});
