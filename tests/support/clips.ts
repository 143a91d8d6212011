import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

type ClipContainer =
  | 'mp4'
  | 'mov'
  | 'webm'
  | 'mkv'
  | 'avi'
  | 'ts'
  | 'm2ts'
  | 'mpg'
  | 'flv'
  | 'ogv'
  | 'mxf'
  | 'ivf';
type ClipVideoCodec = 'h264' | 'hevc' | 'av1' | 'vp9' | 'mpeg2' | 'mpeg4' | 'theora' | 'flv1';

export interface ClipOptions {
  /** The file's whole name; by default made of the rest. */
  readonly name?: string;
  readonly container?: ClipContainer;
  readonly videoCodec?: ClipVideoCodec;
  /** Another seed gives other pictures, so other bytes. */
  readonly seed?: number;
  readonly seconds?: number;
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  /** Width of a pixel by its height, such as `2/1`. */
  readonly pixelAspect?: string;
  readonly hasSound?: boolean;
  /** Clockwise, as a phone notes how it was held (MP4 and MOV). */
  readonly rotationDegrees?: 0 | 90 | 180 | 270;
  /** The index before the pictures (MP4 and MOV). */
  readonly isIndexFirst?: boolean;
  readonly createdAt?: string;
  readonly title?: string;
  /** Black pictures before the others begin. */
  readonly blackSeconds?: number;
  /** Only so many bytes of the file, as after a copy that was cut off. */
  readonly keepBytes?: number;
}

const videoEncoders: Readonly<Record<ClipVideoCodec, readonly string[]>> = {
  h264: ['libx264', '-preset', 'ultrafast'],
  hevc: ['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:pools=none', '-tag:v', 'hvc1'],
  av1: ['libaom-av1', '-cpu-used', '8', '-usage', 'realtime'],
  vp9: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  mpeg2: ['mpeg2video'],
  mpeg4: ['mpeg4'],
  theora: ['libtheora'],
  flv1: ['flv'],
};

const defaultCodecs: Readonly<Record<ClipContainer, readonly [ClipVideoCodec, string | null]>> = {
  mp4: ['h264', 'aac'],
  mov: ['h264', 'aac'],
  webm: ['vp9', 'libopus'],
  mkv: ['h264', 'libopus'],
  avi: ['mpeg4', 'libmp3lame'],
  ts: ['h264', 'aac'],
  m2ts: ['h264', 'ac3'],
  mpg: ['mpeg2', 'mp2'],
  flv: ['flv1', 'libmp3lame'],
  ogv: ['theora', 'libvorbis'],
  mxf: ['mpeg2', 'pcm_s16le'],
  ivf: ['vp9', null],
};

/** Tells whether this machine can make clips at all; suites that need them skip themselves loudly if not. */
export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((tool) => spawnSync(tool, ['-version']).status === 0);

/** Makes a tiny real video with ffmpeg and gives its path: 96x64, one second, with a tone, unless told otherwise. */
export async function makeClip(dir: string, options: ClipOptions = {}): Promise<string> {
  const { container = 'mp4' } = options;
  await mkdir(dir, { recursive: true });
  const making = join(dir, `${randomUUID()}.${container}`);
  await execa('ffmpeg', clipArguments(making, container, options), { stdin: 'ignore', timeout: 60_000 });
  if (options.rotationDegrees) await rotate(making, options.rotationDegrees);
  if (options.keepBytes !== undefined) await truncate(making, options.keepBytes);
  const clip = join(dir, options.name ?? `clip-${clipNameOf(options)}.${container}`);
  await rename(making, clip);
  return clip;
}

function clipArguments(target: string, container: ClipContainer, options: ClipOptions): string[] {
  const { seconds = 1, width = 96, height = 64, frameRate = 25, hasSound = true, seed = 1 } = options;
  const [defaultCodec, audioEncoder] = defaultCodecs[container];
  const picture = `testsrc2=size=${width}x${height}:rate=${frameRate}:duration=${seconds}`;
  const black = options.blackSeconds
    ? `,drawbox=w=iw:h=ih:color=black:t=fill:enable='lt(t,${options.blackSeconds})'`
    : '';
  const aspect = options.pixelAspect ? `,setsar=${options.pixelAspect}` : '';
  const tone = `sine=frequency=${200 + (seed % 4000)}:duration=${seconds}`;
  return [
    ...['-v', 'error', '-y', '-threads', '1'],
    ...['-f', 'lavfi', '-i', `${picture},hue=h=${(seed * 37) % 360}${black}${aspect},format=yuv420p`],
    ...(hasSound && audioEncoder ? ['-f', 'lavfi', '-i', tone, '-c:a', audioEncoder, '-ar', '48000'] : []),
    '-c:v',
    ...videoEncoders[options.videoCodec ?? defaultCodec],
    ...(options.createdAt ? ['-metadata', `creation_time=${options.createdAt}`] : []),
    // The seed also stands in the bytes: at one hue two clips could be equal.
    ...['-metadata', `title=${options.title ?? `seed ${seed}`}`],
    ...(container === 'm2ts' ? ['-f', 'mpegts', '-mpegts_m2ts_mode', '1'] : []),
    ...(options.isIndexFirst ? ['-movflags', '+faststart'] : []),
    target,
  ];
}

function clipNameOf(options: ClipOptions): string {
  const facts = Object.entries(options).map(
    ([name, value]) => `${name}-${String(value).replace(/[^\w.-]/g, '')}`,
  );
  return facts.sort().join('_').slice(0, 180) || 'plain';
}

/**
 * Writes the matrix a phone writes into the first track header (ISO/IEC 14496-12 §8.3.2), instead of asking
 * ffmpeg for it, whose option for this has another name and sign in each version.
 */
async function rotate(clip: string, clockwise: 90 | 180 | 270): Promise<void> {
  const bytes = await readFile(clip);
  const matrixAt = bytes.indexOf('tkhd') + 4 + 40;
  const [cos, sin] = { 90: [0, 1], 180: [-1, 0], 270: [0, -1] }[clockwise] as [number, number];
  const one = 0x10000;
  const matrix = [cos * one, sin * one, 0, -sin * one, cos * one, 0, 0, 0, 0x40000000];
  matrix.forEach((value, index) => {
    bytes.writeInt32BE(value, matrixAt + index * 4);
  });
  await writeFile(clip, bytes);
}
