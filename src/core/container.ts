/**
 * How a file's bytes are wrapped, as the name of ffmpeg's demuxer. ffmpeg is never left to guess: a
 * guess may fall on a playlist (HLS, concat, DASH, SDP …), and a playlist reads other files.
 */
export type Container =
  | 'asf'
  | 'avi'
  | 'dv'
  | 'flv'
  | 'h264'
  | 'hevc'
  | 'ivf'
  | 'matroska'
  | 'mov'
  | 'mpeg'
  | 'mpegts'
  | 'mpegvideo'
  | 'mxf'
  | 'nut'
  | 'obu'
  | 'ogg'
  | 'rm'
  | 'yuv4mpegpipe';

/** How many bytes from a file's start `sniffContainer` wants to see. */
export const sniffBytes = 4096;

interface Magic {
  readonly container: Container;
  readonly at: number;
  readonly bytes: readonly number[];
}

/** Fixed bytes at a fixed place, most telling first. */
const magics: readonly Magic[] = [
  // RFC 8794 §11.2.1: the EBML header's id; Matroska and WebM (RFC 9559)
  { container: 'matroska', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  // Microsoft, "Advanced Systems Format Specification" §10.1: ASF_Header_Object
  { container: 'asf', at: 0, bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9] },
  // SMPTE ST 377-1 §7.1: partition pack key (a run-in before it is allowed, but nobody writes one)
  { container: 'mxf', at: 0, bytes: [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02] },
  // Adobe, "Flash Video File Format Specification" 10.1 annex E.2: version 1
  { container: 'flv', at: 0, bytes: ascii('FLV\x01') },
  // RFC 3533 §6: capture pattern, version 0
  { container: 'ogg', at: 0, bytes: ascii('OggS\0') },
  // libvpx, ivfdec.c: signature and version 0
  { container: 'ivf', at: 0, bytes: ascii('DKIF\0\0') },
  // RealMedia file header (ffmpeg, libavformat/rmdec.c)
  { container: 'rm', at: 0, bytes: ascii('.RMF\0\0') },
  // FFmpeg, "NUT Open Container Format": file_id_string
  { container: 'nut', at: 0, bytes: ascii('nut/multimedia container\0') },
  // mjpegtools, yuv4mpeg(5)
  { container: 'yuv4mpegpipe', at: 0, bytes: ascii('YUV4MPEG2 ') },
  // ISO/IEC 13818-1 §2.5.3.3: pack_start_code (MPEG programme stream: VOB, MOD, TOD, MPG)
  { container: 'mpeg', at: 0, bytes: [0, 0, 1, 0xba] },
  // ISO/IEC 13818-2 §6.2.2.1: sequence_header_code (elementary stream)
  { container: 'mpegvideo', at: 0, bytes: [0, 0, 1, 0xb3] },
  // IEC 61834-2: header DIF block of a raw DV frame, 525/60 and 625/50
  { container: 'dv', at: 0, bytes: [0x1f, 0x07, 0x00, 0x3f] },
  { container: 'dv', at: 0, bytes: [0x1f, 0x07, 0x00, 0xbf] },
  // ITU-T H.265 annex B: a start code, then a video parameter set or an access unit delimiter
  { container: 'hevc', at: 0, bytes: [0, 0, 0, 1, 0x40, 0x01] },
  { container: 'hevc', at: 0, bytes: [0, 0, 0, 1, 0x46, 0x01] },
  // ITU-T H.264 annex B: a start code, then a sequence parameter set or an access unit delimiter
  { container: 'h264', at: 0, bytes: [0, 0, 0, 1, 0x67] },
  { container: 'h264', at: 0, bytes: [0, 0, 0, 1, 0x27] },
  { container: 'h264', at: 0, bytes: [0, 0, 0, 1, 0x09] },
  // AV1 §5.2 (low-overhead format): a temporal delimiter, then a sequence header
  { container: 'obu', at: 0, bytes: [0x12, 0x00, 0x0a] },
  // ISO/IEC 14496-12 §4.2 and Apple, "QuickTime File Format": size, then the type of the first box
  ...['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].map(
    (type): Magic => ({ container: 'mov', at: 4, bytes: ascii(type) }),
  ),
];

/** "The free LUTs …": words of people, too. A letter before them would be a box of more than half a gigabyte. */
const wordTypes = /^[ -~\u0080-\u00ff]...(wide|free|skip)/s;

/** ISO/IEC 13818-1 §2.4.3.2: each packet of 188 bytes begins so. */
const tsSync = 0x47;

/** Plain; M2TS with a time stamp before each packet (Blu-ray, AVCHD); with 16 bytes of error correction. */
const tsSteps = [188, 192, 204] as const;

/** Fewer packets in step may be chance. */
const tsPackets = 5;

/** Tells from a file's first bytes what it is wrapped in; null where that is not a video's container. */
export function sniffContainer(head: Uint8Array): Container | null {
  const magic = magics.find(({ at, bytes }) => hasBytes(head, at, bytes));
  if (magic) return wordTypes.test(textAt(head, 0, 8)) ? null : magic.container;
  // Microsoft, "AVI RIFF File Reference"; AVIX and OpenDML begin alike. WAV and WebP are RIFF too.
  if (hasBytes(head, 0, ascii('RIFF')) && hasBytes(head, 8, ascii('AVI '))) return 'avi';
  return transportPacketBytes(head) === null ? null : 'mpegts';
}

/** Gives the word people know a container by: `mov` is one demuxer for MP4, MOV and 3GP. */
export function containerName(head: Uint8Array, container: Container): string {
  if (container === 'matroska') return textAt(head, 0, 64).includes('webm') ? 'webm' : 'matroska';
  if (container !== 'mov' || textAt(head, 4, 4) !== 'ftyp') return container;
  const brand = textAt(head, 8, 4);
  if (brand === 'qt  ') return 'mov';
  return brand.startsWith('3g') ? '3gp' : 'mp4';
}

/**
 * How long a packet of a transport stream is, with what stands around it; null where these bytes are none. A
 * stream cut out of a broadcast need not begin with a whole packet, so every start is tried.
 */
export function transportPacketBytes(head: Uint8Array): (typeof tsSteps)[number] | null {
  const isStep = (step: number) => {
    for (let start = 0; start < step; start += 1) {
      if (isInStep(head, start, step)) return true;
    }
    return false;
  };
  return tsSteps.find(isStep) ?? null;
}

function isInStep(head: Uint8Array, start: number, step: number): boolean {
  let packets = 0;
  for (let at = start; at < head.length; at += step) {
    if (head[at] !== tsSync) return false;
    packets += 1;
  }
  return packets >= tsPackets;
}

function hasBytes(head: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[at + index] === byte);
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function textAt(head: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...head.subarray(at, at + length));
}
