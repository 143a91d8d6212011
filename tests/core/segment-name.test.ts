import { describe, expect, it } from 'vitest';
import {
  formatSegmentName,
  indexNameOf,
  isWriterId,
  lostSegments,
  parseSegmentName,
} from '#core/segment-name.ts';
import fc from '#tests/support/properties.ts';

const writer = '0123456789ab';
const hash = 'cd'.repeat(32);
const name = `${writer}-000000000042-${hash}.jsonl`;
const anyWriter = fc.stringMatching(/^[0-9a-f]{12}$/);
const anyHash = fc.stringMatching(/^[0-9a-f]{64}$/);
const anySeq = fc.integer({ min: 1, max: 999_999_999_999 });

describe("a segment's name", () => {
  it('says who wrote it, from which sequence on, and what its content hashes to', () => {
    expect(formatSegmentName({ writer, seq: 42, hash })).toBe(name);
    expect(parseSegmentName(name)).toEqual({ writer, seq: 42, hash });
  });

  it('reads back as it was', () => {
    fc.assert(
      fc.property(anyWriter, anySeq, anyHash, (by, seq, content) => {
        const facts = { writer: by, seq, hash: content };
        expect(parseSegmentName(formatSegmentName(facts))).toEqual(facts);
      }),
    );
  });

  it("of one writer sorts as its sequence does, so that a folder's listing is in order", () => {
    fc.assert(
      fc.property(anySeq, anySeq, anyHash, anyHash, (a, b, one, other) => {
        fc.pre(a < b);
        const earlier = formatSegmentName({ writer, seq: a, hash: one });
        expect(earlier < formatSegmentName({ writer, seq: b, hash: other })).toBe(true);
      }),
    );
  });

  it.each([
    name.toUpperCase(),
    name.replace('.jsonl', '.tsv'),
    `${name}.part`,
    `.${name}`,
    name.replace('-000000000042-', '-42-'),
    name.replace(writer, 'writer'),
    name.slice(1),
    `${name}\n`,
    'README.txt',
    '',
  ])('is not read out of another: %j', (other) => {
    expect(parseSegmentName(other)).toBeNull();
  });

  it('gives the name of the index beside it', () => {
    expect(indexNameOf(name)).toBe(`${writer}-000000000042-${hash}.tsv`);
  });
});

describe('a journal whose segments went', () => {
  const at = (seq: number) => formatSegmentName({ writer, seq, hash });

  it('is known by their indexes, but for those behind its end, whose segments may never have come', () => {
    const indexes = [1, 2, 3, 4].map((seq) => indexNameOf(at(seq)));
    expect(lostSegments([at(1), at(3)], indexes)).toEqual([at(2)]);
    expect(lostSegments([at(1), at(2), at(3)], indexes)).toEqual([]);
    expect(lostSegments([], indexes)).toEqual([]);
  });
});

describe('a writer', () => {
  it.each([
    [writer, true],
    [writer.slice(1), false],
    [`${writer}0`, false],
    ['0123456789AB', false],
    ['../../../etc', false],
    ['', false],
  ])('%j is one: %s', (text, expected) => {
    expect(isWriterId(text)).toBe(expected);
  });
});
