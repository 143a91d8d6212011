import { describe, expect, it } from 'vitest';
import { type ImportReport, importInWords } from '#cli/import-report.ts';
import type { Survey } from '#cli/survey-archive.ts';

const none = { files: 0, bytes: 0 };
const nothingPassedOver = {
  ...{ system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
  ...{ 'not-a-video': 0, link: 0, special: 0, empty: 0, own: 0 },
};
const onlyVideos = { videos: 2, beside: 0, lists: 0, projects: 0, inProjects: 0, largest: [] };
const survey = (change: Partial<Survey> = {}): Survey => ({
  ...{ folders: 3, passedOver: nothingPassedOver, endings: new Map(), unreadable: 0, unreadableSaid: [] },
  likeProjects: [],
  ...change,
});
const report = (change: Partial<ImportReport> = {}): ImportReport => ({
  survey: survey(),
  counts: { taken: none, open: { files: 2, bytes: 2e9 }, held: none, twice: none, ...onlyVideos },
  isPartial: false,
  forecast: { neededBytes: 2e9, roomBytes: 5e11, missingBytes: 0, durationMs: 7_800_000 },
  bytesPerSecond: 60e6,
  ...change,
});

describe('what is said before an import', () => {
  it('is what was found, what will be taken, the room and the time', () => {
    expect(importInWords(report())).toEqual([
      'Found 2 videos (2.0 GB) in 3 folders.',
      'To take: 2 videos (2.0 GB), finals first, raw footage last. The originals stay where they are.',
      'Room: 2.0 GB needed, 500 GB free for it in the vault.',
      'Time: about 2 hours 10 minutes, at the 60.0 MB/s that was measured just now.',
    ]);
  });

  it('counts what is passed over by its reason, and the most common endings', () => {
    const endings = new Map([
      ['jpg', 9],
      ['', 4],
      ['xmp', 3],
      ['wav', 2],
      ['txt', 1],
      ['pdf', 1],
      ['doc', 1],
    ]);
    const passedOver = {
      'not-a-video': 21,
      system: 4,
      unfinished: 1,
      'other-program': 2,
      hidden: 3,
      link: 2,
      special: 1,
      empty: 2,
      own: 3,
    };
    expect(importInWords(report({ survey: survey({ passedOver, endings }) }))[1]).toBe(
      "Passed over: 21 files that are no videos and belong to none (9 .jpg, 3 .xmp, 2 .wav, 1 .txt, 1 .pdf, …); 4 files or folders that systems make for themselves; 1 file or folder that was never finished; 2 files or folders that other programs need; 3 files or folders that are hidden; 2 links (links are not followed); 2 empty files; 1 device, pipe or socket; 3 folders of Reelhold's own.",
    );
  });

  it('says what kinds of files they are where they are not all videos', () => {
    const largest = [{ folder: '/old/Rome', files: 9, versions: 10 }];
    const counts = { videos: 3, beside: 1, lists: 2, projects: 1, inProjects: 9, largest };
    const open = { files: 15, bytes: 2e9 };
    const lines = importInWords(
      report({ counts: { taken: none, open, held: none, twice: none, ...counts } }),
    );
    expect(lines[0]).toBe(
      'Found 15 files (2.0 GB) in 3 folders: 3 videos; 1 file beside them (subtitles, notes, pictures); 2 lists of checksums; 1 project or card with 9 files, each one video with all that belongs to it.',
    );
    expect(lines[1]).toBe(
      'To take: 15 files (2.0 GB), finals first, raw footage last. The originals stay where they are.',
    );
  });

  it('says where many videos would become versions of one', () => {
    const largest = [{ folder: '/old/TikTok', files: 600, versions: 300 }];
    const [, line] = importInWords(report({ counts: { ...report().counts, projects: 1, largest } }));
    expect(line).toBe(
      '  /old/TikTok would be one video with 300 versions. If these are different videos, end here, and name the folders in it by themselves.',
    );
  });

  it('says where the folder itself looks like a project', () => {
    const lines = importInWords(report({ survey: survey({ likeProjects: ['/old/Rome'] }) }));
    expect(lines[1]).toContain("/old/Rome itself looks like one video's project.");
    expect(lines[1]).toContain('--kind project');
  });

  it('says what could not be looked at, and what to do', () => {
    const closed = survey({ unreadable: 3, unreadableSaid: ['list a: permission denied'] });
    const lines = importInWords(report({ survey: closed }));
    expect(lines).toContain('  list a: permission denied');
    expect(lines).toContain('  and 2 more');
    expect(lines.join('\n')).toContain('then run the same command again');
  });

  it('says what is there already, and that there may be more of it', () => {
    const counts = {
      taken: { files: 1, bytes: 1e9 },
      open: { files: 5, bytes: 5e9 },
      ...{ held: { files: 2, bytes: 2e9 }, twice: { files: 1, bytes: 1e9 }, ...onlyVideos },
    };
    expect(importInWords(report({ counts, isPartial: true })).slice(0, 5)).toEqual([
      'Found 6 videos (6.0 GB) in 3 folders.',
      '  1 (1.0 GB) already taken by an earlier import',
      '  2 (2.0 GB) most likely held already',
      '  1 (1.0 GB) most likely there twice: they are held once',
      '  There may be more of these: not all files could be looked into now.',
    ]);
  });

  it('says that it does not fit, and that the time is not known', () => {
    const forecast = { neededBytes: 2e9, roomBytes: 5e8, missingBytes: 15e8, durationMs: null };
    const lines = importInWords(report({ forecast, bytesPerSecond: null }));
    expect(lines.at(-2)).toContain('It does not fit: 1.5 GB are missing. Make room');
    expect(lines.at(-1)).toBe('Time: could not be measured beforehand.');
  });

  it('says that there is nothing to take', () => {
    const counts = { taken: { files: 2, bytes: 5 }, open: none, held: none, twice: none, ...onlyVideos };
    expect(importInWords(report({ counts })).at(-1)).toBe('There is nothing to take.');
  });
});
