import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaFacts } from '#core/ports/media.ts';
import { createFfmpegMedia } from '#media/ffmpeg-media.ts';
import { type ClipOptions, hasFfmpeg, makeClip } from '#tests/support/clips.ts';
import { brightness, difference, readPicture, turned } from '#tests/support/pictures.ts';

if (!hasFfmpeg) console.warn('SKIPPED: no ffmpeg here, so nothing about real videos is tested');

const media = createFfmpegMedia();
const { signal } = new AbortController();

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reelhold-media-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

const clips = new Map<string, Promise<string>>();

/** Each kind of clip is made once. */
function clipOf(options: ClipOptions): Promise<string> {
  const key = JSON.stringify(options);
  const clip = clips.get(key) ?? makeClip(dir, options);
  clips.set(key, clip);
  return clip;
}

async function factsOf(clip: string): Promise<MediaFacts> {
  const outcome = await media.probe(clip, signal);
  if (outcome.kind !== 'facts') throw new Error(`no facts: ${JSON.stringify(outcome)}`);
  return outcome.facts;
}

/** Makes a clip and its poster and gives the poster's path. */
async function posterOf(options: ClipOptions): Promise<string> {
  const clip = await clipOf(options);
  const poster = `${clip}.webp`;
  expect(await media.makePoster(clip, poster, await factsOf(clip), signal)).toEqual({ kind: 'made' });
  return poster;
}

describe.skipIf(!hasFfmpeg)('the facts of a real video', { timeout: 120_000 }, () => {
  it.each([
    [{ container: 'mp4' }, 'mp4', 'h264', 'aac'],
    [{ container: 'mp4', isIndexFirst: true }, 'mp4', 'h264', 'aac'],
    [{ container: 'mp4', videoCodec: 'av1' }, 'mp4', 'av1', 'aac'],
    [{ container: 'mov', videoCodec: 'hevc' }, 'mov', 'hevc', 'aac'],
    [{ container: 'webm' }, 'webm', 'vp9', 'opus'],
    [{ container: 'webm', videoCodec: 'av1' }, 'webm', 'av1', 'opus'],
    [{ container: 'mkv', videoCodec: 'hevc' }, 'matroska', 'hevc', 'opus'],
    [{ container: 'avi' }, 'avi', 'mpeg4', 'mp3'],
    [{ container: 'ts' }, 'mpegts', 'h264', 'aac'],
    [{ container: 'm2ts' }, 'mpegts', 'h264', 'ac3'],
    [{ container: 'mpg' }, 'mpeg', 'mpeg2video', 'mp2'],
    [{ container: 'flv' }, 'flv', 'flv1', 'mp3'],
    [{ container: 'ogv' }, 'ogg', 'theora', 'vorbis'],
    [{ container: 'mxf' }, 'mxf', 'mpeg2video', 'pcm_s16le'],
    [{ container: 'ivf' }, 'ivf', 'vp9', null],
    [{ container: 'mp4', hasSound: false }, 'mp4', 'h264', null],
  ] as const)(
    'made as %j are its container and codecs, size, rate and length',
    async (options, container, video, audio) => {
      const facts = await factsOf(await clipOf(options));
      expect(facts).toMatchObject({
        container,
        videoCodec: video,
        audioCodec: audio,
        width: 96,
        height: 64,
        frameRate: 25,
      });
      expect(facts.rotationDegrees).toBe(0);
      expect(Math.abs((facts.durationMs ?? 0) - 1000)).toBeLessThan(100);
    },
  );

  it.each([90, 180, 270] as const)(
    'say that a phone was held turned by %d degrees',
    async (rotationDegrees) => {
      const facts = await factsOf(await clipOf({ container: 'mov', rotationDegrees }));
      expect(facts).toMatchObject({ rotationDegrees, width: 96, height: 64 });
    },
  );

  it('say when it was recorded, where the file does', async () => {
    const facts = await factsOf(await clipOf({ createdAt: '2026-11-21T10:14:22Z' }));
    expect(facts.recordedAtMs).toBe(Date.UTC(2026, 10, 21, 10, 14, 22));
    expect((await factsOf(await clipOf({ container: 'mkv' }))).recordedAtMs).toBeNull();
  });

  it('do not depend on what the name says', async () => {
    const facts = await factsOf(
      await makeClip(dir, { container: 'mkv', name: 'concat:a|http:%d,[x] -i.mp4' }),
    );
    expect(facts).toMatchObject({ container: 'matroska', videoCodec: 'h264' });
  });
});

describe.skipIf(!hasFfmpeg)('a damaged video', { timeout: 120_000 }, () => {
  it('without the index at its end is unreadable, and the reason names no path', async () => {
    const clip = await makeClip(dir, { keepBytes: 4000, name: 'cut.mp4' });
    const outcome = await media.probe(clip, signal);
    expect(outcome).toMatchObject({ kind: 'unreadable', detail: expect.stringMatching(/^ffprobe: .+/) });
    expect(JSON.stringify(outcome)).not.toContain(dir);
  });

  it('whose index came first still has facts, and a poster of what is there', async () => {
    const clip = await makeClip(dir, { isIndexFirst: true, seconds: 2, name: 'cut-first.mp4' });
    await truncate(clip, Math.round((await stat(clip)).size * 0.6));
    const facts = await factsOf(clip);
    expect(facts).toMatchObject({ durationMs: 2000, videoCodec: 'h264' });
    expect(await media.makePoster(clip, join(dir, 'cut-first.webp'), facts, signal)).toEqual({
      kind: 'made',
    });
  });

  it('whose pictures are all gone makes no poster and leaves nothing behind', async () => {
    const clip = await makeClip(dir, { isIndexFirst: true, name: 'cut-all.mp4' });
    const facts = await factsOf(clip);
    await truncate(clip, 3500);
    const target = join(dir, 'posters', 'cut-all.webp');
    expect(await media.makePoster(clip, target, facts, signal)).toMatchObject({ kind: 'unreadable' });
    expect(await readdir(join(dir, 'posters'))).toEqual([]);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(5000)],
    ['text', Buffer.from('This is no video. '.repeat(300))],
  ])('that is %s is unreadable', async (name, bytes) => {
    const file = join(dir, `${name}.mp4`);
    await writeFile(file, bytes);
    expect(await media.probe(file, signal)).toMatchObject({ kind: 'unreadable' });
    const facts = { videoCodec: 'h264', durationMs: null } as MediaFacts;
    expect(await media.makePoster(file, `${file}.webp`, facts, signal)).toMatchObject({ kind: 'unreadable' });
  });

  it('that is not there is an error of the disk, not of the video', async () => {
    await expect(media.probe(join(dir, 'gone.mp4'), signal)).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe.skipIf(!hasFfmpeg)('a poster', { timeout: 120_000 }, () => {
  it.each([
    [{ width: 1280, height: 720 }, 480, 270],
    [{ width: 720, height: 1280 }, 270, 480],
    [{ width: 1280, height: 720, container: 'mov', rotationDegrees: 90 }, 270, 480],
    [{ width: 96, height: 64 }, 96, 64],
    [{ width: 720, height: 576, pixelAspect: '16/15' }, 480, 360],
    [{ width: 96, height: 64, pixelAspect: '2/1' }, 192, 64],
    [{ width: 1600, height: 2 }, 480, 1],
  ] as const)('of %j measures %d x %d', async (options, width, height) => {
    expect(await readPicture(await posterOf(options))).toMatchObject({ width, height });
  });

  it.each([90, 180, 270] as const)(
    'stands upright when the phone was turned by %d degrees',
    async (degrees) => {
      const size = { container: 'mov', width: 160, height: 96 } as const;
      const plain = await readPicture(await posterOf(size));
      const upright = await readPicture(await posterOf({ ...size, rotationDegrees: degrees }));
      const differences = [0, 1, 2, 3].map((quarters) => difference(upright, turned(plain, quarters)));
      expect(differences.indexOf(Math.min(...differences))).toBe(degrees / 90);
      expect(Math.min(...differences)).toBeLessThan(6);
    },
  );

  it('is taken past a beginning in black', async () => {
    const clip = { seconds: 3, blackSeconds: 0.25 };
    expect(brightness(await readPicture(await posterOf(clip)))).toBeGreaterThan(60);
    expect(brightness(await readPicture(await posterOf({ ...clip, blackSeconds: 3 })))).toBeLessThan(20);
  });

  it.each([
    { container: 'webm' },
    { container: 'mkv', videoCodec: 'hevc' },
    { container: 'mp4', videoCodec: 'av1' },
    { container: 'avi' },
    // Here ffmpeg finds no frame behind the only key frame, ends well and leaves eight bytes.
    { container: 'ts' },
    { container: 'm2ts' },
    { container: 'mpg' },
    { container: 'mxf' },
    { container: 'ivf' },
    { container: 'mp4', seconds: 0.04 },
  ] as const)('is a whole picture also of %j', async (options) => {
    const picture = await readPicture(await posterOf(options));
    expect(picture).toMatchObject({ width: 96, height: 64 });
    expect(brightness(picture)).toBeGreaterThan(40);
  });

  it('replaces an older one and makes its folder', async () => {
    const clip = await clipOf({});
    const target = join(dir, 'new', 'folder', 'poster.webp');
    const facts = await factsOf(clip);
    await media.makePoster(clip, target, facts, signal);
    await truncate(target, 3);
    expect(await media.makePoster(clip, target, facts, signal)).toEqual({ kind: 'made' });
    expect(await readPicture(target)).toMatchObject({ width: 96 });
    expect(await readdir(join(dir, 'new', 'folder'))).toEqual(['poster.webp']);
  });

  it('is not made of sound alone', async () => {
    const clip = await clipOf({});
    const facts = { ...(await factsOf(clip)), videoCodec: null };
    expect(await media.makePoster(clip, join(dir, 'sound.webp'), facts, signal)).toMatchObject({
      kind: 'unreadable',
    });
  });
});
