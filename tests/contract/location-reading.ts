import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LocationSetting, neverBrought, untouched } from './location-setting.ts';

/** What can be learned of a place: lists, proofs, bytes. */
export function describePlaceReading(setting: LocationSetting): void {
  beforeEach(() => setting.prepare());
  const canProve = () => setting.harness.proves !== 'never';

  describe('lists', () => {
    it('nothing at first', async () => {
      for (const folder of ['blobs', 'journal', 'index'] as const)
        expect(await setting.list(folder)).toEqual([]);
    });

    it('each file of a folder by its path, with its size, and none of another', async () => {
      const files = [await setting.hold('one'), await setting.hold('another'), await setting.hold('')];
      const segment = await setting.hold('{"seq":1}\n', 'journal/0123456789ab-000000000001.jsonl');
      const expected = files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
      const listed = await setting.list('blobs');
      expect(listed.map(({ path, sizeBytes }) => ({ path, sizeBytes }))).toEqual(
        expected.sort((a, b) => (a.path < b.path ? -1 : 1)),
      );
      expect(await setting.list('journal')).toMatchObject([{ path: segment.path, sizeBytes: 10 }]);
    });

    it('the same hashes as when the file was brought, and others where it was changed', async () => {
      const file = setting.file('some bytes');
      const [outcome] = await setting.put([file]);
      const brought = outcome?.kind === 'stored' ? outcome.hashes : {};
      const [before] = await setting.list('blobs');
      for (const [type, hash] of Object.entries(before?.hashes ?? {}))
        expect(brought[type] ?? hash).toBe(hash);
      await setting.harness.damage(file.path);
      const [after] = await setting.list('blobs');
      for (const [type, hash] of Object.entries(after?.hashes ?? {}))
        expect(before?.hashes[type]).not.toBe(hash);
    });

    it('no longer what is gone', async () => {
      const file = await setting.hold('some bytes');
      await setting.harness.lose(file.path);
      expect(await setting.list('blobs')).toEqual([]);
    });
  });

  describe('reads back', () => {
    it('each copy in its order: good, corrupt, cut off, missing', async () => {
      if (!canProve()) return;
      const [good, bad, cut] = [
        await setting.hold('good'),
        await setting.hold('bad'),
        await setting.hold('cut off'),
      ];
      await setting.harness.damage(bad.path);
      await setting.harness.cut(cut.path, 3);
      const findings = await setting.location.prove([good, bad, neverBrought(), cut, good], {
        signal: untouched,
      });
      expect(findings.map(({ kind }) => kind)).toEqual(['good', 'corrupt', 'missing', 'corrupt', 'good']);
    });

    it.each([
      ['the first byte', 0],
      ['a byte in the middle', 150_000],
      ['the last byte', 299_999],
    ])('a copy as corrupt where a bit is turned over in %s', async (_, at) => {
      if (!canProve()) return;
      const file = await setting.hold('x'.repeat(300_000));
      await setting.harness.damage(file.path, at);
      expect(await setting.prove(file)).toBe('corrupt');
    });

    it('nothing once it is called off', async () => {
      const file = await setting.hold('some bytes');
      const proving = setting.location.prove([file], { signal: AbortSignal.abort() });
      const kinds = await proving.then(
        (findings) => findings.map((finding) => finding.kind),
        () => ['unknown'],
      );
      expect(kinds).toEqual(['unknown']);
    });
  });

  describe('fetches', () => {
    it.each([
      ['of some bytes', Buffer.from('some bytes')],
      ['of none', Buffer.alloc(0)],
      ['of several megabytes', Buffer.alloc(2 * 1024 * 1024 + 7, 'abc')],
    ])('a file %s as it stands there', async (_, bytes) => {
      expect(await setting.fetched(await setting.hold(bytes))).toEqual(bytes);
    });

    it('damaged bytes too: whoever asked for them compares', async () => {
      const file = await setting.hold('some bytes');
      await setting.harness.damage(file.path);
      const result = await setting.fetched(file).catch((error: unknown) => error);
      if (!(result instanceof Error)) expect(result).toEqual(await setting.harness.content(file.path));
    });

    it('nothing over a file that is there', async () => {
      const file = await setting.hold('some bytes');
      const target = setting.target();
      writeFileSync(target, 'mine');
      await expect(setting.location.fetch(file, target, { signal: untouched })).rejects.toMatchObject({
        name: 'ReelholdError',
      });
      expect(await readFile(target, 'utf8')).toBe('mine');
    });

    it('nothing where it cannot be put, which is said of that disk and not of the place', async () => {
      const file = await setting.hold('some bytes');
      const nowhere = join(setting.target(), 'in a folder that is not there');
      await expect(setting.location.fetch(file, nowhere, { signal: untouched })).rejects.toMatchObject({
        side: 'vault',
      });
    });

    it('what is missing: that fails, and says so', async () => {
      await expect(setting.fetched(neverBrought())).rejects.toMatchObject({ kind: 'missing' });
    });
  });

  describe('reads', () => {
    it('a small file as a whole, and nothing where there is none', async () => {
      const index = await setting.hold('a\tb\n', 'index/0123456789ab-000000000001.tsv');
      expect(Buffer.from((await setting.location.read(index.path, untouched)) ?? [])).toEqual(
        Buffer.from('a\tb\n'),
      );
      expect(await setting.location.read('index/never.tsv', untouched)).toBeNull();
      expect(await setting.location.read('never/never.tsv', untouched)).toBeNull();
    });
  });
}
