import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { type Container, containerName, sniffBytes, sniffContainer } from '#core/container.ts';
import { translateError } from '#core/errors.ts';
import type { Media, MediaFacts, PosterOutcome, ProbeOutcome, Unreadable } from '#core/ports/media.ts';
import { parseProbe, probeEntries } from './ffprobe-output.ts';
import { runTool, type ToolRun } from './run-tool.ts';

export interface FfmpegOptions {
  /** Names or absolute paths of the programs. */
  readonly ffprobe?: string;
  readonly ffmpeg?: string;
  readonly probeTimeoutMs?: number;
  readonly posterTimeoutMs?: number;
}

/** The facts asked for fill two pages at most; what answers more is no ffprobe, or no video. */
const maxOutputBytes = 256 * 1024;

/** No single piece of memory above this, so that a header that claims a huge picture cannot fill a Pi. */
export const maxAllocBytes = 1024 ** 3;

/** 16K film is 132 million pixels. */
const maxPixels = 2 ** 27;

const posterShare = 0.1;
const posterLatestMs = 10_000;

/** A clip shorter than this shows its first frame: there is nothing to skip. */
const posterShortestMs = 500;

/** Square pixels, at most 480 on the longer side, never larger than the film; ffmpeg turns it upright before. */
const posterFilter = [
  "scale=w='max(1,trunc(iw*sar*min(1,480/max(iw*sar,ih))+0.5))'",
  "h='max(1,trunc(ih*min(1,480/max(iw*sar,ih))+0.5))',setsar=1",
].join(':');

/** Looks into videos with the system's ffprobe and ffmpeg; starts nothing before it is asked. */
export function createFfmpegMedia(options: FfmpegOptions = {}): Media {
  const { ffprobe = 'ffprobe', ffmpeg = 'ffmpeg' } = options;
  const probeTimeoutMs = options.probeTimeoutMs ?? 60_000;
  const posterTimeoutMs = options.posterTimeoutMs ?? 120_000;
  return {
    async probe(file, signal) {
      const head = await readHead(file);
      const container = sniffContainer(head);
      if (!container) return notAVideo;
      const limits = { timeoutMs: probeTimeoutMs, maxOutputBytes, signal };
      const run = await runTool(ffprobe, probeArguments(file, container), limits);
      return probeOutcome(run, containerName(head, container));
    },

    async makePoster(file, target, facts, signal) {
      const container = sniffContainer(await readHead(file));
      if (!container) return notAVideo;
      if (facts.videoCodec === null) return noPicture;
      const limits = { timeoutMs: posterTimeoutMs, maxOutputBytes, signal };
      return viaTemporary(target, (temporary) =>
        drawPoster(posterTimes(facts), temporary, (atMs) =>
          runTool(ffmpeg, posterArguments({ file, container, target: temporary, atMs }), limits),
        ),
      );
    },
  };
}

export const notAVideo: Unreadable = {
  kind: 'unreadable',
  detail: 'the first bytes are those of no known kind of video',
};
const noPicture: Unreadable = { kind: 'unreadable', detail: 'there is no moving picture in it' };

/** The first bytes of a file, from which its container shows; fails with the `ReelholdError` of the file system's error. */
export async function readHead(path: string): Promise<Buffer> {
  try {
    return await readStart(path, sniffBytes);
  } catch (error) {
    throw translateError(error, { operation: 'look into', object: path, side: 'source' });
  }
}

async function readStart(path: string, length: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const start = Buffer.alloc(length);
  const { bytesRead } = await file.read(start, 0, length, 0);
  return start.subarray(0, bytesRead);
}

/**
 * What every call has in common: this file alone, by the protocol `file` alone, and read as what its
 * first bytes are, so that no playlist leads elsewhere.
 */
export function inputArguments(file: string, container: Container): string[] {
  if (!isAbsolute(file)) throw new RangeError(`media: not an absolute path: ${file}`);
  return ['-protocol_whitelist', 'file', '-f', container, '-i', `file:${file}`];
}

function probeArguments(file: string, container: Container): string[] {
  const limits = ['-v', 'error', '-max_alloc', String(maxAllocBytes)];
  return [...limits, '-of', 'json', '-show_entries', probeEntries, ...inputArguments(file, container)];
}

interface PosterRequest {
  readonly file: string;
  readonly container: Container;
  readonly target: string;
  readonly atMs: number;
}

function posterArguments({ file, container, target, atMs }: PosterRequest): string[] {
  return [
    ...['-v', 'error', '-nostdin', '-y', '-max_alloc', String(maxAllocBytes)],
    // One thread: a poster is never worth slowing down the storing.
    ...['-threads', '1', '-filter_threads', '1', '-max_pixels', String(maxPixels)],
    ...(atMs > 0 ? ['-ss', (atMs / 1000).toFixed(3)] : []),
    ...inputArguments(file, container),
    // Only the picture; places and names in the film's tags stay out of what the page shows.
    ...['-map', '0:V:0', '-an', '-sn', '-dn', '-map_metadata', '-1', '-frames:v', '1'],
    ...['-vf', posterFilter, '-threads', '1', '-c:v', 'libwebp', '-quality', '75', '-f', 'webp'],
    `file:${target}`,
  ];
}

function probeOutcome(run: ToolRun, container: string): ProbeOutcome {
  if (run.kind === 'unavailable') return { kind: 'unavailable', tool: 'ffprobe' };
  if (run.kind === 'failed') return { kind: 'unreadable', detail: `ffprobe: ${run.detail}` };
  const facts = parseProbe(run.stdout, container);
  if (!facts) return { kind: 'unreadable', detail: 'ffprobe: gave an answer that is none' };
  return { kind: 'facts', facts };
}

/** Past a fade-in from black; the first frame where that place cannot be reached. */
function posterTimes(facts: MediaFacts): readonly number[] {
  const { durationMs } = facts;
  if (durationMs === null || durationMs < posterShortestMs) return [0];
  return [Math.min(durationMs * posterShare, posterLatestMs), 0];
}

/**
 * ffmpeg 5.1 ends well, and leaves a file of eight bytes, also where it met no frame (behind the end, or in a
 * transport stream behind the only key frame); so the file has the say.
 */
async function drawPoster(
  timesMs: readonly number[],
  temporary: string,
  draw: (atMs: number) => Promise<ToolRun>,
): Promise<PosterOutcome> {
  let detail = 'no frame could be decoded';
  for (const atMs of timesMs) {
    const run = await draw(atMs);
    if (run.kind === 'unavailable') return { kind: 'unavailable', tool: 'ffmpeg' };
    if (run.kind === 'done' && (await isWholeWebp(temporary))) return { kind: 'made' };
    if (run.kind === 'failed') detail = run.detail;
    // Said by an ffmpeg that was built without it: the machine's matter, not the video's.
    if (detail.includes("'libwebp'")) return { kind: 'unavailable', tool: 'ffmpeg with libwebp' };
  }
  return { kind: 'unreadable', detail: `ffmpeg: ${detail}` };
}

async function viaTemporary(
  target: string,
  make: (temporary: string) => Promise<PosterOutcome>,
): Promise<PosterOutcome> {
  const temporary = `${target}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const outcome = await make(temporary);
    if (outcome.kind === 'made') await rename(temporary, target);
    return outcome;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** RFC 9649 §2.4: `RIFF`, the size of what follows, `WEBP`. */
async function isWholeWebp(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  if (!stats || stats.size < 20) return false;
  const start = await readStart(path, 12);
  const isWebp = start.toString('latin1', 0, 4) === 'RIFF' && start.toString('latin1', 8) === 'WEBP';
  return isWebp && start.readUInt32LE(4) + 8 === stats.size;
}
