import { describe, expect, it } from 'vitest';
import type { LibraryEntry } from '#core/ports/library.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const rows = () => open.catalogue.library;
const staleIds = (limit = 100) =>
  rows()
    .stale(limit)
    .map(({ id }) => id)
    .sort();

const entry = (path: string, change: Partial<LibraryEntry> = {}): LibraryEntry => ({
  path,
  digest: digestOf('rome.1'),
  ext: 'mp4',
  link: 'hardlink',
  fingerprint: 'f',
  ...change,
});

function fill(...videos: readonly string[]): void {
  const records = videos.flatMap((video, index) => [
    recordOf(videoFacts(video), 2 * index + 1),
    recordOf(versionFacts(video), 2 * index + 2),
  ]);
  open.catalogue.archive.apply(segmentOf(records));
}

describe('a video', () => {
  it('has to be shown when it is new, and again when it gets a version or goes to the trash', () => {
    fill('rome', 'oslo');
    expect(staleIds()).toEqual(['oslo', 'rome']);
    rows().markFresh('rome');
    rows().markFresh('oslo');
    expect(staleIds()).toEqual([]);
    open.catalogue.archive.apply(segmentOf([recordOf(versionFacts('rome', 2), 10)]));
    expect(staleIds()).toEqual(['rome']);
    rows().markFresh('rome');
    open.catalogue.archive.apply(segmentOf([recordOf({ kind: 'trash', video: 'oslo', trashed: true }, 11)]));
    expect(rows().stale(9)).toMatchObject([{ id: 'oslo', trashed: true }]);
  });

  it('comes with all that the tree needs to know', () => {
    fill('rome');
    const { version: _, number: __, role: ___, how: ____, ...file } = versionFacts('rome');
    open.catalogue.archive.apply(
      segmentOf([
        recordOf(versionFacts('rome', 2, { ext: 'mov' }), 10),
        recordOf({ ...file, kind: 'part', part: 'p', partKind: 'raw', name: 'Take.mov' }, 11),
      ]),
    );
    expect(rows().stale(9)).toEqual([
      {
        id: 'rome',
        title: 'rome',
        folder: '2026/2026-11-22 rome',
        trashed: false,
        versions: [
          { number: 1, digest: digestOf('rome.1'), ext: 'mp4', role: 'master' },
          { number: 2, digest: digestOf('rome.2'), ext: 'mov', role: 'master' },
        ],
        parts: [
          { part: 'p', kind: 'raw', digest: digestOf('rome.1'), ext: 'mp4', name: 'Take.mov', path: null },
        ],
      },
    ]);
  });

  it('comes in small portions where there are many', () => {
    fill('a', 'b', 'c');
    expect(rows().stale(2)).toHaveLength(2);
    for (const id of staleIds(2)) rows().markFresh(id);
    expect(rows().stale(2)).toHaveLength(1);
    rows().markAllStale();
    expect(staleIds()).toEqual(['a', 'b', 'c']);
  });
});

describe('an entry of the tree', () => {
  it('is one row for each path, as it was last made', () => {
    rows().put('rome', entry('2026/a.mp4'));
    rows().setState('2026/a.mp4', 'written');
    rows().put(
      'oslo',
      entry('2026/a.mp4', { digest: digestOf('oslo.1'), link: 'reflink', fingerprint: 'g' }),
    );
    expect(rows().entriesOf('rome')).toEqual([]);
    expect(rows().entriesOf('oslo')).toEqual([
      {
        ...entry('2026/a.mp4', { digest: digestOf('oslo.1'), link: 'reflink', fingerprint: 'g' }),
        state: 'untouched',
      },
    ]);
  });

  it('is found by its path, and forgotten', () => {
    rows().put('rome', entry('a'));
    expect(rows().entryAt('a')).toMatchObject(entry('a'));
    rows().drop('a');
    expect(rows().entryAt('a')).toBeNull();
  });

  it('comes in pages that leave none out and show none twice', () => {
    const paths = ['a', 'a b', 'a/b', 'B', 'é', '\uFF5E', '🎂', 'z'];
    for (const path of paths) rows().put('rome', entry(path));
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const page = rows().entries(after, 3);
      if (page.length === 0) break;
      seen.push(...page.map(({ path }) => path));
      after = seen.at(-1) ?? '';
    }
    expect(seen).toHaveLength(paths.length);
    expect(new Set(seen)).toEqual(new Set(paths));
  });

  it('is counted where somebody wrote to it or took it away', () => {
    for (const path of ['a', 'b', 'c', 'd']) rows().put('rome', entry(path));
    rows().setState('a', 'written');
    rows().setState('b', 'written');
    rows().setState('c', 'gone');
    expect(rows().countStates()).toEqual({ written: 2, gone: 1 });
  });

  it('whose bytes were replaced has to be made again, and its video with it', () => {
    fill('rome', 'oslo');
    rows().put('rome', entry('rome.mp4'));
    rows().put('oslo', entry('oslo.mp4', { digest: digestOf('oslo.1') }));
    for (const id of staleIds()) rows().markFresh(id);
    rows().outdate(digestOf('rome.1'));
    expect(rows().entriesOf('rome')).toMatchObject([{ state: 'outdated' }]);
    expect(rows().entriesOf('oslo')).toMatchObject([{ state: 'untouched' }]);
    expect(staleIds()).toEqual(['rome']);
  });
});
