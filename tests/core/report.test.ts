import { describe, expect, it } from 'vitest';
import { makeReport, type Report, reportAsCsv } from '#core/report.ts';

const report: Report = {
  atMs: 0,
  places: [
    { location: 'vault', name: 'This NAS' },
    { location: 'blue', name: 'Blue, the drive' },
  ],
  files: [
    {
      ...{ video: 'v', title: '=HYPERLINK("x")', number: 1, name: 'a "b".mp4', digest: 'sha256:ab' },
      ...{ sizeBytes: 7, takenAtMs: 0 },
      copies: [{ location: 'vault', state: 'present', provenAtMs: 1000 }],
    },
    {
      ...{ video: 'w', title: 'Rome', number: 2, name: 'Rome.mp4', digest: 'sha256:cd' },
      ...{ sizeBytes: 8, takenAtMs: 0 },
      copies: [
        { location: 'vault', state: 'corrupt', provenAtMs: null },
        { location: 'blue', state: 'present', provenAtMs: null },
      ],
    },
    {
      ...{ video: 'w', title: 'Rome', number: null, name: 'raw/clip.mov', digest: 'sha256:ef' },
      ...{ sizeBytes: 9, takenAtMs: 0, copies: [] },
    },
  ],
};

describe('the report for a spreadsheet', () => {
  it('has a line for each version and part and a column for each place, and no cell is a formula', () => {
    expect(reportAsCsv(report).split('\r\n')).toEqual([
      'title,version,file,bytes,sha256,saved,last read back: This NAS,"last read back: Blue, the drive"',
      `"'=HYPERLINK(""x"")",1,"a ""b"".mp4",7,ab,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z,`,
      'Rome,2,Rome.mp4,8,cd,1970-01-01T00:00:00.000Z,corrupt,not read back yet',
      'Rome,,raw/clip.mov,9,ef,1970-01-01T00:00:00.000Z,,',
      '',
    ]);
  });
});

describe('the report', () => {
  it('leaves out copies at what is no longer a place', () => {
    const [, blue] = report.places;
    const { files } = makeReport(0, blue === undefined ? [] : [blue], report.files);
    expect(files.map(({ copies }) => copies.map(({ location }) => location))).toEqual([[], ['blue'], []]);
  });
});
