import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '#core/plan-intake.ts';
import type { Journal } from '#core/ports/journal.ts';
import { digestOf } from '#tests/support/digests.ts';
import { type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { readJournal, segmentOf, versionFacts, videoFacts, writer } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
let isJournalFull: boolean;

const wrapJournal = (journal: Journal): Journal => ({
  ...journal,
  append: (...args) => (isJournalFull ? Promise.reject(new Error('no space')) : journal.append(...args)),
});

beforeEach(() => {
  isJournalFull = false;
  archive = openMemoryArchive(folder.path, { journal: wrapJournal });
});
afterEach(() => archive[Symbol.dispose]());

const draftsOf = (video: string): Draft[] => [
  { facts: videoFacts(video), index: [] },
  {
    facts: versionFacts(video),
    index: [{ digest: digestOf(`${video}.1`), ext: 'mp4', readablePath: `${video}.mp4` }],
  },
];
const commit = <T>(drafts: readonly Draft[], also: () => T) =>
  archive.ledger.commit(() => ({ drafts, also }));
const records = () => readJournal(archive.journal);

describe('an entry of the ledger', () => {
  it('gets its sequence, writer and time, and its index rows the same sequence', async () => {
    await commit(draftsOf('rome'), () => undefined);
    const stamped = await records();
    expect(stamped.map(({ seq, writer: by }) => [seq, by])).toEqual([
      [1, writer],
      [2, writer],
    ]);
    expect(stamped[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(archive.journal.index).toMatchObject([{ seq: 2, readablePath: 'rome.mp4' }]);
  });

  it('goes on from the largest sequence that was ever seen, of whatever writer', async () => {
    archive.catalogue.archive.apply(
      segmentOf([], '{"seq":900,"writer":"ffffffffffff","at":"","kind":"later"}'),
    );
    await commit(draftsOf('rome'), () => undefined);
    expect((await records()).map(({ seq }) => seq)).toEqual([901, 902]);
  });

  it('is in the journal before anybody is told, and its other writes are in the same transaction', async () => {
    const seen = await commit(draftsOf('rome'), () => ({
      isOpen: archive.database.sqlite.inTransaction,
      isHeld: archive.catalogue.archive.isHeld(digestOf('rome.1')),
      segments: archive.database.sqlite.prepare('SELECT count(*) FROM segments').pluck().get(),
    }));
    expect(seen).toEqual({ isOpen: true, isHeld: true, segments: 1 });
  });

  it('without records writes no segment', async () => {
    expect(await commit([], () => 'done')).toBe('done');
    expect(await archive.journal.list()).toEqual([]);
  });

  it('is planned when all before it are done', async () => {
    const planned: boolean[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((video, index, all) =>
        archive.ledger.commit(() => {
          planned.push(index === 0 || archive.catalogue.archive.isHeld(digestOf(`${all[index - 1]}.1`)));
          return { drafts: draftsOf(video), also: () => undefined };
        }),
      ),
    );
    expect(planned).toEqual([true, true, true]);
    expect((await records()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('what has to be done while nothing is half-way', () => {
  it('waits for the entry before it, and holds up the one behind it', async () => {
    const order: string[] = [];
    const note = (what: string) => () => {
      order.push(what);
    };
    await Promise.all([
      commit(draftsOf('rome'), note('first')),
      archive.ledger.between(async () => {
        order.push('begins');
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push('ends');
      }),
      commit(draftsOf('oslo'), note('second')),
    ]);
    expect(order).toEqual(['first', 'begins', 'ends', 'second']);
  });
});

describe('an entry that fails', () => {
  it('in its plan changes nothing, and the next one goes on', async () => {
    const broken = archive.ledger.commit(() => {
      throw new Error('no plan');
    });
    await expect(broken).rejects.toThrow('no plan');
    await commit(draftsOf('rome'), () => undefined);
    expect((await records()).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('in the journal changes nothing', async () => {
    isJournalFull = true;
    await expect(commit(draftsOf('rome'), () => undefined)).rejects.toThrow('no space');
    expect(archive.catalogue.archive.isHeld(digestOf('rome.1'))).toBe(false);
    isJournalFull = false;
    await commit(draftsOf('rome'), () => undefined);
    // What failed may stand on the disk all the same: its numbers are not given out twice.
    expect((await records()).map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it('in its transaction is in the journal all the same, and comes before whatever is next', async () => {
    const broken = commit(draftsOf('rome'), () => {
      throw new Error('the catalogue is full');
    });
    await expect(broken).rejects.toThrow('the catalogue is full');
    expect(archive.catalogue.archive.isHeld(digestOf('rome.1'))).toBe(false);
    const isHeld = await archive.ledger.commit(() => {
      const held = archive.catalogue.archive.isHeld(digestOf('rome.1'));
      return { drafts: draftsOf('oslo'), also: () => held };
    });
    expect(isHeld).toBe(true);
    expect((await records()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});
