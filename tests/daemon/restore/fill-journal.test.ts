import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { translateError } from '#core/errors.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import { indexNameOf } from '#core/segment-name.ts';
import { fillJournal } from '#daemon/restore/fill-journal.ts';
import { makeSegment } from '#store/make-segment.ts';
import type { ArchiveCopy } from '#tests/support/archive-copy.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useFillBench } from '#tests/support/fill-bench.ts';
import { recordOf, segmentOf, videoFacts } from '#tests/support/records.ts';

const { signal } = new AbortController();
const bench = useFillBench();
const { root, deps } = bench;
let copy: ArchiveCopy;
beforeEach(() => {
  copy = bench.copy;
});

const standing = (folderName: 'journal' | 'index', name: string) =>
  readFileSync(join(root(), folderName, name), 'utf8');
/** Three segments with their indexes, in their order. */
const holdSegments = () => {
  const make = (title: string, seq: number) => {
    const index = { digest: digestOf(title), ext: 'mp4', readablePath: `2026/${title}.mp4`, seq };
    const segment = makeSegment([recordOf(videoFacts(title), seq)], [index]);
    copy.place.files.set(`journal/${segment.name}`, segment.content);
    copy.place.files.set(`index/${indexNameOf(segment.name)}`, segment.index);
    return segment;
  };
  return [make('Rome', 1), make('Oslo', 2), make('Bern', 3)] as const;
};
/** The copy, with a bad sector below one of its files. */
const failingAt = (bad: string): ArchiveSource => ({
  ...copy.source,
  read(path, ...rest) {
    if (path !== bad) return copy.source.read(path, ...rest);
    const facts = { operation: 'read', object: path, side: 'source' } as const;
    return Promise.reject(translateError(Object.assign(new Error('i/o'), { code: 'EIO' }), facts));
  },
});

describe('the journal of a vault that is filled from a copy', () => {
  it('gets the journal and its index, damaged parts as they are, and no other file', async () => {
    const { name, content: bytes, index } = segmentOf([recordOf(videoFacts('Rome'), 1)]);
    const damaged = name.replace(/[0-9a-f]{64}/, 'f'.repeat(64));
    copy.place.files.set(`journal/${name}`, bytes);
    copy.place.files.set(`journal/${damaged}`, Buffer.from('half a li'));
    copy.place.files.set(`index/${name.replace('.jsonl', '.tsv')}`, index);
    copy.place.files.set('journal/notes.txt', Buffer.from('x'));
    copy.place.files.set('journal/../../evil.jsonl', Buffer.from('x'));
    const filled = await fillJournal(deps(), signal);
    expect([...filled.segments].sort()).toEqual([name, damaged].sort());
    expect(filled.unreadable).toEqual([]);
    expect(readdirSync(join(root(), 'journal')).sort()).toEqual([name, damaged].sort());
    expect(readFileSync(join(root(), 'journal', name))).toEqual(bytes);
    expect(readdirSync(join(root(), 'index'))).toHaveLength(1);
  });

  it('goes on without a segment that cannot be read, and has it empty, so that nobody takes it for whole', async () => {
    const [first, second, third] = holdSegments();
    copy.place.files.delete(`journal/${second.name}`);
    const source = failingAt(`journal/${first.name}`);
    expect(await fillJournal(deps({ source }), signal)).toMatchObject({
      segments: expect.arrayContaining([first.name, second.name, third.name]),
      unreadable: [
        { path: `journal/${first.name}`, why: expect.stringContaining('the disk reports an error') },
        { path: `journal/${second.name}`, why: 'only its index is there' },
      ],
    });
    expect(standing('journal', first.name)).toBe('');
    expect(standing('journal', second.name)).toBe('');
    expect(standing('journal', third.name)).toBe(String(third.content));
    expect(readdirSync(join(root(), 'index'))).toHaveLength(3);
    copy.place.files.set(`journal/${second.name}`, second.content);
    expect(await fillJournal(deps(), signal)).toMatchObject({ unreadable: [] });
    expect(standing('journal', first.name)).toBe(String(first.content));
    expect(standing('journal', second.name)).toBe(String(second.content));
    expect(readdirSync(join(root(), 'quarantine'))).toEqual([]);
  });

  it('lacks nothing where an index cannot be read, or where the last one stands without its segment', async () => {
    const [first, , last] = holdSegments();
    copy.place.files.delete(`journal/${last.name}`);
    const source = failingAt(`index/${indexNameOf(first.name)}`);
    expect(await fillJournal(deps({ source }), signal)).toMatchObject({ unreadable: [] });
    expect(readdirSync(join(root(), 'index'))).toHaveLength(2);
    expect(readdirSync(join(root(), 'journal'))).toHaveLength(2);
  });

  it('takes a copy that went away for gone, and not for one of which nothing can be read', async () => {
    const [first] = holdSegments();
    const requireSource = () => Promise.reject(new Error('gone'));
    const failing = failingAt(`journal/${first.name}`);
    await expect(fillJournal(deps({ source: failing, requireSource }), signal)).rejects.toThrow('gone');
    // A folder whose disk was unplugged is empty, and answers as if nothing had ever been there.
    const emptied = { ...copy.source, read: async () => null };
    await expect(fillJournal(deps({ source: emptied, requireSource }), signal)).rejects.toThrow('gone');
  });

  it('believes no part of the journal that stands there by its size', async () => {
    const [first, second] = holdSegments();
    await fillJournal(deps(), signal);
    const spoil = (path: string) => {
      const bytes = readFileSync(join(root(), path));
      bytes[3] = 0;
      rmSync(join(root(), path));
      writeFileSync(join(root(), path), bytes);
    };
    spoil(`journal/${first.name}`);
    spoil(`index/${indexNameOf(first.name)}`);
    spoil(`journal/${second.name}`);
    copy.place.files.set(`journal/${second.name}`, Buffer.from('damaged there too'));
    const asked: string[] = [];
    const source: ArchiveSource = {
      ...copy.source,
      read(path, ...rest) {
        asked.push(path);
        return copy.source.read(path, ...rest);
      },
    };
    await fillJournal(deps({ source }), signal);
    expect(standing('journal', first.name)).toBe(String(first.content));
    expect(standing('index', indexNameOf(first.name))).toBe(String(first.index));
    expect(standing('journal', second.name)).not.toBe('damaged there too');
    expect(readdirSync(join(root(), 'quarantine'))).toHaveLength(2);
    // What stands there as it was written is not asked for again.
    expect(asked).toHaveLength(3);
  });

  it('gets an index again that was emptied, and keeps one of which the copy has less', async () => {
    const [first, second] = holdSegments();
    await fillJournal(deps(), signal);
    const path = `index/${indexNameOf(first.name)}`;
    rmSync(join(root(), path));
    writeFileSync(join(root(), path), '');
    copy.place.files.set(`index/${indexNameOf(second.name)}`, Buffer.from(''));
    await fillJournal(deps(), signal);
    for (const { name, index } of [first, second])
      expect(standing('index', indexNameOf(name))).toBe(String(index));
  });
});
