import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { c4Of } from '#core/c4.ts';

describe('a C4 id', () => {
  it('is what the standard gives for its examples', () => {
    const idOf = (text: string) => c4Of(createHash('sha512').update(text).digest());
    expect(idOf('alfa')).toBe(
      'c43zYcLni5LF9rR4Lg4B8h3Jp8SBwjcnyyeh4bc6gTPHndKuKdjUWx1kJPYhZxYt3zV6tQXpDs2shPsPYjgG81wZM1',
    );
  });

  it('has all its digits, however small the number is', () => {
    expect(c4Of(new Uint8Array(64))).toBe(`c4${'1'.repeat(88)}`);
    expect(c4Of(new Uint8Array(64).fill(255))).toHaveLength(90);
  });
});
