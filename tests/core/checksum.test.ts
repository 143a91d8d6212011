import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { checksum } from '#core/checksum.ts';
import fc from '#tests/support/properties.ts';

it('a checksum is the CRC-32 that every other program makes', () => {
  expect(checksum('')).toBe('00000000');
  expect(checksum('123456789')).toBe('cbf43926');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(checksum(text)).toBe(crc32(text).toString(16).padStart(8, '0'));
    }),
  );
});
