import { describe, expect, it } from 'vitest';
import { createLocalDay } from '#core/local-day.ts';
import { describeTaken } from '#daemon/intake/take.ts';
import { digestOf } from '#tests/support/digests.ts';

const nowMs = Date.UTC(2026, 10, 22, 23, 30);
const dayMs = 86_400_000;
const localDay = createLocalDay('Europe/Berlin');

/** What is said of a file of this path and modification time. */
function describeFile(path: string, modifiedAtMs = nowMs - dayMs) {
  const stat = {
    sizeBytes: 10,
    mtimeNs: BigInt(modifiedAtMs) * 1_000_000n + 999_999n,
    ctimeNs: 0n,
    inode: 1n,
    blocks: 8n,
  };
  const staged = { id: 's', digest: digestOf('a'), sizeBytes: 10, stat, also: null };
  const { signal } = new AbortController();
  const request = { source: { path, within: null }, continues: null, sizeBytes: 10, signal };
  return describeTaken(request, staged, nowMs, localDay);
}

describe('a file in staging', () => {
  it.each([
    ['/inbox/Rome.MP4', 'Rome.MP4', 'mp4', null],
    ['/inbox/a/b/Rome', 'Rome', '', null],
    ['Rome.mp4', 'Rome.mp4', 'mp4', null],
    ['/inbox/caf\uDCE9.mp4', 'caf\uDCE9.mp4', 'mp4', 'Y2Fm6S5tcDQ='],
    ['/inbox/\uDCFF', '\uDCFF', '', '/w=='],
  ])('%j is known by its own name, whatever the bytes', (path, name, ext, nameBase64) => {
    expect(describeFile(path)).toMatchObject({ name, ext, nameBase64, sizeBytes: 10, how: 'taken' });
  });

  it.each([
    ['yesterday', nowMs - dayMs, '2026-11-22', true],
    ['just after midnight in the owner’s time zone', Date.UTC(2026, 6, 1, 22, 1), '2026-07-02', true],
    ['a little in the future, by a camera’s clock', nowMs + dayMs, '2026-11-24', true],
    ['far in the future', nowMs + 3 * dayMs, '2026-11-23', false],
    ['before there were such files', Date.UTC(1989, 11, 31), '2026-11-23', false],
    ['when there were such files', Date.UTC(1990, 0, 1), '1990-01-01', true],
    ['at the start of time, by a clock that was never set', 0, '2026-11-23', false],
    ['before the start of time', -dayMs, '2026-11-23', false],
  ])(
    'is filed under the day it was last changed, where that can be believed: %s',
    (_, atMs, day, isBelieved) => {
      expect(describeFile('/a.mp4', atMs)).toMatchObject({ day, modifiedAtMs: isBelieved ? atMs : null });
    },
  );
});
