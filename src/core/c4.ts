const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A C4 id (SMPTE ST 2114): SHA-512 in base 58, as 88 digits behind `c4`. */
export function c4Of(sha512: Uint8Array): string {
  let value = sha512.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (let count = 0; count < 88; count += 1) {
    text = `${digits[Number(value % 58n)]}${text}`;
    value /= 58n;
  }
  return `c4${text}`;
}
