import { describe, expect, it } from 'vitest';
import { isIgnoredFolder, judgeName, whyFileIgnored, whyFolderIgnored } from '#core/candidates.ts';
import fc from '#tests/support/properties.ts';

const ignoredFolders = [
  ...[
    '.reelhold-hold',
    '@eaDir',
    '#recycle',
    '@Recycle',
    '.@__thumb',
    '$RECYCLE.BIN',
    '.stfolder',
    '.stversions',
    '.Trashes',
  ],
  ...[
    '.Spotlight-V100',
    'lost+found',
    'System Volume Information',
    '#snapshot',
    '@tmp',
    '.Trash-1000',
    '.zfs',
    '.git',
  ],
  ...['__MACOSX', 'RECYCLER', 'clip.mp4.download', '(A Document Being Saved By iMovie)', 'Temporary Items'],
];

const ignoredFiles = [
  ...[
    '.DS_Store',
    '._clip.mp4',
    'Thumbs.db',
    'desktop.ini',
    '.clip.mp4.Ab12Cd',
    '.syncthing.clip.mp4.tmp',
    '.mp4',
    'Icon\r',
  ],
  ...[
    '~syncthing~clip.mp4.tmp',
    '~syncthing~clip.mp4',
    '.goutputstream-ABC123',
    '.smbdelete0001',
    '.nfs00000001.mp4',
  ],
  ...[
    'clip.mp4.part',
    'clip.mp4.crdownload',
    'clip.mp4.download',
    'clip.mp4.tmp',
    'clip.temp',
    'clip.mp4.filepart',
  ],
  ...[
    'clip.mp4.partial',
    'clip.mp4.!sync',
    'clip.mp4.!qB',
    'clip.mp4.aria2',
    'clip.mp4.part-Frag12',
    'clip.mp4.sb-1a2b3c4d-AbC123',
  ],
];

describe('a name in the inbox', () => {
  it.each([
    ...[
      'clip.mp4',
      'CLIP.MP4',
      'a/b/c/clip.MoV',
      'clip.m4v',
      'clip.webm',
      'clip.mkv',
      'clip.avi',
      '00001.MTS',
      'clip.m2ts',
    ],
    ...[
      'clip.ts',
      'clip.mpg',
      'clip.mxf',
      'clip.dv',
      'VTS_01_1.VOB',
      'VID_1.insv',
      'GS010001.360',
      'clip.braw',
      'A001.R3D',
    ],
    ...[
      'clip.hevc',
      'clip.ivf',
      'clip.3gp',
      'MOV001.MOD',
      'clip.y4m',
      'two\nlines.mp4',
      'caf\uDCE9.mp4',
      '\u202E4pm.mp4',
      'con.mp4',
    ],
    // near to what is ignored, yet not it
    ...[
      'part.mp4',
      'my.download.mp4',
      'tmp/clip.mp4',
      'download/clip.mp4',
      'recycle/clip.mp4',
      'clip.tmp.mp4',
      '#1 clip.mp4',
      '~clip.mp4',
    ],
  ])('%j is a video', (path) => {
    expect(judgeName(path)).toBe('video');
  });

  it.each([
    ...[
      'notes.txt',
      'README',
      'clip',
      'photo.jpg',
      'clip.srt',
      'clip.mp4.txt',
      'GL010001.LRV',
      'GX010001.THM',
      'a/project.prproj',
    ],
    ...['song.mp3', 'mp4', 'clip.mp4 ', 'frame.ari', 'part', 'list.m3u8'],
  ])('%j is no video', (path) => {
    expect(judgeName(path)).toBe('not-a-video');
  });

  it.each(ignoredFiles)('%j is ignored', (name) => {
    expect(judgeName(name)).toBe('ignored');
    expect(judgeName(`a/b/${name.toUpperCase()}`)).toBe('ignored');
  });

  it('without a last part is ignored', () => {
    expect(judgeName('')).toBe('ignored');
    expect(judgeName('a/')).toBe('ignored');
  });

  it('is ignored at any depth below an ignored folder', () => {
    const part = fc.constantFrom('a', 'Rome', '2026', 'caf\uDCE9', 'x.y');
    fc.assert(
      fc.property(
        fc.array(part),
        fc.constantFrom(...ignoredFolders),
        fc.array(part),
        (above, ignored, below) => {
          expect(judgeName([...above, ignored, ...below, 'clip.mp4'].join('/'))).toBe('ignored');
          expect(judgeName([...above, ...below, 'clip.mp4'].join('/'))).toBe('video');
        },
      ),
    );
  });

  it('gets the same verdict in any case', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ignoredFiles, 'clip.mp4', 'notes.txt'), (name) => {
        expect(judgeName(name.toUpperCase())).toBe(judgeName(name.toLowerCase()));
      }),
    );
  });
});

describe('a hidden name in a project', () => {
  it.each(['.project', '.git/HEAD', 'media/.peaks.mp4', '.reelhold', '.cache.sqlite', '.notes.~v2'])(
    'is part of the work: %j',
    (path) => {
      expect(judgeName(`Rome/${path}`, 'Rome')).not.toBe('ignored');
      expect(judgeName(`Rome/${path}`)).toBe('ignored');
    },
  );

  it.each([
    '.fuse_hidden0000001200000001',
    'media/.fuse_hidden0000001200000001',
    '.reelhold-hold/clip.mp4',
    'media/.reelhold-restore-12/lines',
    'media/.restoring-0123abcd',
    '.clip.mp4.~1a2b3c',
    'media/.song.wav.~FF00',
    '.DS_Store',
    '.stversions/clip.mp4',
  ])('is left out where it is nobody’s work: %j', (path) => {
    expect(judgeName(`Rome/${path}`, 'Rome')).toBe('ignored');
  });
});

describe('a folder in the inbox', () => {
  it.each(ignoredFolders)('%j is left aside', (name) => {
    expect(isIgnoredFolder(name)).toBe(true);
    expect(isIgnoredFolder(name.toLowerCase())).toBe(true);
    expect(isIgnoredFolder(name.toUpperCase())).toBe(true);
  });

  it.each(['Rome', 'download', 'tmp', 'recycle', '2026', '@home', '#1', 'lost', 'Thumbs.db'])(
    '%j is walked',
    (name) => {
      expect(isIgnoredFolder(name)).toBe(false);
    },
  );
});

describe('what is passed over', () => {
  it.each([
    ['.DS_Store', 'system'],
    ['._clip.mp4', 'system'],
    ['Thumbs.db', 'system'],
    ['desktop.ini', 'system'],
    ['.smbdelete0001', 'system'],
    ['.nfs0000000001', 'system'],
    ['.fuse_hidden0000001200000001', 'system'],
    ['clip.mp4.part', 'unfinished'],
    ['clip.mp4.crdownload', 'unfinished'],
    ['clip.mp4.filepart', 'unfinished'],
    ['.clip.mp4.Ab12Cd', 'unfinished'],
    ['.syncthing.clip.mp4.tmp', 'unfinished'],
    ['~syncthing~clip.mp4.tmp', 'unfinished'],
    ['.goutputstream-ABC123', 'unfinished'],
    ['.restoring-0123abcd', 'unfinished'],
    ['.clip.mp4.~1a2b3c', 'unfinished'],
    ['.~1a2b3c', 'hidden'],
    ['.clip.mp4.~', 'hidden'],
    ['.clip.mp4.~1a2b~', 'hidden'],
    ['.restoring', 'hidden'],
    ['.reelhold', 'hidden'],
    ['.reelhold-probe', 'other-program'],
    ['.stignore', 'other-program'],
    ['.sync_1a2b.db', 'other-program'],
    ['.hidden.mp4', 'hidden'],
    ['clip.mp4', null],
    ['notes.txt', null],
  ])('the file %j is: %s, in any case', (name, why) => {
    expect(whyFileIgnored(name)).toBe(why);
    expect(whyFileIgnored(name.toUpperCase())).toBe(why);
  });

  it.each([
    ['@eaDir', 'system'],
    ['#recycle', 'system'],
    ['$RECYCLE.BIN', 'system'],
    ['lost+found', 'system'],
    ['.Trashes', 'system'],
    ['.Trash-1000', 'system'],
    ['.Spotlight-V100', 'system'],
    ['.@__thumb', 'system'],
    ['.stfolder', 'other-program'],
    ['.reelhold-hold', 'other-program'],
    ['.reelhold-restore-123', 'other-program'],
    ['.stversions', 'other-program'],
    ['.dropbox.cache', 'other-program'],
    ['clip.mp4.download', 'unfinished'],
    ['.rsync-partial', 'unfinished'],
    ['.git', 'hidden'],
    ['2026', null],
  ])('the folder %j is: %s, in any case', (name, why) => {
    expect(whyFolderIgnored(name)).toBe(why);
    expect(whyFolderIgnored(name.toUpperCase())).toBe(why);
  });
});
