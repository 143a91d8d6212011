import { rmSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MutableName } from '#core/ports/location.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type LocationSetting, neverBrought, untouched } from './location-setting.ts';

const bigBytes = Buffer.alloc(3 * 1024 * 1024 + 1, 'some bytes that go on ');

/** How files come to a place, and what never happens to those that stand there. */
export function describePutting(setting: LocationSetting): void {
  beforeEach(() => setting.prepare());
  const content = (path: string) => setting.harness.content(path);
  const proofAtOnce = () => (setting.harness.proves === 'at-once' ? /^(read-back|provider)$/ : /^null$/);

  describe('brings', () => {
    it.each([
      ['of some bytes', 'some bytes'],
      ['of none', ''],
      ['of several megabytes', bigBytes],
    ])('a file %s, and proves it as far as it can', async (_, bytes) => {
      const file = setting.file(bytes);
      const [outcome] = await setting.put([file]);
      expect(outcome?.kind).toBe('stored');
      expect(await content(file.path)).toEqual(Buffer.from(bytes));
      expect(String(outcome?.kind === 'stored' && outcome.proof)).toMatch(proofAtOnce());
      expect(await setting.prove(file)).toBe(setting.harness.proves === 'never' ? 'unsupported' : 'good');
    });

    it('segments and their indexes, of no lines too', async () => {
      const segment = setting.file('{"seq":1}\n', 'journal/0123456789ab-000000000001.jsonl');
      const index = setting.file('', 'index/0123456789ab-000000000001.tsv');
      expect((await setting.put([segment, index])).map(({ kind }) => kind)).toEqual(['stored', 'stored']);
      expect(await content(segment.path)).toEqual(Buffer.from('{"seq":1}\n'));
      expect(await content(index.path)).toEqual(Buffer.alloc(0));
    });

    it('many at once, and says of each in their order what became of it', async () => {
      const good = Array.from({ length: 12 }, (_, index) => setting.file(`file ${index}`));
      const bad = { ...setting.file('bad bytes'), digest: digestOf('good bytes') };
      const gone = setting.file('gone');
      rmSync(gone.source);
      const [first, ...rest] = good;
      if (first === undefined) throw new Error('there is a first file');
      const outcomes = await setting.put([first, bad, gone, ...rest]);
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        ...['stored', 'bad-source', 'failed'],
        ...rest.map(() => 'stored'),
      ]);
      for (const file of good) expect((await content(file.path))?.length).toBe(file.sizeBytes);
      expect(await content(bad.path)).toBeNull();
    });

    it('none: that is done at once', async () => {
      expect(await setting.put([])).toEqual([]);
    });

    it('them and tells how far it is', async () => {
      const files = [setting.file(bigBytes), setting.file('some bytes')];
      const told: number[] = [];
      await setting.location.put(files, {
        signal: untouched,
        onProgress: (bytesDone) => told.push(bytesDone),
      });
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told.at(-1) ?? 0).toBeLessThanOrEqual(bigBytes.length + 10);
    });
  });

  describe('leaves', () => {
    it('what stands there already, and says so', async () => {
      const file = await setting.hold('some bytes');
      const [again] = await setting.put([file]);
      expect(again?.kind).toBe('there');
      expect(await content(file.path)).toEqual(Buffer.from('some bytes'));
    });

    it('what was cut off under its name, and says that it differs', async () => {
      const file = await setting.hold('some bytes');
      await setting.harness.cut(file.path, 4);
      expect((await setting.put([file])).map(({ kind }) => kind)).toEqual(['differs']);
      expect((await content(file.path))?.length).toBe(4);
    });

    it('other bytes of the same size, and calls them neither stored nor proven', async () => {
      const file = await setting.hold('some bytes');
      await setting.harness.damage(file.path);
      const before = await content(file.path);
      const [again] = await setting.put([file]);
      expect(again?.kind).toMatch(/^(there|differs)$/);
      if (again?.kind === 'there') expect(again.proof).toBeNull();
      expect(await content(file.path)).toEqual(before);
    });

    it('nothing where the bytes at the source are wrong', async () => {
      const file = { ...setting.file('bad bytes'), digest: digestOf('good bytes') };
      expect((await setting.put([file])).map(({ kind }) => kind)).toEqual(['bad-source']);
      expect(await content(file.path)).toBeNull();
      expect(await setting.list('blobs')).toEqual([]);
    });

    it('nothing half-way where it is called off, or what can be told from the whole', async () => {
      const file = setting.file(bigBytes);
      const stop = new AbortController();
      const putting = setting.location.put([file], { signal: stop.signal, onProgress: () => stop.abort() });
      await putting.catch(() => undefined);
      const [again] = await setting.put([file]);
      if (again?.kind === 'differs') {
        await setting.location.replaceUnproven(file, { signal: untouched });
      } else expect(again?.kind).toMatch(/^(stored|there)$/);
      expect(await content(file.path)).toEqual(bigBytes);
    });

    it('everything as it is where it is called off before it began', async () => {
      const file = setting.file('some bytes');
      const [outcome] = await setting.put([file], AbortSignal.abort());
      expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'aborted' } });
      expect(await content(file.path)).toBeNull();
    });
  });

  describe('changes', () => {
    it.each<MutableName>(['README.txt', 'OPEN-ME.html'])('%s as often as it is asked', async (name) => {
      for (const text of ['first', 'second and longer', '3rd']) {
        await setting.location.putMutable(name, new TextEncoder().encode(text), untouched);
        expect(await content(name)).toEqual(Buffer.from(text));
      }
    });

    it.each(['archive.json', 'restore.sh', '../README.txt', 'blobs/README.txt'])('never %s', async (name) => {
      const before = await content('archive.json');
      const changing = setting.location.putMutable(name as MutableName, Buffer.from('other'), untouched);
      await expect(changing).rejects.toThrow();
      expect(await content('archive.json')).toEqual(before);
    });
  });

  describe('replaces', () => {
    it.each<[string, (path: string) => Promise<void>]>([
      ['cut off', (path) => setting.harness.cut(path, 4)],
      ['damaged', (path) => setting.harness.damage(path)],
      ['gone', (path) => setting.harness.lose(path)],
    ])('what is %s by good bytes', async (_, spoil) => {
      const file = await setting.hold('some bytes');
      await spoil(file.path);
      const outcome = await setting.location.replaceUnproven(file, { signal: untouched });
      expect(outcome.kind).toBe('stored');
      expect(await content(file.path)).toEqual(Buffer.from('some bytes'));
      expect(await setting.prove(file)).toBe(setting.harness.proves === 'never' ? 'unsupported' : 'good');
    });

    it.each([
      ['damaged', (path: string) => setting.harness.damage(path)],
      ['cut off', (path: string) => setting.harness.cut(path, 4)],
    ] as const)('the script that restores, where it is %s', async (_, spoil) => {
      const file = { ...setting.file('#!/bin/sh\n'), path: 'restore.sh' };
      await setting.location.put([file], { signal: untouched });
      const there = await content('restore.sh');
      const script = { ...setting.file(there?.toString() ?? ''), path: 'restore.sh' };
      await spoil('restore.sh');
      expect((await setting.location.replaceUnproven(script, { signal: untouched })).kind).toBe('stored');
      expect(await content('restore.sh')).toEqual(there);
    });

    it('nothing by bytes that are bad themselves', async () => {
      const file = await setting.hold('some bytes');
      await setting.harness.cut(file.path, 4);
      const bad = { ...setting.file('bad bytes!'), path: file.path, digest: file.digest };
      expect(await setting.location.replaceUnproven(bad, { signal: untouched })).toEqual({
        kind: 'bad-source',
      });
      expect((await content(file.path))?.length).toBe(4);
    });
  });

  describe('erases', () => {
    it('the blobs that are named, and no others', async () => {
      const [one, other] = [await setting.hold('one'), await setting.hold('other')];
      await setting.location.erase([one, neverBrought()], untouched);
      expect(await content(one.path)).toBeNull();
      expect(await content(other.path)).toEqual(Buffer.from('other'));
      await setting.location.erase([one], untouched);
    });

    it.each(['archive.json', 'journal/0123456789ab-000000000001.jsonl', 'blobs/../archive.json', 'blobs'])(
      'nothing that is no blob: %s',
      async (path) => {
        await setting.hold('{"seq":1}\n', 'journal/0123456789ab-000000000001.jsonl');
        await expect(setting.location.erase([{ path }], untouched)).rejects.toThrow();
        expect(await content('archive.json')).not.toBeNull();
        expect(await content('journal/0123456789ab-000000000001.jsonl')).not.toBeNull();
      },
    );
  });
}
