import { randomBytes } from 'node:crypto';

/**
 * Bytes that are an MP4 by their boxes (ISO/IEC 14496-12 §4.2): `ftyp`, an index, and pictures of noise, which add up to
 * the size. Of that form, so that what is whole can be told from what was cut off; nothing in it can be played.
 */
export function mp4Bytes(sizeBytes: number): Buffer {
  const start = Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1')),
    box('moov', box('mvhd', Buffer.alloc(100, 1))),
  ]);
  return Buffer.concat([start, box('mdat', randomBytes(sizeBytes - start.length - 8))]);
}

/** An MPEG transport stream of noise (ISO/IEC 13818-1 §2.4.3.2): every beginning of it is one too. */
export function streamBytes(sizeBytes: number): Buffer {
  const bytes = randomBytes(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 188) bytes[at] = 0x47;
  return bytes;
}

function box(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}
