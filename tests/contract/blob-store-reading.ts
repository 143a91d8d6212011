import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import type { BlobStoreSetting } from './blob-store-setting.ts';

/** How the bytes of blobs are read. */
export function describeReading(setting: BlobStoreSetting): void {
  describe('reads', () => {
    it('a blob of no bytes as none', async () => {
      const ref = await setting.hold('');
      expect(await setting.read(ref)).toHaveLength(0);
    });

    it('a large blob whole, in pieces that fit into memory', async () => {
      const content = randomBytes(3_000_001);
      const ref = await setting.hold(content);
      expect((await setting.read(ref)).equals(content)).toBe(true);
    });

    it('exactly the range that is asked for', async () => {
      const content = randomBytes(600_000);
      const ref = await setting.hold(content);
      const edges = [0, 1, 255_999, 256_000, 262_143, 262_144, 262_145, 524_288, 599_998, 599_999];
      const anyOffset = fc.oneof(fc.constantFrom(...edges), fc.nat(599_999));
      await fc.assert(
        fc.asyncProperty(anyOffset, anyOffset, async (a, b) => {
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const bytes = await setting.read(ref, range);
          expect(bytes.equals(content.subarray(range.start, range.end + 1))).toBe(true);
        }),
        { numRuns: 60 },
      );
    });

    it('nothing where the range is empty', async () => {
      const ref = await setting.hold('some bytes');
      expect(await setting.read(ref, { start: 4, end: 3 })).toHaveLength(0);
      expect(await setting.read(ref, { start: 0, end: -1 })).toHaveLength(0);
    });

    it('no less than was asked for: a blob that is shorter is cut off, and says so', async () => {
      const ref = await setting.hold('some bytes');
      const expected = { name: 'ReelholdError', kind: 'corrupt', side: 'vault' };
      await expect(setting.read(ref, { start: 5, end: 10 })).rejects.toMatchObject(expected);
      await expect(setting.read(ref, { start: 10, end: 10 })).rejects.toMatchObject(expected);
    });

    it('nothing of a blob that is not there, and says so', async () => {
      const ref = { digest: digestOf('never'), ext: 'mp4' };
      await expect(setting.read(ref)).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
    });

    it('only as far as somebody listens', async () => {
      const ref = await setting.hold(randomBytes(1_000_000));
      for await (const chunk of setting.store.read(ref)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await setting.read(ref)).toHaveLength(1_000_000);
    });
  });

  describe('lists', () => {
    it('nothing where there is nothing', async () => {
      expect(await setting.list()).toEqual([]);
    });

    it('every blob once, and none that was lost', async () => {
      const refs = [];
      for (let n = 0; n < 20; n += 1) refs.push(await setting.hold(`content ${n}`, n % 3 === 0 ? '' : 'mkv'));
      const [lost, ...rest] = refs;
      if (lost !== undefined) setting.harness.lose(lost);
      const listed = (await setting.list()).map(({ digest, ext }) => `${digest}.${ext}`);
      expect(listed.sort()).toEqual(rest.map(({ digest, ext }) => `${digest}.${ext}`).sort());
    });
  });
}
