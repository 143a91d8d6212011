import { describe, expect, it } from 'vitest';
import { parseProbe } from '#media/ffprobe-output.ts';
import fc from '#tests/support/properties.ts';

function factsOf(streams: readonly unknown[], format: unknown = {}) {
  return parseProbe(JSON.stringify({ streams, format }), 'mp4');
}

const video = {
  codec_type: 'video',
  codec_name: 'h264',
  width: 1920,
  height: 1080,
  avg_frame_rate: '30000/1001',
};
const audio = { codec_type: 'audio', codec_name: 'aac' };
const nothing = {
  container: 'mp4',
  durationMs: null,
  width: null,
  height: null,
  rotationDegrees: null,
  videoCodec: null,
  audioCodec: null,
  frameRate: null,
  recordedAtMs: null,
  cameraMake: null,
  cameraModel: null,
};

describe('what ffprobe answers', () => {
  it('becomes facts', () => {
    expect(factsOf([video, audio], { duration: '12.345678' })).toEqual({
      container: 'mp4',
      durationMs: 12346,
      width: 1920,
      height: 1080,
      rotationDegrees: 0,
      videoCodec: 'h264',
      audioCodec: 'aac',
      frameRate: 29.97,
      recordedAtMs: null,
      cameraMake: null,
      cameraModel: null,
    });
  });

  it('names the camera, by Apple\u2019s keys before the others', () => {
    const apple = { 'com.apple.quicktime.make': 'Apple', 'com.apple.quicktime.model': 'iPhone 15 Pro' };
    expect(factsOf([video], { tags: { ...apple, make: 'x', model: 'y' } })).toMatchObject({
      cameraMake: 'Apple',
      cameraModel: 'iPhone 15 Pro',
    });
    expect(factsOf([video], { tags: { make: ' \n', model: 'X'.repeat(500) } })).toMatchObject({
      cameraMake: '\u240a',
      cameraModel: 'X'.repeat(80),
    });
  });

  it('is read past a cover picture', () => {
    const cover = {
      codec_type: 'video',
      codec_name: 'mjpeg',
      width: 600,
      height: 600,
      disposition: { attached_pic: 1 },
    };
    expect(factsOf([cover, audio])).toMatchObject({
      videoCodec: null,
      width: null,
      rotationDegrees: null,
      audioCodec: 'aac',
    });
    expect(factsOf([cover, video])).toMatchObject({ videoCodec: 'h264', width: 1920 });
  });

  it.each([
    [{ side_data_list: [{ rotation: -90 }] }, 90],
    [{ side_data_list: [{ rotation: 90 }] }, 270],
    [{ side_data_list: [{ rotation: 180 }] }, 180],
    [{ side_data_list: [{ rotation: -180 }] }, 180],
    [{ side_data_list: [{}, { rotation: -89.6 }] }, 90],
    [{ side_data_list: [{ rotation: -450 }] }, 90],
    [{ tags: { rotate: '90' } }, 90],
    [{ tags: { rotate: '-90' } }, 270],
    [{ side_data_list: [{ rotation: 0 }], tags: { rotate: '90' } }, 0],
    [{ side_data_list: [{ rotation: 'x' }] }, 0],
    [{}, 0],
  ])('%j turns the picture clockwise by %d', (more, rotationDegrees) => {
    expect(factsOf([{ ...video, ...more }])).toMatchObject({ rotationDegrees });
  });

  it.each([
    ['25/1', '50/1', 25],
    ['0/0', '24000/1001', 23.976],
    ['0/0', '0/0', null],
    ['90000/1', undefined, null],
    ['1/0', 'x/y', null],
    [undefined, '30', 30],
  ])('gives of the rates %j and %j: %j', (average, real, frameRate) => {
    expect(factsOf([{ ...video, avg_frame_rate: average, r_frame_rate: real }])).toMatchObject({ frameRate });
  });

  it.each([
    ['2026-11-21T10:14:22.000000Z', '2026-11-21T10:14:22Z'],
    ['2026-11-21T11:14:22+0100', '2026-11-21T10:14:22Z'],
    ['2026-11-21T11:14:22+01:00', '2026-11-21T10:14:22Z'],
    ['2026-11-21 10:14:22Z', '2026-11-21T10:14:22Z'],
    ['1904-01-01T00:00:00Z', null],
    ['1970-01-01T00:00:00Z', null],
    ['2200-01-01T00:00:00Z', null],
    ['2026', null],
    ['2026-13-41T10:14:22Z', null],
    ['2026-11-21T10:14:22', null],
    ['<script>', null],
  ])('that was recorded %j was recorded at %j', (text, moment) => {
    const recordedAtMs = moment === null ? null : Date.parse(moment);
    expect(factsOf([video], { tags: { creation_time: text } })).toMatchObject({ recordedAtMs });
    expect(factsOf([{ ...video, tags: { creation_time: text } }])).toMatchObject({ recordedAtMs });
  });

  it("is dated by Apple's own tag first, which knows the time zone", () => {
    const tags = {
      creation_time: '2026-11-22T08:00:00Z',
      'com.apple.quicktime.creationdate': '2026-11-21T11:14:22+0100',
    };
    expect(factsOf([video], { tags })).toMatchObject({ recordedAtMs: Date.UTC(2026, 10, 21, 10, 14, 22) });
  });

  it.each([
    ['', null],
    ['{"streams": [', null],
    ['null', null],
    ['[]', null],
    ['"x"', null],
    ['{}', nothing],
    ['{"streams": 7, "format": []}', nothing],
    ['{"streams": [null, 1, "x", [], {"codec_type": "sound"}], "format": {"duration": "N/A"}}', nothing],
  ])('%j is taken for what it is', (text, facts) => {
    expect(parseProbe(text, 'mp4')).toEqual(facts);
  });

  it.each([
    { width: -5 },
    { width: 1e300 },
    { width: 1.5 },
    { width: '<b>' },
    { width: true },
    { height: null },
    { codec_name: '<b>x</b>' },
    { codec_name: 'h264\n' },
    { codec_name: 7 },
    { codec_name: 'unknown' },
    { duration: '-1' },
    { duration: '1e99' },
    { duration: '' },
  ])('cannot be %j, so that is left open', (odd) => {
    const facts = factsOf([{ codec_type: 'video', ...odd }]);
    expect(facts).toEqual({ ...nothing, rotationDegrees: 0 });
  });

  it('never throws nor gives a figure that cannot be, whatever it says', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.string(),
      fc.constantFrom('30000/1001', '1/0', -90, 'video'),
    );
    const part = fc.dictionary(
      fc.constantFrom(
        'codec_type',
        'codec_name',
        'width',
        'height',
        'avg_frame_rate',
        'duration',
        'tags',
        'side_data_list',
      ),
      value,
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.oneof(part, value)), value),
        fc.oneof(part, value),
        (streams, format) => {
          const facts = parseProbe(JSON.stringify({ streams, format }), 'mp4');
          for (const figure of [facts?.durationMs, facts?.width, facts?.height, facts?.frameRate]) {
            expect(figure === null || (Number.isFinite(figure) && Number(figure) > 0)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
