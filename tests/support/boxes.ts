/** A box of ISO/IEC 14496-12 §4.2; `size` where it is to say another than its own. */
export function box(type: string, content: Uint8Array | string = '', size?: number): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size ?? 8 + bytes.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, bytes]);
}

/** The same with a size of 64 bits. */
export function largeBox(type: string, content: Uint8Array, size?: bigint): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  header.write(type, 4, 'latin1');
  header.writeBigUInt64BE(size ?? BigInt(16 + content.length), 8);
  return Buffer.concat([header, content]);
}

/** Content that was really written. */
export function written(length: number): Buffer {
  return Buffer.alloc(length, 'written ');
}

/** The smallest film that counts as whole. */
export function smallFilm(pictures: Uint8Array = written(10_000)): Buffer {
  return Buffer.concat([box('ftyp', 'isommp42'), box('mdat', pictures), box('moov', written(600))]);
}
