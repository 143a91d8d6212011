import { expect, it } from 'vitest';
import { makePassphrase, passphraseBytes, readPassphrase } from '#core/passphrase.ts';
import fc from '#tests/support/properties.ts';

const random = fc.uint8Array({ minLength: passphraseBytes, maxLength: passphraseBytes });

it('has eight groups of five characters that cannot be mistaken for others', () => {
  fc.assert(
    fc.property(random, (bytes) => {
      expect(makePassphrase(bytes)).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
    }),
  );
});

it('keeps all 160 bits', () => {
  fc.assert(
    fc.property(random, random, (one, other) => {
      expect(makePassphrase(one) === makePassphrase(other)).toBe(Buffer.from(one).equals(other));
    }),
  );
  expect(makePassphrase(new Uint8Array(passphraseBytes))).not.toBe(
    makePassphrase(new Uint8Array(passphraseBytes).fill(255)),
  );
});

it('is read as a person types it', () => {
  fc.assert(
    fc.property(random, (bytes) => {
      const passphrase = makePassphrase(bytes);
      const typed = passphrase.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
      expect(readPassphrase(` ${typed}\n`)).toEqual({ kind: 'right', passphrase });
    }),
  );
});

it('says in which group a slip of one character is', () => {
  fc.assert(
    fc.property(
      random,
      fc.nat(39),
      fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ*'),
      (bytes, at, slip) => {
        const symbols = [...makePassphrase(bytes).replaceAll('-', '')];
        fc.pre(symbols[at] !== slip);
        symbols[at] = slip;
        expect(readPassphrase(symbols.join(''))).toEqual({ kind: 'wrong', groups: [Math.floor(at / 5) + 1] });
      },
    ),
  );
});

it('says that groups changed places, and that some are missing', () => {
  const passphrase = makePassphrase(Uint8Array.from({ length: passphraseBytes }, (_, index) => index * 13));
  const [first = '', second = '', ...rest] = passphrase.split('-');
  expect(readPassphrase([second, first, ...rest].join('-'))).toEqual({ kind: 'wrong', groups: [1, 2] });
  expect(readPassphrase(rest.join('-'))).toEqual({ kind: 'incomplete' });
});
