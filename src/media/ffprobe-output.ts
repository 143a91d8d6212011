import { displayName } from '#core/file-name.ts';
import type { MediaFacts } from '#core/ports/media.ts';

type Json = Readonly<Record<string, unknown>>;

/** No video is longer; a figure above is damage. */
const maxDurationMs = 31 * 24 * 3600 * 1000;
const maxSide = 65_535;
const maxFrameRate = 1000;
const maxCameraName = 80;

/** Clocks that were never set show 1904 (QuickTime's epoch), 1970 or 1980. */
const firstBelievableMs = Date.UTC(1990, 0, 1);
const lastBelievableMs = Date.UTC(2100, 0, 1);

/** Names to `-show_entries` exactly what `parseProbe` reads, so that an odd file cannot make a long answer. */
export const probeEntries = [
  'format=duration',
  'format_tags=creation_time,com.apple.quicktime.creationdate,date,com.apple.quicktime.make,com.apple.quicktime.model,make,model',
  'stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,duration',
  'stream_disposition=attached_pic',
  'stream_side_data=rotation',
  'stream_tags=creation_time,rotate',
].join(':');

/** Reads ffprobe's JSON as what it is, text from a stranger: null if it is none, else facts that can be. */
export function parseProbe(stdout: string, container: string): MediaFacts | null {
  const output = parseJson(stdout);
  if (!output) return null;
  const streams = listOf(output.streams);
  const video = streams.find((stream) => stream.codec_type === 'video' && !isCover(stream));
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  const format = objectOf(output.format);
  return {
    container,
    durationMs: durationOf(format) ?? durationOf(video) ?? durationOf(audio),
    width: sideOf(video?.width),
    height: sideOf(video?.height),
    rotationDegrees: video ? rotationOf(video) : null,
    videoCodec: codecOf(video),
    audioCodec: codecOf(audio),
    frameRate: rateOf(video?.avg_frame_rate) ?? rateOf(video?.r_frame_rate),
    recordedAtMs: recordedAtOf(format, video),
    cameraMake: cameraOf(format, 'make'),
    cameraModel: cameraOf(format, 'model'),
  };
}

function parseJson(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Music carries its cover as a video stream of one picture. */
function isCover(stream: Json): boolean {
  return objectOf(stream.disposition).attached_pic === 1;
}

function durationOf(part: Json | undefined): number | null {
  const ms = Math.round(numberOf(part?.duration) * 1000);
  return ms > 0 && ms <= maxDurationMs ? ms : null;
}

function sideOf(value: unknown): number | null {
  const side = numberOf(value);
  return Number.isInteger(side) && side > 0 && side <= maxSide ? side : null;
}

function codecOf(stream: Json | undefined): string | null {
  const name = stream?.codec_name;
  return typeof name === 'string' && /^[a-z0-9_]{1,40}$/.test(name) && name !== 'unknown' ? name : null;
}

/** A fraction such as `30000/1001`; `0/0` where unknown. */
function rateOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const [numerator = Number.NaN, denominator = 1] = value.split('/').map(Number);
  const rate = Math.round((numerator / denominator) * 1000) / 1000;
  return rate > 0 && rate <= maxFrameRate ? rate : null;
}

/** ffprobe's `rotation` counts anticlockwise (av_display_rotation_get), the older tag `rotate` clockwise. */
function rotationOf(video: Json): 0 | 90 | 180 | 270 {
  const sideData = listOf(video.side_data_list).find((entry) => 'rotation' in entry);
  const clockwise = sideData ? -numberOf(sideData.rotation) : numberOf(objectOf(video.tags).rotate);
  const quarters = (((Math.round(clockwise / 90) % 4) + 4) % 4) as 0 | 1 | 2 | 3;
  return ([0, 90, 180, 270] as const)[quarters] ?? 0;
}

/** Apple's own date knows the time zone and survives trimming on the phone, so it comes first. */
function recordedAtOf(format: Json, video: Json | undefined): number | null {
  const tags = objectOf(format.tags);
  return (
    timeOf(tags['com.apple.quicktime.creationdate']) ??
    timeOf(tags.creation_time) ??
    timeOf(objectOf(video?.tags).creation_time) ??
    timeOf(tags.date)
  );
}

/** Apple's key first, then QuickTime's and Android's; a name of one line. */
function cameraOf(format: Json, what: 'make' | 'model'): string | null {
  const tags = objectOf(format.tags);
  const value = tags[`com.apple.quicktime.${what}`] ?? tags[what];
  if (typeof value !== 'string') return null;
  const name = displayName(value).trim().slice(0, maxCameraName);
  return name === '' ? null : name.toWellFormed();
}

/** Only a full date with a time zone is a moment; a year alone is not. */
function timeOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/.exec(value);
  if (!match) return null;
  const [, day, time, , zone = 'Z'] = match;
  const ms = Date.parse(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return ms >= firstBelievableMs && ms < lastBelievableMs ? ms : null;
}

/** NaN for what is no number, which every limit above then refuses. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? Number(value)
    : Number.NaN;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((entry) => isObject(entry)) : [];
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
