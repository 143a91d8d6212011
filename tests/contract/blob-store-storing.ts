import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { type BlobStoreSetting, untouched } from './blob-store-setting.ts';

/** How staged bytes become blobs, and how bad ones are replaced. */
export function describeStoring(setting: BlobStoreSetting): void {
  const verify = (bytes: string, ext = 'mp4') =>
    setting.store.verify({ digest: digestOf(bytes), ext }, untouched);
  const listed = async () => {
    const blobs = await setting.list();
    return blobs.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  };

  describe('makes blobs', () => {
    it('of staged bytes, which are staged no longer', async () => {
      const ref = await setting.hold('some bytes');
      expect(await setting.read(ref)).toEqual(Buffer.from('some bytes'));
      expect(await verify('some bytes')).toBe('good');
      expect(await listed()).toEqual([{ ...ref, sizeBytes: 10 }]);
      expect(setting.harness.stagedCount()).toBe(0);
    });

    it('of many at once, with and without an extension', async () => {
      const contents = Array.from({ length: 30 }, (_, index) => `content ${index}`);
      const items = await Promise.all(
        contents.map(async (content, index) => ({
          staged: await setting.stage(content),
          ext: index % 2 === 0 ? '' : 'mov',
        })),
      );
      await setting.store.store(items);
      const expected = items.map(({ staged, ext }) => ({
        digest: staged.digest,
        ext,
        sizeBytes: staged.sizeBytes,
      }));
      expect(await listed()).toEqual(expected.sort((a, b) => (a.digest < b.digest ? -1 : 1)));
    });

    it('of nothing: that is done at once', async () => {
      await setting.store.store([]);
      expect(await listed()).toEqual([]);
    });

    it('once of the same bytes that come twice, and the first to come chooses the extension', async () => {
      const [one, other] = [await setting.stage('same'), await setting.stage('same')];
      await setting.store.store([
        { staged: one, ext: 'mp4' },
        { staged: other, ext: 'mov' },
      ]);
      expect(await listed()).toEqual([{ digest: digestOf('same'), ext: 'mp4', sizeBytes: 4 }]);
      expect(setting.harness.stagedCount()).toBe(0);
    });

    it('not again of bytes that stand there already, unknown to anybody, and good', async () => {
      await setting.hold('same', 'mp4');
      await setting.hold('same', 'mp4');
      await setting.hold('same', 'mov');
      expect(await listed()).toEqual([{ digest: digestOf('same'), ext: 'mp4', sizeBytes: 4 }]);
      expect(setting.harness.stagedCount()).toBe(0);
      expect(setting.harness.quarantine()).toEqual([]);
    });

    it.each(['mp4', 'mov'])('in the place of one that stands there and is bad (as .%s)', async (ext) => {
      const ref = await setting.hold('same', 'mp4');
      setting.harness.damage(ref);
      await setting.hold('same', ext);
      expect(await verify('same')).toBe('good');
      expect(await listed()).toHaveLength(1);
      expect(setting.harness.quarantine()).toEqual([Buffer.from('rame')]);
      expect(setting.harness.stagedCount()).toBe(0);
    });

    it('of nothing that was discarded: that fails, and says whose fault it is', async () => {
      const staged = await setting.stage('gone');
      await setting.store.discard(staged);
      const stored = setting.store.store([{ staged, ext: 'mp4' }]);
      await expect(stored).rejects.toMatchObject({ name: 'ReelholdError', kind: 'missing', side: 'vault' });
      expect(await verify('gone')).toBe('missing');
    });

    it('that stay when what was staged is discarded later', async () => {
      const staged = await setting.stage('kept');
      await setting.store.store([{ staged, ext: '' }]);
      await setting.store.discard(staged);
      expect(await verify('kept', '')).toBe('good');
    });
  });

  describe('erases', () => {
    it('what is named, for ever, and nothing else; what is not there is no failure', async () => {
      const [gone, kept] = [await setting.hold('gone'), await setting.hold('kept')];
      await setting.store.erase([gone, { digest: digestOf('never'), ext: 'mp4' }]);
      expect(await verify('gone')).toBe('missing');
      expect(await verify('kept')).toBe('good');
      expect(await listed()).toEqual([{ ...kept, sizeBytes: 4 }]);
      expect(setting.harness.quarantine()).toEqual([]);
    });
  });

  describe('verifies', () => {
    it.each([
      ['the first byte', 0],
      ['a byte in the middle', 150_000],
      ['the last byte', 299_999],
    ])('a blob as corrupt where a bit is turned over in %s', async (_, at) => {
      const content = 'x'.repeat(300_000);
      const ref = await setting.hold(content);
      setting.harness.damage(ref, at);
      expect(await verify(content)).toBe('corrupt');
    });

    it('a blob as missing where it is gone, or never was', async () => {
      setting.harness.lose(await setting.hold('gone'));
      expect(await verify('gone')).toBe('missing');
      expect(await verify('never')).toBe('missing');
    });

    it('nothing once it is called off', async () => {
      const ref = await setting.hold('some bytes');
      await expect(setting.store.verify(ref, AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    });
  });

  describe('heals', () => {
    it('a bad blob by good bytes, and keeps the bad ones aside', async () => {
      const ref = await setting.hold('good bytes');
      setting.harness.damage(ref);
      await setting.store.heal(await setting.stage('good bytes'), ref);
      expect(await verify('good bytes')).toBe('good');
      expect(await setting.read(ref)).toEqual(Buffer.from('good bytes'));
      expect(setting.harness.quarantine()).toEqual([Buffer.from('food bytes')]);
      expect(setting.harness.stagedCount()).toBe(0);
    });

    it('a blob as often as it has to, and keeps all that was bad', async () => {
      const ref = await setting.hold('good bytes');
      for (let turn = 0; turn < 3; turn += 1) {
        setting.harness.damage(ref, turn);
        await setting.store.heal(await setting.stage('good bytes'), ref);
      }
      expect(setting.harness.quarantine()).toHaveLength(3);
      expect(await verify('good bytes')).toBe('good');
    });

    it('a blob that is gone, with nothing to keep aside', async () => {
      const ref = await setting.hold('good bytes');
      setting.harness.lose(ref);
      await setting.store.heal(await setting.stage('good bytes'), ref);
      expect(await verify('good bytes')).toBe('good');
      expect(setting.harness.quarantine()).toEqual([]);
    });

    it('nothing by bytes that are not staged: the bad ones stay where they are', async () => {
      const ref = await setting.hold('good bytes');
      setting.harness.damage(ref);
      const staged = await setting.stage('good bytes');
      await setting.store.discard(staged);
      await expect(setting.store.heal(staged, ref)).rejects.toMatchObject({ kind: 'missing', side: 'vault' });
      expect(await setting.read(ref)).toEqual(Buffer.from('food bytes'));
    });

    it('nothing by other bytes than the blob has', async () => {
      const ref = await setting.hold('good bytes');
      const staged = await setting.stage('other bytes');
      await expect(setting.store.heal(staged, ref)).rejects.toThrow(RangeError);
      expect(await verify('good bytes')).toBe('good');
    });
  });
}
