const widthBits = 160;
const shiftBits = 11;

/** A hash that bytes are given to one after the other. */
export interface StreamHash {
  update(bytes: Uint8Array): unknown;
  /** In lower-case hexadecimal digits. */
  digest(encoding: 'hex'): string;
}

/**
 * OneDrive's QuickXorHash (Microsoft, "Code Snippets: QuickXorHash Algorithm"): each byte is combined by XOR into a
 * ring of 160 bits, 11 bits further on each time; in the end the length into its last 64.
 */
export function createQuickXor(): StreamHash {
  // The byte at bit 11n of the ring: as 11 and 160 have no common divisor, bytes 160 apart meet at the same bit.
  const cells = new Uint8Array(widthBits);
  let length = 0;
  return {
    update(bytes) {
      let at = length % widthBits;
      for (const byte of bytes) {
        cells[at] = (cells[at] ?? 0) ^ byte;
        at = at === widthBits - 1 ? 0 : at + 1;
      }
      length += bytes.length;
    },
    digest: () => toHex(withLength(toRing(cells), length)),
  };
}

function toRing(cells: Uint8Array): Uint8Array {
  const ring = new Uint8Array(widthBits / 8);
  cells.forEach((byte, index) => {
    const bit = (index * shiftBits) % widthBits;
    const first = bit >> 3;
    const spread = byte << (bit & 7);
    const next = (first + 1) % ring.length;
    ring[first] = (ring[first] ?? 0) ^ (spread & 0xff);
    ring[next] = (ring[next] ?? 0) ^ (spread >> 8);
  });
  return ring;
}

function withLength(ring: Uint8Array, length: number): Uint8Array {
  const view = new DataView(ring.buffer, ring.length - 8);
  view.setBigUint64(0, view.getBigUint64(0, true) ^ BigInt(length), true);
  return ring;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
