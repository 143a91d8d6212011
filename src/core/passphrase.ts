/** Crockford's base 32: no I, L, O and U, which are read as other characters. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupCount = 8;
const symbolsInGroup = 4;

/** How many random bytes a passphrase is made of: 160 bits. */
export const passphraseBytes = (groupCount * symbolsInGroup * 5) / 8;

/**
 * A password that a person can type from paper: eight groups of four characters and one that checks the group and
 * where it stands, so that a slip is found, and in which group. `random` gives as many bytes as `passphraseBytes`.
 */
export function makePassphrase(random: Uint8Array): string {
  if (random.length !== passphraseBytes) throw new RangeError(`needs ${passphraseBytes} random bytes`);
  let bits = random.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const symbols: string[] = [];
  for (let index = 0; index < groupCount * symbolsInGroup; index += 1) {
    symbols.unshift(alphabet[Number(bits & 31n)] ?? '');
    bits >>= 5n;
  }
  const groups = Array.from({ length: groupCount }, (_, index) => {
    const group = symbols.slice(index * symbolsInGroup, (index + 1) * symbolsInGroup).join('');
    return group + checkSymbol(group, index);
  });
  return groups.join('-');
}

export type TypedPassphrase =
  | { readonly kind: 'right'; readonly passphrase: string }
  /** Which groups have a slip in them, from 1. */
  | { readonly kind: 'wrong'; readonly groups: readonly number[] }
  | { readonly kind: 'incomplete' };

/** Reads a passphrase as a person types it: in small letters, with spaces, with O for 0, and I or L for 1. */
export function readPassphrase(typed: string): TypedPassphrase {
  const symbols = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const size = symbolsInGroup + 1;
  if (symbols.length !== groupCount * size) return { kind: 'incomplete' };
  const groups = Array.from({ length: groupCount }, (_, index) =>
    symbols.slice(index * size, (index + 1) * size),
  );
  const wrong = groups.flatMap((group, index) => (isWhole(group, index) ? [] : [index + 1]));
  return wrong.length > 0
    ? { kind: 'wrong', groups: wrong }
    : { kind: 'right', passphrase: groups.join('-') };
}

function isWhole(group: string, index: number): boolean {
  return checkSymbol(group.slice(0, symbolsInGroup), index) === group.slice(symbolsInGroup);
}

/**
 * Weights that are odd, and whose differences are odd for neighbours: every slip in one character is found, and two
 * neighbours that changed places unless they lie 16 apart in the alphabet.
 */
const weights = [1, 5, 9, 13];

function checkSymbol(group: string, index: number): string {
  const sum = [...group].reduce((total, symbol, at) => {
    const value = alphabet.indexOf(symbol);
    return value < 0 ? Number.NaN : total + value * (weights[at] ?? 1);
  }, index * 7);
  return alphabet[sum % alphabet.length] ?? '';
}
