import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaFacts } from '#core/ports/media.ts';
import { createFfmpegMedia } from '#media/ffmpeg-media.ts';
import { until } from '#tests/support/until.ts';

const bin = join(import.meta.dirname, '../fixtures/bin');
const { signal } = new AbortController();
const facts = { videoCodec: 'h264', durationMs: 5000 } as MediaFacts;

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reelhold-broken-'));
  file = join(dir, 'clip.mp4');
  // Enough of an MP4 for the tool to be asked.
  await writeFile(file, Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2'.padEnd(64, '\0'), 'latin1'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

describe('a tool', () => {
  it('that is absent, or may not be executed, says nothing about the video', async () => {
    const plain = join(dir, 'plain');
    await writeFile(plain, 'no program');
    for (const tool of ['/nonexistent/tool', plain]) {
      const media = createFfmpegMedia({ ffprobe: tool, ffmpeg: tool });
      expect(await media.probe(file, signal)).toEqual({ kind: 'unavailable', tool: 'ffprobe' });
      const poster = await media.makePoster(file, join(dir, 'p.webp'), facts, signal);
      expect(poster).toEqual({ kind: 'unavailable', tool: 'ffmpeg' });
    }
    expect(await readdir(dir)).toEqual(['clip.mp4', 'plain']);
  });

  it.each([
    ['probe-garbage', 'ffprobe: gave an answer that is none'],
    ['probe-endless', 'ffprobe: answered without end'],
    ['tool-crashing', 'ffprobe: was ended by SIGSEGV'],
  ])('like %s makes the video unreadable, for people: %s', async (name, detail) => {
    const media = createFfmpegMedia({ ffprobe: join(bin, name) });
    expect(await media.probe(file, signal)).toEqual({ kind: 'unreadable', detail });
  });

  it('that lies is believed in nothing that cannot be', async () => {
    const media = createFfmpegMedia({ ffprobe: join(bin, 'probe-liar') });
    expect(await media.probe(file, signal)).toEqual({
      kind: 'facts',
      facts: {
        container: 'mp4',
        durationMs: null,
        width: null,
        height: null,
        rotationDegrees: 0,
        videoCodec: null,
        audioCodec: null,
        frameRate: null,
        recordedAtMs: null,
        cameraMake: null,
        cameraModel: null,
      },
    });
  });

  it('that ends well without a picture has made none', async () => {
    const media = createFfmpegMedia({ ffmpeg: join(bin, 'probe-liar') });
    const outcome = await media.makePoster(file, join(dir, 'p.webp'), facts, signal);
    expect(outcome).toEqual({ kind: 'unreadable', detail: 'ffmpeg: no frame could be decoded' });
  });
});

describe('a tool that hangs', () => {
  const hanging = join(bin, 'tool-hanging');

  async function pids(): Promise<readonly number[]> {
    const text = await until('it to run', () => readFile(`${file}.pids`, 'utf8').catch(() => null));
    return text.trim().split(' ').map(Number);
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  it('is ended with its children when its time is over', async () => {
    const media = createFfmpegMedia({ ffprobe: hanging, probeTimeoutMs: 3000 });
    const outcome = await media.probe(file, signal);
    expect(outcome).toEqual({ kind: 'unreadable', detail: 'ffprobe: gave no answer within 3 s' });
    const all = await pids();
    await until('all to end', () => !all.some(isAlive));
  });

  it('is ended with its children when the work is called off, and ran with low priority', async () => {
    const media = createFfmpegMedia({ ffprobe: hanging });
    const controller = new AbortController();
    const outcome = media.probe(file, controller.signal);
    const all = await pids();
    expect(getPriority(all[0])).toBeGreaterThan(0);
    controller.abort(new Error('shutting down'));
    await expect(outcome).rejects.toThrow('shutting down');
    await until('all to end', () => !all.some(isAlive));
  });

  it('is not started when the work was called off before', async () => {
    const media = createFfmpegMedia({ ffprobe: hanging });
    await expect(media.probe(file, AbortSignal.abort(new Error('shutting down')))).rejects.toThrow(
      'shutting down',
    );
    await expect(readFile(`${file}.pids`)).rejects.toThrow('ENOENT');
  });
});
