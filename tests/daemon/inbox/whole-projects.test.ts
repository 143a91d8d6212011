import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryFiles } from '#core/library-path.ts';
import {
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  put,
  someBytes,
} from '#tests/support/inbox-bench.ts';
import { classicMhl } from '#tests/support/mhl.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 250;
const minute = 60_000;
const nothing = Buffer.alloc(0);

/** Of each project the paths of its files as they came, with how many bytes they have. */
function asTheyCame(bench: InboxBench): Record<string, readonly string[]> {
  const ids = bench.database.sqlite.prepare('SELECT id FROM videos').pluck().all() as string[];
  const videos = ids.flatMap((id) => bench.catalogue.archive.video(id) ?? []);
  return Object.fromEntries(
    videos.map((video) => [
      video.title,
      libraryFiles(video)
        .map(({ path }) => path.slice(video.folder.length + 1).replace('as it came/', ''))
        .sort(),
    ]),
  );
}

const countParts = (bench: InboxBench) => bench.catalogue.archive.count().parts;
const untilParts = (bench: InboxBench, count: number) =>
  until(`${count} parts`, () => countParts(bench) >= count, 15_000);
const reasonOf = (bench: InboxBench, path: string) => bench.catalogue.sightings.find('inbox', path)?.reason;
const untilReason = (bench: InboxBench, path: string, reason: string) =>
  until(`${path} waits: ${reason}`, () => reasonOf(bench, path) === reason, 15_000);
const isInHold = (path: string) => path.startsWith('.reelhold-hold/');
const left = async (bench: InboxBench) => (await filesIn(bench.root)).filter((path) => !isInHold(path));

/** The beginning of a film: whatever is taken of it is damaged. */
const cutOff = () => {
  const bytes = Buffer.alloc(4000, 1);
  bytes.writeUInt32BE(24, 0);
  bytes.write('ftypmp42', 4);
  bytes.writeUInt32BE(9000, 24);
  bytes.write('mdat', 28);
  return bytes;
};

describe.concurrent('a project', { timeout: 40_000 }, () => {
  it.each(['projects', 'loose'] as const)('is taken with what is hidden in it (%s)', async (kind) => {
    await using bench = await openBench({ quietMs, kind });
    await put(bench, 'Rome/final/Rome.mp4');
    await put(bench, 'Rome/.settings');
    await put(bench, 'Rome/.project/state.bin');
    await put(bench, 'Rome/media/.index/more/.map');
    await put(bench, 'Rome/.hidden.mp4');
    await put(bench, 'Rome/.DS_Store');
    await put(bench, 'Rome/.stfolder.removed/x');
    await put(bench, 'Rome/@eaDir/thumb.jpg');
    await put(bench, 'Rome/.clip.mov.a1B2c3');
    await untilParts(bench, 4);
    await until('the film', () => bench.catalogue.archive.count().versions === 1, 15_000);
    expect(asTheyCame(bench)).toEqual({
      Rome: ['.hidden.mp4', '.project/state.bin', '.settings', 'Rome.mp4', 'media/.index/more/.map'],
    });
    await until('the rest stays', async () => (await left(bench)).length === 4, 15_000);
    expect(await left(bench)).toEqual([
      'Rome/.DS_Store',
      'Rome/.clip.mov.a1B2c3',
      'Rome/.stfolder.removed/x',
      'Rome/@eaDir/thumb.jpg',
    ]);
  });

  it('is taken with what comes later into a hidden folder of it', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, 'Rome/.project/a');
    await untilParts(bench, 1);
    await put(bench, 'Rome/.project/b');
    await untilParts(bench, 2);
  });

  it('shows what is hidden beside what is not, whatever its name', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, 'Rome/.notes.txt');
    await put(bench, 'Rome/notes.txt');
    await untilParts(bench, 2);
    expect(asTheyCame(bench)).toEqual({ Rome: ['.notes.txt', 'notes.txt'] });
  });

  it('leaves a hidden folder at the top, and hidden files elsewhere, alone', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, '.cache/clip.mp4');
    await put(bench, '.clip.mp4');
    const seen = await put(bench, 'clip.mp4');
    await until('the other', () => isHeld(bench, seen), 15_000);
    await bench.inbox.lookAround(new AbortController().signal);
    expect(bench.catalogue.archive.count()).toMatchObject({ videos: 1, parts: 0 });
  });

  it('is taken with its files of zero bytes, which are one blob, and make no two projects one', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    for (const path of ['Rome/.lock', 'Rome/media/__init__.py', 'Rome/marker.txt', 'Oslo/marker.txt']) {
      await put(bench, path, nothing);
    }
    const film = await put(bench, 'Rome/final/Rome.mp4');
    await untilParts(bench, 4);
    await until('the film', () => isHeld(bench, film), 15_000);
    expect(asTheyCame(bench)).toEqual({
      Oslo: ['marker.txt'],
      Rome: ['.lock', 'Rome.mp4', 'marker.txt', 'media/__init__.py'],
    });
    await until('all left', async () => (await left(bench)).length === 0, 15_000);
    bench.clock.advance(25 * 60 * minute);
    await bench.prove();
    await bench.inbox.clear(false, new AbortController().signal);
    expect(await filesIn(bench.root)).toEqual([]);
  });

  it('has its files of zero bytes cleared, whatever a list says of another', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    const hash = ['md5', '0'.repeat(32)] as const;
    await put(bench, 'Rome/Rome.mhl', Buffer.from(classicMhl([{ path: 'a', bytes: nothing, hash }])));
    await put(bench, 'Rome/a', nothing);
    await put(bench, 'Oslo/b', nothing);
    await untilParts(bench, 2);
    await bench.prove();
    bench.clock.advance(25 * 60 * minute);
    await until('only the good one goes', async () => {
      await bench.inbox.clear(false, new AbortController().signal);
      const files = await filesIn(bench.root);
      return files.includes('Rome/a') && !files.some((path) => path.endsWith('/b'));
    });
  });

  it('has its files of zero bytes taken once, where its files stay', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects', mode: 'keep' });
    await put(bench, 'Rome/marker', nothing);
    await untilParts(bench, 1);
    await using again = await bench.restart();
    await always('nothing new', () => countParts(again) === 1, 800);
    expect(await filesIn(again.root)).toEqual(['Rome/marker']);
  });

  it('has what was without a byte, and is written later, as another version of the same file', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, 'Rome/notes.txt', nothing);
    await untilParts(bench, 1);
    const written = await put(bench, 'Rome/notes.txt');
    await until('the bytes', () => isHeld(bench, written), 15_000);
    expect(asTheyCame(bench)).toEqual({
      Rome: ['notes.txt', 'older versions/notes (version 1).txt'],
    });
  });

  it('has its files of zero bytes wait while others are on their way, an hour at the most', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, 'Rome/raw/clip.mp4', cutOff());
    await untilReason(bench, 'Rome/raw/clip.mp4', 'cut-off');
    await put(bench, 'Rome/marker', nothing);
    await untilReason(bench, 'Rome/marker', 'no-bytes-among-others');
    await put(bench, 'Oslo/marker', nothing);
    await untilParts(bench, 1);
    expect(asTheyCame(bench)).toEqual({ Oslo: ['marker'] });
    await rm(inside(bench, 'Rome/raw/clip.mp4'));
    await until('it is forgotten', () => reasonOf(bench, 'Rome/raw/clip.mp4') === undefined, 15_000);
    bench.clock.advance(3 * minute);
    await untilParts(bench, 2);
    await until('all left', async () => (await left(bench)).length === 0, 15_000);
  });

  it('keeps a video of zero bytes after an hour, as no version, and leaves it where it is', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    const film = await put(bench, 'Rome/final/Rome.mp4');
    await until('the film', () => isHeld(bench, film), 15_000);
    await put(bench, 'Rome/final/Rome 2.mp4', nothing);
    await untilReason(bench, 'Rome/final/Rome 2.mp4', 'no-bytes');
    bench.clock.advance(61 * minute);
    await untilParts(bench, 1);
    expect(asTheyCame(bench)).toEqual({ Rome: ['Rome.mp4', 'final/Rome 2.mp4'] });
    await bench.prove();
    await bench.inbox.clear(true, new AbortController().signal);
    expect(await left(bench)).toEqual(['Rome/final/Rome 2.mp4']);
  });

  it('has a hidden file, and one of zero bytes, taken anyway where the owner says so', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    await mkdir(join(bench.root, 'Rome'));
    await writeFile(join(bench.root, 'Rome/.clip.mp4'), cutOff());
    await untilReason(bench, 'Rome/.clip.mp4', 'cut-off');
    await put(bench, 'Rome/marker', nothing);
    await untilReason(bench, 'Rome/marker', 'no-bytes-among-others');
    expect((await bench.inbox.takeAnyway('Rome/marker')).kind).toBe('taken');
    expect((await bench.inbox.takeAnyway('Rome/.clip.mp4')).kind).toBe('taken');
    expect(asTheyCame(bench)).toEqual({ Rome: ['.clip.mp4', 'marker'] });
  });
});

describe.concurrent('a file of zero bytes', { timeout: 40_000 }, () => {
  it('that is of no project is waited for', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'clip.mp4', nothing);
    await put(bench, 'clip.srt', nothing);
    await until('it is seen', () => reasonOf(bench, 'clip.mp4') === 'empty', 15_000);
    await always('it is not taken', () => bench.catalogue.archive.count().videos === 0, 800);
    await put(bench, 'clip.mp4', someBytes());
    await until('it is taken', () => bench.catalogue.archive.count().videos === 1, 15_000);
  });
});
