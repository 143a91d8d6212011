import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatIndexRow } from '#core/index-row.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import type { Journal } from '#core/ports/journal.ts';
import { parseSegmentName } from '#core/segment-name.ts';
import { readRecords } from '#core/segment-records.ts';
import { recordOf, segmentOf, versionFacts, videoFacts, writer } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

/** The obligations of the port, for whoever implements it; `open` makes an empty journal, or the one that is there. */
export function describeJournal(name: string, open: (folder: string) => Journal): void {
  describe(`the journal ${name}`, () => {
    const folder = useTempFolder();
    let journal: Journal;
    beforeEach(() => {
      mkdirSync(join(folder.path, 'vault'));
      journal = open(join(folder.path, 'vault'));
    });

    const record = (seq: number, by = writer): JournalRecord => recordOf(videoFacts(`video ${seq}`), seq, by);

    it('has no segments at first', async () => {
      expect(await journal.list()).toEqual([]);
    });

    it('gives back what was appended, whole and in order', async () => {
      const records = [record(1), recordOf(versionFacts('video 1'), 2), record(3)];
      const segment = await journal.append(records, []);
      expect(await journal.list()).toEqual([segment.name]);
      expect(await journal.read(segment.name)).toEqual({ ...segment, isWhole: true });
      expect(readRecords(segment.content)).toEqual(records);
    });

    it('names a segment by its writer, its first sequence and its content', async () => {
      const segment = await journal.append([record(42), record(43)], []);
      expect(parseSegmentName(segment.name)).toMatchObject({ writer, seq: 42 });
      const other = await journal.append([record(42), record(44)], []);
      expect(other.name).not.toBe(segment.name);
    });

    it.each([
      '',
      ' ',
      'a\nb\r\nc',
      '\u2028\u2029',
      '\0',
      '"\\',
      '\uD800 and \uDC80',
      '🎂',
      '\uFFFD',
      '\uFEFF',
    ])('gives back any text as it was: %j', async (title) => {
      const records = [recordOf({ ...videoFacts('v'), title }, 1), record(2)];
      const segment = await journal.append(records, []);
      const { content, isWhole } = await journal.read(segment.name);
      expect([readRecords(content), isWhole]).toEqual([records, true]);
    });

    it('lists the oldest sequence first, of whatever writer, and each segment once', async () => {
      const others = ['000000000001', 'ffffffffffff'];
      for (const seq of [30, 2, 11, 100, 1]) await journal.append([record(seq)], []);
      for (const by of others.toReversed()) await journal.append([record(11, by)], []);
      await journal.append([record(2)], []);
      const listed = (await journal.list()).map((name) => parseSegmentName(name));
      expect(listed.map((segment) => segment?.seq)).toEqual([1, 2, 11, 11, 11, 30, 100]);
      expect(listed.slice(2, 5).map((segment) => segment?.writer)).toEqual([others[0], writer, others[1]]);
    });

    it('keeps segments apart from what the caller does to his records afterwards', async () => {
      const records = [record(1)];
      const segment = await journal.append(records, []);
      records.push(record(2));
      expect(readRecords((await journal.read(segment.name)).content)).toHaveLength(1);
    });

    it('says which segments have an index', async () => {
      const row = { digest: versionFacts('v').digest, ext: 'mp4', readablePath: 'v.mp4', seq: 1 };
      const segment = await journal.append([record(1)], [row]);
      expect(await journal.listIndexed()).toEqual(new Set([segment.name]));
      expect(new TextDecoder().decode(segment.index)).toBe(`${formatIndexRow(row)}\n`);
    });

    it('says how large segments and their indexes are', async () => {
      const row = { digest: versionFacts('v').digest, ext: 'mp4', readablePath: 'v.mp4', seq: 1 };
      const [second, first] = [
        await journal.append([record(2)], []),
        await journal.append([record(1)], [row]),
      ];
      const sizes = await journal.measure();
      expect([...sizes.keys()]).toEqual([first.name, second.name]);
      expect(sizes.get(first.name)).toEqual({ content: first.content.length, index: first.index.length });
      expect(sizes.get(second.name)).toEqual({ content: second.content.length, index: 0 });
    });

    it('takes a segment that it never had, and its own again, just as they were', async () => {
      const segment = segmentOf([record(7), record(8)]);
      await journal.mend(segment);
      await journal.mend(segment);
      expect(await journal.list()).toEqual([segment.name]);
      expect(await journal.read(segment.name)).toEqual({ ...segment, isWhole: true });
    });

    it('puts an index aside whose segment never came', async () => {
      const segment = await journal.append([record(1)], []);
      await journal.withdrawIndex(segment.name);
      expect((await journal.listIndexed()).size + (await journal.list()).length).toBeLessThan(3);
    });

    it('never takes a segment of no records', async () => {
      await expect(journal.append([], [])).rejects.toThrow(RangeError);
      expect(await journal.list()).toEqual([]);
    });

    it('fails to read what is not there, and says so', async () => {
      const segment = await journal.append([record(1)], []);
      await expect(journal.read(segment.name.replace('000000000001', '000000000002'))).rejects.toMatchObject({
        name: 'ReelholdError',
        kind: 'missing',
        side: 'vault',
      });
    });
  });
}
