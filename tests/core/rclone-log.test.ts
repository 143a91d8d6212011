import { expect, it } from 'vitest';
import { parseRcloneLine } from '#core/rclone-log.ts';
import fc from '#tests/support/properties.ts';

it('reads how far a transfer is, of the old and the current rclone', () => {
  const stats = '"stats":{"bytes":31612928,"speed":15191002.3,"eta":4,"totalBytes":100000003}';
  const progress = { bytes: 31612928, speed: 15191002.3, etaSeconds: 4 };
  expect(parseRcloneLine(`{"level":"warning","msg":"\\nTransferred",${stats}}`)).toMatchObject({
    stats: progress,
  });
  expect(parseRcloneLine(`{"level":"notice","msg":"\\nTransferred",${stats}}`)).toMatchObject({
    stats: progress,
  });
});

it('knows no speed and no end where rclone knows none', () => {
  const line = parseRcloneLine('{"level":"notice","msg":"","stats":{"bytes":0,"speed":0,"eta":null}}');
  expect(line?.stats).toEqual({ bytes: 0, speed: null, etaSeconds: null });
});

it('reads which file a line speaks of', () => {
  const line = '{"level":"info","msg":"Copied (new)","object":"blobs/x.mp4","objectType":"*local.Object"}';
  expect(parseRcloneLine(line)).toEqual({
    level: 'info',
    text: 'Copied (new)',
    object: 'blobs/x.mp4',
    stats: null,
  });
});

it('keeps what is no JSON as text, and tells a failure among it', () => {
  expect(parseRcloneLine('2026/11/27 23:24:26 ERROR : : error listing')).toMatchObject({
    level: 'error',
    text: 'ERROR : : error listing',
  });
  expect(parseRcloneLine('2026/11/27 CRITICAL: Failed to create file system')).toMatchObject({
    level: 'error',
  });
  expect(parseRcloneLine('Failed to cat with 2 errors')).toMatchObject({ level: 'error' });
  expect(parseRcloneLine('{"level":"error","msg":')).toMatchObject({ level: 'other', object: null });
  expect(parseRcloneLine('[1,2]')).toMatchObject({ level: 'other' });
  expect(parseRcloneLine('  ')).toBeNull();
});

it('takes whatever a program may print', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(() => parseRcloneLine(line)).not.toThrow();
    }),
  );
});
