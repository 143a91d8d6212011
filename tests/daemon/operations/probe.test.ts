import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import type { Media, MediaFacts, PosterOutcome, ProbeOutcome } from '#core/ports/media.ts';
import { createProbe, probeAgain } from '#daemon/operations/probe.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type DiskArchive, openDiskArchive } from '#tests/support/disk-archive.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { runHandler } from '#tests/support/operations.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const pool = useHashPool();
let archive: DiskArchive;
beforeEach(() => {
  archive = openDiskArchive(folder.path, pool);
});
afterEach(() => archive[Symbol.dispose]());

const facts: MediaFacts = {
  ...{ container: 'mp4', durationMs: 1000, width: 640, height: 360, rotationDegrees: 0 },
  ...{ videoCodec: 'h264', audioCodec: 'aac', frameRate: 25, recordedAtMs: null },
};

/** Media that reads files of text: `no video` is none, everything else has the same facts and its text for a still. */
function textMedia(tools: { readonly probe?: boolean; readonly poster?: boolean } = {}): Media {
  return {
    async probe(file): Promise<ProbeOutcome> {
      if (tools.probe === false) return { kind: 'unavailable', tool: 'ffprobe' };
      const isVideo = readFileSync(file, 'utf8') !== 'no video';
      return isVideo ? { kind: 'facts', facts } : { kind: 'unreadable', detail: 'no video' };
    },
    async makePoster(file, target): Promise<PosterOutcome> {
      if (tools.poster === false) return { kind: 'unavailable', tool: 'ffmpeg' };
      const text = readFileSync(file, 'utf8');
      if (text === 'black') return { kind: 'unreadable', detail: 'no frame' };
      writeFileSync(target, text);
      return { kind: 'made' };
    },
  };
}

const posterFile = async (hex: string) => join(folder.path, `${hex}.webp`);
const probe = (bytes: string, media = textMedia()) =>
  runHandler(createProbe({ ...archive, store: archive.blobs.store, media, posterFile }), digestOf(bytes));
const mediaOf = (bytes: string) => {
  const [video] = createQueries(archive.database, archive.clock.nowMs).latestVideos({
    limit: 1,
    beforeSeq: null,
  });
  return video?.versions.find(({ digest }) => digest === digestOf(bytes))?.media;
};
const poster = (bytes: string) => join(folder.path, `${digestOf(bytes).slice('sha256:'.length)}.webp`);

describe('probing', () => {
  it('asks for a look at the streams, later', async () => {
    await archive.take('Rome.mp4', 'a video');
    await probe('a video');
    const { operations } = archive.catalogue;
    while (operations.claim('media', archive.clock.nowMs()) !== null);
    expect(operations.claim('media', archive.clock.nowMs() + 60_000)).toMatchObject({ kind: 'hash-streams' });
  });

  it('notes the facts of a video and makes its still', async () => {
    await archive.take('Rome.mp4', 'a video');
    expect(await probe('a video')).toBe('made');
    expect(mediaOf('a video')).toMatchObject({ ...facts, hasPoster: true, problem: null });
    expect(readFileSync(poster('a video'), 'utf8')).toBe('a video');
  });

  it('notes the facts also where no still can be made', async () => {
    await archive.take('Rome.mp4', 'black');
    expect(await probe('black')).toBe('unreadable');
    expect(mediaOf('black')).toMatchObject({ durationMs: 1000, hasPoster: false, problem: null });
  });

  it('is asked for again where the facts were lost with the catalogue', async () => {
    await archive.take('Rome.mp4', 'a video');
    await probe('a video');
    archive.database.sqlite.exec('DELETE FROM media; DELETE FROM operations');
    probeAgain(archive.catalogue, archive.clock.nowMs());
    expect(archive.catalogue.operations.claim('media', archive.clock.nowMs())).toMatchObject({
      ...{ kind: 'probe', subject: digestOf('a video') },
    });
  });

  it('of what is no video is not an error: it is noted', async () => {
    await archive.take('Rome.mp4', 'no video');
    expect(await probe('no video')).toBe('unreadable');
    expect(mediaOf('no video')).toMatchObject({ problem: 'unreadable', durationMs: null });
    expect(existsSync(poster('no video'))).toBe(false);
  });

  it.each([
    ['ffprobe', { probe: false }],
    ['ffmpeg', { poster: false }],
  ])('without %s says nothing about the video, and is tried again once it is there', async (_, tools) => {
    await archive.take('Rome.mp4', 'a video');
    expect(await probe('a video', textMedia(tools))).toBe('unavailable');
    expect(mediaOf('a video')).toMatchObject({ problem: 'no-tool', hasPoster: false });
    const { operations } = archive.catalogue;
    while (operations.claim('media', archive.clock.nowMs()) !== null);
    probeAgain(archive.catalogue, archive.clock.nowMs());
    expect(operations.claim('media', archive.clock.nowMs())).toMatchObject({
      kind: 'probe',
      subject: digestOf('a video'),
    });
    expect(await probe('a video')).toBe('made');
    expect(mediaOf('a video')).toMatchObject({ problem: null, hasPoster: true });
    probeAgain(archive.catalogue, archive.clock.nowMs());
    expect(operations.claim('media', archive.clock.nowMs())).toBeNull();
  });

  it('of bytes that nobody knows does nothing', async () => {
    expect(await probe('never taken')).toBe('no-file');
  });

  it('of a blob that cannot be opened fails, to be tried again', async () => {
    await archive.take('Rome.mp4', 'a video');
    archive.blobs.lose({ digest: digestOf('a video'), ext: 'mp4' });
    await expect(probe('a video')).rejects.toThrow('ENOENT');
    expect(mediaOf('a video')).toBeNull();
  });
});
