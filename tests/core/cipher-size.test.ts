import { expect, it } from 'vitest';
import { cipherSize, plainSize } from '#core/cipher-size.ts';
import fc from '#tests/support/properties.ts';

it.each([
  [0, 32],
  [1, 49],
  [65_536, 65_584],
  [65_537, 65_601],
  // As rclone made it.
  [3_000_000, 3_000_768],
])('%i bytes become %i', (plain, cipher) => {
  expect(cipherSize(plain)).toBe(cipher);
});

it('finds back the size of what was encrypted, and none for what never was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => {
      expect(plainSize(cipherSize(bytes))).toBe(bytes);
    }),
  );
  for (const size of [0, 31, 33, 48, 65_585, 65_600]) expect(plainSize(size)).toBeNull();
});
