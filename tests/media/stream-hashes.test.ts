import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamsKey } from '#core/same-streams.ts';
import { createStreamHasher } from '#media/stream-hashes.ts';
import { hasFfmpeg, makeClip } from '#tests/support/clips.ts';

if (!hasFfmpeg)
  console.warn('SKIPPED: no ffmpeg here, so nothing about the streams of real videos is tested');

const hasher = createStreamHasher();
const { signal } = new AbortController();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reelhold-streams-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

async function keyOf(file: string): Promise<string> {
  const outcome = await hasher.hashStreams(file, 1, signal);
  if (outcome.kind !== 'hashes') throw new Error(`no hashes: ${JSON.stringify(outcome)}`);
  const key = streamsKey(outcome.hashes);
  if (key === null) throw new Error('no key');
  return key;
}

async function rewrap(clip: string, name: string, ...options: readonly string[]): Promise<string> {
  const target = join(dir, name);
  await execa('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-c', 'copy', ...options, target], {
    stdin: 'ignore',
  });
  return target;
}

describe.skipIf(!hasFfmpeg)('the streams of a real video', { timeout: 120_000 }, () => {
  it('are the same in any wrapper, with other metadata, in another order, and with a cover', async () => {
    const clip = await makeClip(dir, { name: 'clip.mp4' });
    const key = await keyOf(clip);
    expect(key).toMatch(/^a:[0-9a-f]{64} v:[0-9a-f]{64}$/);
    await writeFile(join(dir, 'cover.jpg'), await coverOf(clip));
    const others = await Promise.all([
      rewrap(clip, 'index first.mp4', '-movflags', '+faststart', '-metadata', 'comment=vid:v123'),
      rewrap(clip, 'wrapped.mov'),
      rewrap(clip, 'wrapped.mkv'),
      rewrap(clip, 'sound first.mp4', '-map', '0:a', '-map', '0:v'),
      rewrap(clip, 'cover.mkv', '-attach', join(dir, 'cover.jpg'), '-metadata:s:t', 'mimetype=image/jpeg'),
    ]);
    for (const other of others) expect([other, await keyOf(other)]).toEqual([other, key]);
  });

  it('are others where picture or sound is another', async () => {
    const clip = await makeClip(dir, { name: 'one.mp4', seed: 2 });
    const other = await makeClip(dir, { name: 'other.mp4', seed: 3 });
    const silent = await rewrap(clip, 'silent.mp4', '-an');
    const keys = await Promise.all([clip, other, silent].map(keyOf));
    expect(new Set(keys).size).toBe(3);
  });

  it('cannot be told of a file that ends too early: what is there is not all of it', async () => {
    const clip = await makeClip(dir, { name: 'cut.mp4', isIndexFirst: true, keepBytes: 8_000, seed: 4 });
    expect(await hasher.hashStreams(clip, 1, signal)).toMatchObject({ kind: 'unreadable' });
  });

  it('cannot be told of what is no video', async () => {
    const file = join(dir, 'text.mp4');
    await writeFile(file, 'no video at all');
    expect(await hasher.hashStreams(file, 1, signal)).toMatchObject({ kind: 'unreadable' });
  });

  it('stop being read when that is asked for', async () => {
    const clip = await makeClip(dir, { name: 'stopped.mp4', seed: 5 });
    await expect(hasher.hashStreams(clip, 1, AbortSignal.abort())).rejects.toThrow('abort');
  });
});

describe('a tool that is not as it should be', () => {
  const bin = join(import.meta.dirname, '../fixtures/bin');
  const ask = async (ffmpeg: string, leastTimeoutMs = 60_000) => {
    const file = join(dir, 'head.mkv');
    await writeFile(file, Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0]));
    return createStreamHasher({ ffmpeg, leastTimeoutMs }).hashStreams(file, 1, signal);
  };

  it.each([
    ['is not there', 'none-such', { kind: 'unavailable', tool: 'ffmpeg' }],
    ['crashes', join(bin, 'tool-crashing'), { kind: 'unreadable' }],
    ['answers something else', join(bin, 'probe-garbage'), { kind: 'unreadable' }],
  ])('says nothing about the video where it %s', async (_, tool, outcome) => {
    expect(await ask(tool)).toMatchObject(outcome);
  });

  it('is not waited for for ever', async () => {
    expect(await ask(join(bin, 'tool-hanging'), 300)).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('gave no answer'),
    });
  });
});

async function coverOf(clip: string): Promise<Uint8Array> {
  const { stdout } = await execa(
    'ffmpeg',
    ['-v', 'error', '-i', clip, '-frames:v', '1', '-f', 'image2', '-c:v', 'mjpeg', '-strict', '-1', 'pipe:1'],
    { encoding: 'buffer', stdin: 'ignore' },
  );
  return stdout;
}
