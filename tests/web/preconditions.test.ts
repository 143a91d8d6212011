import { describe, expect, it } from 'vitest';
import { checkPreconditions, isRangeValid } from '#web/preconditions.ts';

const etag = '"sha256:ab"';
const ask = (asked: { ifMatch?: string; ifNoneMatch?: string; ifRange?: string }) => ({
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifRange: undefined,
  ...asked,
});

describe('preconditions', () => {
  it.each([
    [{}, null],
    [{ ifNoneMatch: etag }, 304],
    [{ ifNoneMatch: `W/${etag}` }, 304],
    [{ ifNoneMatch: `"x", ${etag}` }, 304],
    [{ ifNoneMatch: '*' }, 304],
    [{ ifNoneMatch: '"x"' }, null],
    [{ ifNoneMatch: 'sha256:ab' }, null],
    [{ ifMatch: etag }, null],
    [{ ifMatch: '*' }, null],
    [{ ifMatch: '"x"' }, 412],
    [{ ifMatch: `W/${etag}` }, 412],
    [{ ifMatch: '"x"', ifNoneMatch: etag }, 412],
  ])('%j are answered with %j', (asked, expected) => {
    expect(checkPreconditions(ask(asked), etag)).toBe(expected);
  });

  it.each([
    [{}, true],
    [{ ifRange: etag }, true],
    [{ ifRange: `W/${etag}` }, false],
    [{ ifRange: '"x"' }, false],
    [{ ifRange: 'Sun, 22 Nov 2026 14:00:00 GMT' }, false],
  ])('with %j a range holds: %j', (asked, expected) => {
    expect(isRangeValid(ask(asked), etag)).toBe(expected);
  });
});
