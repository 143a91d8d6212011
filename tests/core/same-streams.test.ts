import { describe, expect, it } from 'vitest';
import { parseStreamHashes, type StreamHash, streamsKey } from '#core/same-streams.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const stream = (type: string, content: string): StreamHash => ({
  type,
  hex: digestOf(content).slice('sha256:'.length),
});
const anyStream = fc.record({
  type: fc.constantFrom('v', 'a', 's', 'd', 't'),
  hex: fc.constantFrom('1', '2', '3'),
});

describe('the same picture and sound', () => {
  const picture = stream('v', 'picture');
  const sound = stream('a', 'sound');

  it.each([
    ['in another order', [sound, picture]],
    ['with subtitles', [picture, sound, stream('s', 'words')]],
    ['with data', [stream('d', 'gps'), picture, sound]],
    ['with a stream that is empty', [picture, stream('v', ''), sound]],
  ])('is found %s', (_, other) => {
    expect(streamsKey(other)).toBe(streamsKey([picture, sound]));
  });

  it.each([
    ['another picture', [stream('v', 'other'), sound]],
    ['another sound', [picture, stream('a', 'other')]],
    ['no sound', [picture]],
    ['a second sound', [picture, sound, stream('a', 'comments')]],
    ['the same sound twice', [picture, sound, sound]],
    ['the bytes of the sound as a picture', [picture, { ...sound, type: 'v' }]],
  ])('is not found where there is %s', (_, other) => {
    expect(streamsKey(other)).not.toBe(streamsKey([picture, sound]));
  });

  it.each([
    ['nothing', []],
    ['sound only', [sound]],
    ['only what is empty', [stream('v', ''), stream('a', '')]],
  ])('cannot be told of %s', (_, hashes) => {
    expect(streamsKey(hashes)).toBeNull();
  });

  it('does not hang on the order, ever', () => {
    fc.assert(
      fc.property(fc.array(anyStream), (hashes) => {
        expect(streamsKey(hashes.toReversed())).toBe(streamsKey(hashes));
      }),
    );
  });
});

describe('the answer of ffmpeg', () => {
  const { hex } = stream('v', 'x');

  it('is one line a stream', () => {
    expect(parseStreamHashes(`0,v,SHA256=${hex}\n1,a,SHA256=${hex.toUpperCase()}\n`)).toEqual([
      { type: 'v', hex },
      { type: 'a', hex },
    ]);
    expect(parseStreamHashes('')).toEqual([]);
  });

  it.each(['0,v,MD5=abc', `0,v,SHA256=${hex}x`, 'Hello', `0,v,SHA256=${hex}\nwarning: odd`])(
    'is none where a line is %j',
    (output) => {
      expect(parseStreamHashes(output)).toBeNull();
    },
  );
});
