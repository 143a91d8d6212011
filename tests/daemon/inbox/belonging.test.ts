import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryFiles } from '#core/library-path.ts';
import { filesIn, type InboxBench, inside, openBench, put, someBytes } from '#tests/support/inbox-bench.ts';
import { until } from '#tests/support/until.ts';

const quietMs = 250;
const dayMs = 24 * 60 * 60_000;

/** What the archive holds, as a person would say it: each video with its files, and where the tree shows them. */
function account(bench: InboxBench): Record<string, readonly string[]> {
  const ids = bench.database.sqlite
    .prepare('SELECT id FROM videos WHERE merged_into IS NULL AND trashed_at_ms IS NULL')
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    ids
      .flatMap((id) => bench.catalogue.archive.video(id) ?? [])
      .map((video) => [
        video.title,
        libraryFiles(video)
          .map(({ path }) => path.slice(video.folder.length + 1))
          .sort(),
      ]),
  );
}

const countParts = (bench: InboxBench) => bench.catalogue.archive.count().parts;
const untilParts = (bench: InboxBench, count: number) =>
  until(`${count} parts`, () => countParts(bench) >= count);
const untilEmpty = (bench: InboxBench) =>
  until('the inbox is empty', async () =>
    (await filesIn(bench.root)).every((path) => path.startsWith('.reelhold-hold/')),
  );

const sonyCard = [
  'Interview/PRIVATE/M4ROOT/CLIP/C0001.MP4',
  'Interview/PRIVATE/M4ROOT/CLIP/C0001M01.XML',
  'Interview/PRIVATE/M4ROOT/CLIP/C0002.MP4',
  'Interview/PRIVATE/M4ROOT/THMBNL/C0001T01.JPG',
  'Interview/PRIVATE/M4ROOT/MEDIAPRO.XML',
];

describe.concurrent('what belongs together', { timeout: 120_000 }, () => {
  it('of a card is taken whole, as one video with all its structure, and leaves the inbox', async () => {
    await using bench = await openBench({ quietMs });
    for (const path of sonyCard) await put(bench, path);
    await put(bench, 'Interview/PRIVATE/.DS_Store');
    await untilParts(bench, 5);
    expect(account(bench)).toEqual({
      Interview: sonyCard.map((path) => path.replace('Interview/', 'as it came/')).sort(),
    });
    await until('it is in the hold', async () => {
      const left = (await filesIn(bench.root)).filter((path) => !path.startsWith('.reelhold-hold/'));
      return left.length === 1 && left[0]?.endsWith('.DS_Store') === true;
    });
  });

  it('of a project is one video, in whatever order, hours apart, and over restarts', async () => {
    let bench = await openBench({ quietMs, kind: 'projects' });
    await put(bench, 'Rome/raw/a.mov');
    await untilParts(bench, 1);
    await untilEmpty(bench);
    bench.clock.advance(40 * dayMs);
    bench = await bench.restart();
    await using last = bench;
    await put(last, 'Rome/licences/music.pdf');
    await put(last, 'Rome/final/Rome.mp4');
    await put(last, 'Rome/Drafts/first try.mp4');
    await put(last, 'loose.mp4');
    await untilParts(last, 2);
    await until('the videos', () => last.catalogue.archive.count().versions === 3);
    expect(account(last)).toEqual({
      Rome: [
        'Rome.mp4',
        'as it came/licences/music.pdf',
        'as it came/raw/a.mov',
        expect.stringMatching(/^older versions\/Rome \(version \d\)\.mp4$/),
      ],
      loose: ['loose.mp4'],
    });
    await untilEmpty(last);
  });

  it('is of the same project when it comes after all that showed the project has left', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'Rome/final/Rome.mp4');
    await until('the final', () => bench.catalogue.archive.count().versions === 1);
    await untilEmpty(bench);
    await rm(join(bench.root, 'Rome'), { recursive: true });
    await put(bench, 'Rome/notes.txt');
    await untilParts(bench, 1);
    expect(account(bench)).toEqual({ Rome: ['Rome.mp4', 'as it came/notes.txt'] });
  });

  it('is found when the sign of a project comes last', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'Rome/notes.txt');
    await put(bench, 'Rome/voice.wav');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(bench.catalogue.archive.count().videos).toBe(0);
    await put(bench, 'Rome/final/Rome.mp4');
    await untilParts(bench, 2);
    expect(account(bench)).toEqual({ Rome: ['Rome.mp4', 'as it came/notes.txt', 'as it came/voice.wav'] });
  });

  it('goes to another video when a folder of no name comes again another day', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'DCIM/100GOPRO/GX010001.MP4');
    await untilParts(bench, 1);
    await untilEmpty(bench);
    await put(bench, 'DCIM/100GOPRO/GX010002.MP4');
    await untilParts(bench, 2);
    await untilEmpty(bench);
    expect(bench.catalogue.archive.count().videos).toBe(1);
    bench.clock.advance(2 * dayMs);
    await put(bench, 'DCIM/100GOPRO/GX010001.MP4');
    await untilParts(bench, 3);
    expect(bench.catalogue.archive.count().videos).toBe(2);
  });

  it('a sidecar waits for its video, and both leave', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'GX010001.LRV');
    await put(bench, 'other.txt');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(bench.queries.arrivals(10).total).toBe(0);
    await put(bench, 'GX010001.MP4', Buffer.alloc(0));
    await until('it waits', () =>
      bench.queries.arrivals(10).items.some(({ reason }) => reason === 'for-its-video'),
    );
    expect(bench.catalogue.archive.count().videos).toBe(0);
    await put(bench, 'GX010001.MP4');
    await untilParts(bench, 1);
    expect(account(bench)).toEqual({ GX010001: ['GX010001.mp4', 'sidecar/GX010001.LRV'] });
    await until('both are gone', async () =>
      (await filesIn(bench.root)).every((path) => path.startsWith('.reelhold-hold/') || path === 'other.txt'),
    );
  });

  it('a sidecar that comes when its video has left is of that video', async () => {
    let bench = await openBench({ quietMs });
    await put(bench, 'a/C0001.MP4');
    await until('the video', () => bench.catalogue.archive.count().versions === 1);
    await untilEmpty(bench);
    bench = await bench.restart();
    await using last = bench;
    await put(last, 'a/C0001M01.XML');
    await put(last, 'b/C0001M01.XML');
    await untilParts(last, 1);
    expect(account(last)).toEqual({ C0001: ['C0001.mp4', 'sidecar/C0001M01.XML'] });
    const isLeft = async () => (await filesIn(last.root)).filter((path) => !path.startsWith('.')).join();
    await until('it has left', async () => (await isLeft()) === 'b/C0001M01.XML');
  });

  it('a subtitle that comes a year later is of the video that has its name', async () => {
    await using bench = await openBench({ quietMs });
    await put(bench, 'Rome in winter.mp4');
    await until('the video', () => bench.catalogue.archive.count().versions === 1);
    await untilEmpty(bench);
    bench.clock.advance(365 * dayMs);
    bench.catalogue.holds.list('inbox').forEach(({ id }) => {
      bench.catalogue.holds.remove(id);
    });
    await put(bench, 'elsewhere/Rome in winter.de.srt');
    await untilParts(bench, 1);
    expect(account(bench)).toEqual({
      'Rome in winter': ['Rome in winter.mp4', 'subtitle/Rome in winter.de.srt'],
    });
  });

  it('a Live Photo is one video with a still, in an inbox that keeps its files too', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    await put(bench, 'DCIM/100APPLE/IMG_0001.HEIC');
    await put(bench, 'DCIM/100APPLE/IMG_0001.MOV');
    await put(bench, 'DCIM/100APPLE/IMG_0002.HEIC');
    await untilParts(bench, 1);
    expect(account(bench)).toEqual({ IMG_0001: ['IMG_0001.mov', 'still/IMG_0001.HEIC'] });
    expect(await filesIn(bench.root)).toHaveLength(3);
    expect(bench.queries.condition('inbox:inbox')).toMatchObject({ mode: 'keep' });
    await put(bench, 'DCIM/100APPLE/IMG_0001.AAE');
    await untilParts(bench, 2);
    expect(bench.queries.arrivals(10).total).toBe(0);
  });

  it('is taken once, however often it is looked at and moved about', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep', kind: 'projects' });
    await put(bench, 'Rome/raw/a.mov');
    await put(bench, 'Rome/Rome.mp4');
    await until('both', () => bench.catalogue.archive.count().versions === 1 && countParts(bench) === 1);
    await rename(inside(bench, 'Rome'), inside(bench, 'rome'));
    await bench.inbox.lookAround(new AbortController().signal);
    await using after = await bench.restart();
    await after.inbox.lookAround(new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(account(after)).toEqual({ Rome: ['Rome.mp4', 'as it came/raw/a.mov'] });
  });

  it('the same music in two projects is held once, and shown in both', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    const music = someBytes();
    await put(bench, 'Rome/Musik/song.wav', music);
    await put(bench, 'Oslo/Music/song.wav', music);
    await untilParts(bench, 2);
    expect(account(bench)).toEqual({
      Rome: ['as it came/Musik/song.wav'],
      Oslo: ['as it came/Music/song.wav'],
    });
    const blobs = [];
    for await (const blob of bench.store.list()) blobs.push(blob);
    expect(blobs).toHaveLength(1);
  });

  it('a project file that is saved again stands in its place, and the state before is kept', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep', kind: 'projects' });
    await put(bench, 'Rome/cut.edl');
    await untilParts(bench, 1);
    await put(bench, 'Rome/cut.edl');
    await untilParts(bench, 2);
    expect(account(bench)).toEqual({
      Rome: ['as it came/cut.edl', 'older versions/as it came/cut (version 1).edl'],
    });
  });
});
