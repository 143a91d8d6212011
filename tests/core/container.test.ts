import { describe, expect, it } from 'vitest';
import { containerName, sniffBytes, sniffContainer } from '#core/container.ts';
import fc from '#tests/support/properties.ts';

/** The given bytes or ASCII pieces, then zeros up to what a sniffer sees at least. */
function head(...pieces: readonly (string | number)[]): Uint8Array {
  const bytes = pieces.flatMap((piece) =>
    typeof piece === 'number' ? [piece] : [...piece].map((character) => character.charCodeAt(0)),
  );
  return Uint8Array.from({ length: Math.max(bytes.length, 64) }, (_, index) => bytes[index] ?? 0);
}

function packets(step: number, start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) =>
    index >= start && (index - start) % step === 0 ? 0x47 : 0x20,
  );
}

describe('the first bytes', () => {
  it.each([
    ['MP4', head(0, 0, 0, 0x20, 'ftypisom'), 'mov', 'mp4'],
    ['MOV', head(0, 0, 0, 0x14, 'ftypqt  '), 'mov', 'mov'],
    ['3GP', head(0, 0, 0, 0x14, 'ftyp3gp4'), 'mov', '3gp'],
    ['old QuickTime, index first', head(0, 0, 0x10, 0, 'moov'), 'mov', 'mov'],
    ['old QuickTime, pictures first', head(0, 0, 0, 1, 'mdat'), 'mov', 'mov'],
    ['QuickTime with room left', head(0, 0, 0, 8, 'wide', 0, 0, 0, 1, 'mdat'), 'mov', 'mov'],
    ['QuickTime with a preview', head(0, 0, 0, 0x14, 'pnot'), 'mov', 'mov'],
    ['a free box first', head(0, 0, 0, 8, 'free'), 'mov', 'mov'],
    ['a skip box first', head(0, 0, 0, 8, 'skip'), 'mov', 'mov'],
    ['Matroska', head(0x1a, 0x45, 0xdf, 0xa3, 0xa3, 0x42, 0x82, 0x88, 'matroska'), 'matroska', 'matroska'],
    ['WebM', head(0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, 'webm'), 'matroska', 'webm'],
    ['AVI', head('RIFF', 1, 2, 3, 4, 'AVI LIST'), 'avi', 'avi'],
    ['a programme stream', head(0, 0, 1, 0xba, 0x44), 'mpeg', 'mpeg'],
    ['an MPEG-2 elementary stream', head(0, 0, 1, 0xb3), 'mpegvideo', 'mpegvideo'],
    ['WMV', head(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa), 'asf', 'asf'],
    ['FLV', head('FLV', 1, 5), 'flv', 'flv'],
    ['Ogg', head('OggS', 0, 2), 'ogg', 'ogg'],
    ['MXF', head(6, 0x0e, 0x2b, 0x34, 2, 5, 1, 1, 0x0d, 1, 2, 1, 1, 2), 'mxf', 'mxf'],
    ['IVF', head('DKIF', 0, 0, 32, 0, 'VP90'), 'ivf', 'ivf'],
    ['RealMedia', head('.RMF', 0, 0, 0, 0x12), 'rm', 'rm'],
    ['NUT', head('nut/multimedia container', 0), 'nut', 'nut'],
    ['raw frames', head('YUV4MPEG2 W96 H64'), 'yuv4mpegpipe', 'yuv4mpegpipe'],
    ['DV of 60 fields', head(0x1f, 7, 0, 0x3f), 'dv', 'dv'],
    ['DV of 50 fields', head(0x1f, 7, 0, 0xbf), 'dv', 'dv'],
    ['bare H.264', head(0, 0, 0, 1, 0x67, 0x42), 'h264', 'h264'],
    ['bare H.265', head(0, 0, 0, 1, 0x40, 1, 0x0c), 'hevc', 'hevc'],
    ['bare AV1', head(0x12, 0, 0x0a, 0x0b), 'obu', 'obu'],
    ['a transport stream', packets(188, 0, 4096), 'mpegts', 'mpegts'],
    ['an AVCHD stream', packets(192, 4, 4096), 'mpegts', 'mpegts'],
    ['a broadcast cut anywhere', packets(188, 77, 4096), 'mpegts', 'mpegts'],
    ['a stream with error correction', packets(204, 0, 2048), 'mpegts', 'mpegts'],
  ])('of %s are recognised', (_, bytes, demuxer, name) => {
    expect(sniffContainer(bytes)).toBe(demuxer);
    expect(demuxer && containerName(bytes, demuxer as 'mov')).toBe(name);
  });

  it.each([
    ['HLS', '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nhttp://127.0.0.1/secret.ts\n'],
    ['HLS after a byte order mark', '\u00EF\u00BB\u00BF#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['a list of files', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a list of files without its name', "file '/etc/passwd'\nfile 'http://127.0.0.1/'\n"],
    ['DASH', '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'],
    ['a session description', 'v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n'],
    ['an ASX list', '<asx version="3.0"><entry><ref href="http://127.0.0.1/"/></entry></asx>'],
    ['an M3U of names', 'http://127.0.0.1/a.ts\nhttp://127.0.0.1/b.ts\n'],
    ['a pattern of images', 'image-%03d.jpg\n'],
    ['subtitles', '1\n00:00:00,000 --> 00:00:01,000\nHello\n'],
    ['a web page', '<!doctype html><video src="x.mp4">'],
    ['a WAV', 'RIFF\x01\x02\x03\x04WAVEfmt '],
    ['a WebP', 'RIFF\x01\x02\x03\x04WEBPVP8 '],
    ['a PNG', '\x89PNG\r\n\x1a\n'],
    ['an MP3', 'ID3\x03'],
    ['words in which a box is called', 'The free LUTs are in the other folder.\n'],
    ['words of a wide shot', 'The wide shot comes first.\n'],
    ['nothing', ''],
    ['a lone sync byte', 'G'],
  ])('of %s are those of no video', (_, text) => {
    expect(sniffContainer(head(text))).toBeNull();
    expect(sniffContainer(Uint8Array.from([...text], (character) => character.charCodeAt(0)))).toBeNull();
  });

  it('of a playlist never pass for a video, whatever follows', () => {
    const start = fc.constantFrom(
      '#EXTM3U',
      'ffconcat version 1.0',
      '<?xml',
      '<MPD',
      'v=0\r\n',
      'file ',
      '[playlist]',
    );
    fc.assert(
      fc.property(start, fc.string({ maxLength: 4000 }), (text, rest) => {
        expect(
          sniffContainer(new TextEncoder().encode(`${text}\n${rest}`).subarray(0, sniffBytes)),
        ).toBeNull();
      }),
    );
  });

  it('may be any bytes at all, and few', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        const container = sniffContainer(bytes);
        if (container) expect(containerName(bytes, container)).toMatch(/^[a-z0-9]+$/);
      }),
    );
  });

  it('need several packets in step before they are a transport stream', () => {
    expect(sniffContainer(packets(188, 0, 188 * 4))).toBeNull();
    expect(sniffContainer(packets(188, 0, 188 * 4 + 1))).toBe('mpegts');
  });
});
