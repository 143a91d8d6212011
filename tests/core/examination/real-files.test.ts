import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineContent } from '#core/examination/examine-content.ts';
import { type ClipOptions, hasFfmpeg, makeClip } from '#tests/support/clips.ts';
import { flawOf, followOver } from '#tests/support/readings.ts';

/** What ffmpeg can write, and where a copy of it may have ended without anybody being able to tell. */
const kinds = {
  'mp4, its index last': { container: 'mp4' },
  'mp4, its index first': { container: 'mp4', isIndexFirst: true },
  mov: { container: 'mov' },
  mkv: { container: 'mkv' },
  webm: { container: 'webm' },
  avi: { container: 'avi' },
  ts: { container: 'ts' },
  m2ts: { container: 'm2ts' },
  mxf: { container: 'mxf', width: 320, height: 240 },
  flv: { container: 'flv' },
  ogv: { container: 'ogv' },
} as const satisfies Record<string, ClipOptions>;

describe.skipIf(!hasFfmpeg)('the look inside real files', () => {
  let folder = '';
  const clips = new Map<string, Buffer>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelhold-examination-'));
    for (const [kind, options] of Object.entries(kinds)) {
      clips.set(kind, await readFile(await makeClip(folder, options)));
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const clipOf = (kind: string): Buffer => {
    const clip = clips.get(kind);
    if (clip === undefined) throw new Error(`there is no ${kind}`);
    return clip;
  };

  it.each(Object.keys(kinds))('finds nothing wrong with a whole file: %s', (kind) => {
    expect(flawOf(clipOf(kind))).toBeNull();
    expect(flawOf(clipOf(kind), true)).toBeNull();
  });

  it.each(Object.keys(kinds))('sees wherever one was cut off: %s', (kind) => {
    const clip = clipOf(kind);
    const ends = [0.1, 0.25, 0.5, 0.8, 0.99].map((share) => Math.floor(share * clip.length) | 1);
    for (const end of [...ends, clip.length - 1]) {
      expect([end, flawOf(clip.subarray(0, end))]).not.toEqual([end, null]);
    }
  });

  it.each(Object.keys(kinds))('sees an end that was never written: %s', (kind) => {
    const clip = clipOf(kind);
    for (const share of [0.3, 0.6]) {
      const end = Math.min(Math.floor(share * clip.length), clip.length - 4096);
      const preallocated = Buffer.from(clip).fill(0, end);
      expect([share, flawOf(preallocated)]).not.toEqual([share, null]);
    }
    expect(flawOf(Buffer.alloc(clip.length))).toBe('empty-start');
  });

  it.each(['mp4, its index last', 'mp4, its index first'])(
    'asks for three stretches of a small %s',
    (kind) => {
      const clip = clipOf(kind);
      const { asked } = followOver(examineContent({ sizeBytes: clip.length, hasHole: false }), clip);
      // Those within the first and the last 4 KiB are read with these.
      const apart = asked.filter(({ at, length }) => at + length > 4096 && at < clip.length - 4096);
      expect(apart.length).toBeLessThanOrEqual(2);
    },
  );

  const convert = async (name: string, ...options: readonly string[]): Promise<Buffer> => {
    const target = join(folder, name);
    const source = await makeClip(folder, { container: 'mov', name: 'source.mov', seconds: 2 });
    await execa('ffmpeg', ['-v', 'error', '-y', '-i', source, ...options, target], { stdin: 'ignore' });
    return readFile(target);
  };

  it('knows fragmented files, with an index of fragments and without', async () => {
    for (const flags of [
      'frag_keyframe+empty_moov',
      'frag_keyframe+empty_moov+default_base_moof+skip_trailer',
    ]) {
      const clip = await convert(`${flags}.mp4`, '-c', 'copy', '-movflags', flags);
      expect(flawOf(clip)).toBeNull();
      expect(flawOf(clip.subarray(0, clip.length * 0.7))).toBe('cut-off');
    }
  });

  it('knows Windows Media', async () => {
    const clip = await convert('film.wmv', '-c:v', 'wmv2', '-c:a', 'wmav2');
    expect(flawOf(clip)).toBeNull();
    expect(flawOf(clip.subarray(0, clip.length * 0.7))).toBe('cut-off');
  });

  it('knows live recordings, whose segment has no size', async () => {
    const clip = await convert('live.mkv', '-c', 'copy', '-live', '1');
    expect(flawOf(clip)).toBeNull();
    expect(flawOf(clip.subarray(0, clip.length - 7))).toBe('cut-off');
  });

  it('takes silence at the end of a film for silence', async () => {
    const film = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:duration=2'];
    const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo'];
    const target = join(folder, 'silent.mov');
    const codecs = ['-c:v', 'mjpeg', '-c:a', 'pcm_s16le', '-t', '2', '-movflags', '+faststart'];
    await execa('ffmpeg', ['-v', 'error', '-y', ...film, ...silence, ...codecs, target], { stdin: 'ignore' });
    const clip = await readFile(target);
    expect(clip.subarray(-4096).every((byte) => byte === 0)).toBe(true);
    expect(flawOf(clip)).toBeNull();
    expect(flawOf(Buffer.from(clip).fill(0, clip.length / 2))).toBe('empty-end');
  });
});
