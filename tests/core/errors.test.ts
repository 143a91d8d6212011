import { describe, expect, it } from 'vitest';
import {
  codeOf,
  describeError,
  type FailureKind,
  isReelholdError,
  ReelholdError,
  translateError,
} from '#core/errors.ts';
import fc from '#tests/support/properties.ts';

const facts = { operation: 'copy into the vault', object: 'Rome.mp4' } as const;
const systemError = (code: string) => Object.assign(new Error(`${code}: some words`), { code });
const kinds: readonly FailureKind[] = [
  ...(['missing', 'corrupt', 'changed', 'unreachable', 'denied', 'full'] as const),
  ...(['read-only', 'busy', 'unsupported', 'aborted', 'io'] as const),
];

describe("a system's error", () => {
  it.each([
    ['ENOENT', 'missing', false, 'it is not there'],
    ['ENOTDIR', 'missing', false, 'it is not there'],
    ['EACCES', 'denied', true, 'permission denied'],
    ['EPERM', 'denied', true, 'permission denied'],
    ['ELOOP', 'denied', true, 'it is a link, and links are not followed'],
    ['ENXIO', 'denied', true, 'it is not a regular file'],
    ['EROFS', 'read-only', true, 'the file system is read-only'],
    ['ENOSPC', 'full', true, 'no space left on the disk'],
    ['EDQUOT', 'full', true, 'the quota is used up'],
    ['EFBIG', 'too-large', false, 'the file system holds no file as large as that'],
    ['EIO', 'io', true, 'the disk reports an error'],
    ['ENOTCONN', 'unreachable', true, 'the drive is not connected'],
    ['ESTALE', 'unreachable', true, 'the share went away'],
    ['EHOSTDOWN', 'unreachable', true, 'the server does not answer'],
    ['ETIMEDOUT', 'unreachable', true, 'no answer in time'],
    ['EBUSY', 'busy', true, 'another program is using it'],
    ['ETXTBSY', 'busy', true, 'another program is using it'],
    ['EMFILE', 'busy', true, 'too many files are open'],
    ['ENFILE', 'busy', true, 'too many files are open'],
    ['EXDEV', 'unsupported', false, 'it is on another file system'],
    ['ENOTSUP', 'unsupported', false, 'the file system cannot do this'],
    ['EOPNOTSUPP', 'unsupported', false, 'the file system cannot do this'],
    ['EINVAL', 'unsupported', false, 'the file system cannot do this'],
  ])('%s becomes %s (worth another try: %s): %s', (code, kind, retryable, words) => {
    const cause = systemError(code);
    const error = translateError(cause, facts);
    expect(error).toMatchObject({ name: 'ReelholdError', kind, retryable, ...facts, cause });
    expect(error.message).toBe(`copy into the vault Rome.mp4: ${words} (${code})`);
  });

  it.each([
    ['a code that nobody expected', systemError('EWEIRD'), 'EWEIRD: some words (EWEIRD)'],
    [
      'a code that every object has by birth',
      systemError('constructor'),
      'constructor: some words (constructor)',
    ],
    ['an error without a code', new Error('out of paper'), 'out of paper'],
    ['a code that is no text', Object.assign(new Error('odd'), { code: 7 }), 'odd'],
    ['a text', 'thrown as it was', 'thrown as it was'],
    ['nothing', undefined, 'undefined'],
  ])('keeps its own words where it is %s', (_, thrown, words) => {
    const error = translateError(thrown, facts);
    expect(error).toMatchObject({
      kind: 'io',
      retryable: true,
      message: `copy into the vault Rome.mp4: ${words}`,
    });
    expect(error.cause).toBe(thrown);
  });

  it('is translated once: what passes another border stays as it is', () => {
    const first = translateError(systemError('ENOSPC'), { ...facts, side: 'vault' });
    expect(translateError(first, { operation: 'store', object: 'everything' })).toBe(first);
  });

  it('carries whose side it is and what the owner can do', () => {
    const error = translateError(systemError('ENOSPC'), { ...facts, side: 'vault', hint: 'Make room.' });
    expect(error).toMatchObject({ side: 'vault', hint: 'Make room.' });
    expect(error.message).not.toContain('Make room.');
  });

  it.each([{ toString: {} }, [{ toString: {} }], Object.create(null), Symbol('x'), null])(
    'that has no words (%#) is described all the same',
    (thrown) => {
      expect(translateError(thrown, facts)).toMatchObject({
        kind: 'io',
        message: expect.stringMatching(/: .+/),
      });
    },
  );

  it('of whatever kind becomes one of the closed set', () => {
    const anyThrown = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.string().map(systemError),
      fc.json().map((text) => [JSON.parse(text)]),
    );
    fc.assert(
      fc.property(anyThrown, (thrown) => {
        expect(kinds).toContain(translateError(thrown, facts).kind);
      }),
    );
  });
});

describe('an error of Reelhold', () => {
  it.each(kinds)('of kind %s is worth another try only where the cause may go by itself', (kind) => {
    const stays: readonly FailureKind[] = ['missing', 'corrupt', 'unsupported', 'aborted'];
    expect(new ReelholdError({ ...facts, kind }, 'so it is').retryable).toBe(!stays.includes(kind));
  });

  it('is told from others, and its kinds apart', () => {
    const error = new ReelholdError({ ...facts, kind: 'full' }, 'no room');
    expect(isReelholdError(error)).toBe(true);
    expect(isReelholdError(error, 'full')).toBe(true);
    expect(isReelholdError(error, 'io')).toBe(false);
    expect(isReelholdError(systemError('ENOSPC'))).toBe(false);
    expect(isReelholdError(null)).toBe(false);
  });
});

describe('a thrown value', () => {
  it.each([
    [new Error('words'), undefined, 'words'],
    [systemError('EIO'), 'EIO', 'EIO: some words'],
    [{ code: 'EIO' }, 'EIO', '[object Object]'],
    ['text', undefined, 'text'],
    [null, undefined, 'null'],
    [7, undefined, '7'],
  ])('%s has code %s and words %j', (thrown, code, words) => {
    expect(codeOf(thrown)).toBe(code);
    expect(describeError(thrown)).toBe(words);
  });
});
