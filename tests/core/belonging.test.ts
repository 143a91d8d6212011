import { describe, expect, it } from 'vitest';
import { belongingOf, looksLikeProject, placeInProject } from '#core/belonging.ts';
import { namesOf } from '#tests/support/inbox-names.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';

const anyPath = fc.array(anyFileName, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

/** What each of these paths is, in an inbox in which all of them stand. */
function judge(paths: readonly string[], change: Parameters<typeof namesOf>[1] = {}): Record<string, string> {
  const names = namesOf(paths, change);
  return Object.fromEntries(
    paths.map((path) => {
      const belonging = belongingOf(path, names);
      switch (belonging.kind) {
        case 'project':
          return [
            path,
            `${belonging.folder}: ${belonging.role ?? belonging.partKind} in "${belonging.path}"`,
          ];
        case 'beside':
          return [path, `${belonging.partKind} of ${belonging.file}`];
        default:
          return [path, belonging.kind];
      }
    }),
  );
}

const projectsOf = (paths: readonly string[]) => [
  ...new Set(
    paths.map((path) => {
      const belonging = belongingOf(path, namesOf(paths));
      return belonging.kind === 'project' ? belonging.folder : belonging.kind;
    }),
  ),
];

describe('in a loose inbox', () => {
  it.each([
    ['a phone', ['DCIM/100APPLE/IMG_0001.MOV', 'DCIM/101APPLE/IMG_0002.MOV']],
    ['Android', ['DCIM/Camera/VID_20261121_101422.mp4', 'Pictures/x.mp4', 'Movies/Instagram/y.mp4']],
    ['days', ['2026/11/Rome.mp4', '2026/12/Oslo.mp4']],
    ['folders of the owner', ['Holidays/Rome.mp4', 'Holidays/2025/Oslo.mp4']],
    ['a folder in which all that is final is kept', ['Videos/final/Rome.mp4', 'Videos/final/Oslo.mp4']],
    ['a folder of music videos', ['Music/one.mp4', 'Music/two.mp4']],
    ['exports', ['stuff/exports/a.mp4', 'Anna/Export/b.mp4']],
  ])('every video of %s stands for itself', (_, paths) => {
    expect(projectsOf(paths)).toEqual(['video']);
  });

  it.each([
    ['Premiere', ['Rome/Rome.prproj', 'Rome/clips/a.mp4']],
    ['Resolve', ['Rome/x.drp', 'Rome/a.mp4']],
    ['CapCut', ['Rome/draft_content.json', 'Rome/a.mp4']],
    ['After Effects', ['Rome/intro.AEP', 'Rome/(Footage)/a.mov']],
    ['Final Cut, whose library is a folder', ['Rome/Rome.fcpbundle/CurrentVersion.plist', 'Rome/a.mp4']],
    ['Avid', ['Rome/Rome.avp', 'Rome/Bin.avb']],
    ['folders of roles', ['Rome/raw/a.mp4', 'Rome/final/b.mp4']],
    ['one folder that can mean nothing else', ['Rome/final/b.mp4']],
    ['German folders', ['Rome/Rohmaterial/a.mp4', 'Rome/Entwürfe/b.mp4']],
    ['Italian folders', ['Rome/Grezzo/a.mp4', 'Rome/pubblicati/b.mp4']],
    ['numbered folders', ['Rome/01_Raw/a.mp4', 'Rome/02 - Musik/m.wav', 'Rome/03 FINAL/b.mp4']],
  ])('a folder is a project by the signs of %s', (_, paths) => {
    expect(projectsOf(paths)).toEqual(['Rome']);
  });

  it.each([
    [
      'Sony XAVC',
      ['PRIVATE/M4ROOT/CLIP/C0001.MP4', 'PRIVATE/M4ROOT/CLIP/C0001M01.XML', 'PRIVATE/M4ROOT/MEDIAPRO.XML'],
    ],
    ['AVCHD', ['PRIVATE/AVCHD/BDMV/STREAM/00000.MTS', 'PRIVATE/AVCHD/BDMV/INDEX.BDM']],
    ['AVCHD on a Mac', ['AVCHD/BDMV/STREAM/00000.MTS']],
    ['XDCAM EX', ['BPAV/CLPR/831_0001_01/831_0001_01.MP4', 'BPAV/MEDIAPRO.XML']],
    ['GoPro', ['DCIM/100GOPRO/GX010001.MP4', 'DCIM/100GOPRO/GX010001.LRV', 'MISC/version.txt']],
    ['DJI', ['DCIM/DJI_001/DJI_0001.MP4', 'DCIM/DJI_001/DJI_0001.SRT']],
    ['an older DJI', ['DCIM/100MEDIA/DJI_0001.MP4', 'MISC/THM/100/DJI_0001.THM']],
    ['Insta360', ['DCIM/Camera01/VID_20261121_101422_00_001.insv', 'MISC/x.bin']],
    ['Canon EOS', ['DCIM/100CANON/MVI_0001.MP4', 'MISC/AUTPRINT.MRK']],
    ['Canon XF', ['CONTENTS/CLIPS001/AA0001/AA000101.MXF']],
    [
      'Panasonic P2',
      ['CONTENTS/CLIP/0001AB.XML', 'CONTENTS/VIDEO/0001AB.MXF', 'CONTENTS/AUDIO/0001AB00.MXF'],
    ],
    ['Nikon', ['DCIM/100NCZ_6/DSC_0001.MOV']],
    ['Fujifilm', ['DCIM/100_FUJI/DSCF0001.MOV']],
    ['RED', ['A001.RDM/A001_C001.RDC/A001_C001_1121AB_001.R3D']],
  ])('a card of %s is one project, wherever it was copied to', (_, card) => {
    expect(projectsOf(card.map((path) => `Interview/${path}`))).toEqual(['Interview']);
    expect(projectsOf(card.map((path) => `2026/11/Card A/${path}`))).toEqual(['2026/11/Card A']);
    const atTop = projectsOf(card);
    expect(atTop).toContain(card[0]?.split('/')[0]);
  });

  it('a phone’s DCIM is no card, whatever else lies beside it', () => {
    const phone = ['DCIM/100APPLE/IMG_0001.MOV', 'DCIM/101APPLE/IMG_1001.MOV', 'DCIM/Camera/PXL_1.mp4'];
    expect(projectsOf([...phone, 'misc/readme.txt'])).toEqual(['video', 'none']);
  });

  it('a card within a project is of the project', () => {
    expect(
      judge([
        'Rome/Rome.prproj',
        'Rome/raw/Card A/PRIVATE/M4ROOT/CLIP/C0001.MP4',
        'Rome/raw/Card A/PRIVATE/M4ROOT/CLIP/C0001M01.XML',
        'Rome/raw/Card A/PRIVATE/M4ROOT/SUB/C0001S03.MP4',
      ]),
    ).toEqual({
      'Rome/Rome.prproj': 'Rome: project in ""',
      'Rome/raw/Card A/PRIVATE/M4ROOT/CLIP/C0001.MP4': 'Rome: raw in "raw/Card A/PRIVATE/M4ROOT/CLIP"',
      'Rome/raw/Card A/PRIVATE/M4ROOT/CLIP/C0001M01.XML': 'Rome: sidecar in "raw/Card A/PRIVATE/M4ROOT/CLIP"',
      'Rome/raw/Card A/PRIVATE/M4ROOT/SUB/C0001S03.MP4': 'Rome: sidecar in "raw/Card A/PRIVATE/M4ROOT/SUB"',
    });
  });

  it('a project stays one when what showed it has been taken', () => {
    const isKnownProject = (folder: string) => folder === 'Rome';
    expect(judge(['Rome/later/b.mp4', 'Oslo/b.mp4'], { isKnownProject })).toEqual({
      'Rome/later/b.mp4': 'Rome: raw in "later"',
      'Oslo/b.mp4': 'video',
    });
  });

  it('what is no video, and belongs to none, is not taken', () => {
    expect(
      judge(['notes.txt', 'photo.jpg', 'Trip/IMG_1.HEIC', 'song.mp3', '.DS_Store', '._photo.jpg']),
    ).toEqual({
      'notes.txt': 'none',
      'photo.jpg': 'none',
      'Trip/IMG_1.HEIC': 'none',
      'song.mp3': 'none',
      '.DS_Store': 'ignored',
      '._photo.jpg': 'ignored',
    });
  });
});

describe('beside a loose video', () => {
  it.each([
    ['clip.MP4', 'clip.XML', 'sidecar'],
    ['C0001.MP4', 'C0001M01.XML', 'sidecar'],
    ['C0001.MP4', 'C0001T01.JPG', 'still'],
    ['GX010001.MP4', 'GX010001.LRV', 'sidecar'],
    ['GX010001.MP4', 'GL010001.LRV', 'sidecar'],
    ['GX010001.MP4', 'GX010001.THM', 'sidecar'],
    ['DJI_0001.MP4', 'DJI_0001.SRT', 'subtitle'],
    ['DJI_0001.MP4', 'DJI_0001.LRF', 'sidecar'],
    ['VID_20261121_101422_00_001.mp4', 'LRV_20261121_101422_11_001.lrv', 'sidecar'],
    ['IMG_1234.MOV', 'IMG_1234.AAE', 'sidecar'],
    ['IMG_1234.MOV', 'IMG_O1234.AAE', 'sidecar'],
    ['IMG_1234.MOV', 'IMG_1234.HEIC', 'still'],
    ['IMG_1234.MOV', 'img_1234.jpg', 'still'],
    ['name.mp4', 'name.srt', 'subtitle'],
    ['name.mp4', 'name.de.srt', 'subtitle'],
    ['name.mp4', 'name.en-US.forced.vtt', 'subtitle'],
    ['name.mp4', 'name.info.json', 'sidecar'],
    ['name.mp4', 'name.description', 'sidecar'],
    ['name.mp4', 'name.mp4.xmp', 'sidecar'],
    ['name.mp4', 'name.xmp', 'sidecar'],
    ['name.mp4', '._name.mp4', 'sidecar'],
    ['Cafe\u0301.mp4', 'CAFÉ.srt', 'subtitle'],
  ])('%s stands %s, its %s', (video, file, kind) => {
    const expected = { [video]: 'video', [file]: `${kind} of ${video}` };
    expect(judge([video, file])).toEqual(expected);
    expect(judge([file, video])).toEqual(expected);
    const inFolder = judge([`a/${file}`, `a/${video}`, `b/${file}`, video]);
    expect(inFolder[`a/${file}`]).toBe(`${kind} of a/${video}`);
  });

  it('belongs to its video also when that was taken before, and has left', () => {
    expect(judge(['a/clip.XML', 'b/clip.XML', 'a/clip.jpg'], { taken: ['a/clip.MP4'] })).toEqual({
      'a/clip.XML': 'sidecar of a/clip.MP4',
      'a/clip.jpg': 'still of a/clip.MP4',
      'b/clip.XML': 'sidecar of null',
    });
  });

  it('a video that stands there comes before one that was taken', () => {
    expect(judge(['clip.mov', 'clip.XML'], { taken: ['clip.MP4'] })['clip.XML']).toBe('sidecar of clip.mov');
  });

  it('an edit stands for itself', () => {
    expect(judge(['IMG_1234.MOV', 'IMG_E1234.MOV'])).toEqual({
      'IMG_1234.MOV': 'video',
      'IMG_E1234.MOV': 'video',
    });
  });
});

describe('a list of hashes', () => {
  it('is of what it names, not of the video of its name, and in a project a file of that', () => {
    const paths = ['Rome.mp4', 'Rome.mhl', 'Oslo/final/Oslo.mp4', 'Oslo/ascmhl/0001.mhl'];
    expect(judge(paths)).toEqual({
      'Rome.mp4': 'video',
      'Rome.mhl': 'list',
      'Oslo/final/Oslo.mp4': 'Oslo: master in "final"',
      'Oslo/ascmhl/0001.mhl': 'Oslo: sidecar in "ascmhl"',
    });
  });
});

describe('a folder that somebody names', () => {
  it.each([
    [true, { files: ['Rome.prproj'], folders: [] }],
    [true, { files: [], folders: ['final', 'holidays'] }],
    [false, { files: ['Rome.mp4'], folders: ['2025', 'Videos', 'DCIM'] }],
  ])('looks like a project (%j) by its own names: %j', (expected, names) => {
    expect(looksLikeProject(names)).toBe(expected);
  });
});

describe('in an inbox of projects', () => {
  it('a folder at the top is one project with all in it, and a file at the top is loose', () => {
    expect(
      judge(
        [
          'Rome/Rome.mp4',
          'Rome/notes.txt',
          'Rome/a/b/IMG_1.HEIC',
          'Rome/IMG_0001.MOV',
          'Rome/.DS_Store',
          'Rome/.settings',
          'Rome/.cache.sqlite',
          'Rome/.clip.mov.a1B2c3',
          'Rome/.project/final/cut.mp4',
          'Rome/.rsync-partial/a.mp4',
          'Rome/final/.Rome.mp4',
          '.hidden/notes.txt',
          'Oslo.mp4',
          'x.txt',
        ],
        { kind: 'projects' },
      ),
    ).toEqual({
      'Rome/Rome.mp4': 'Rome: master in ""',
      'Rome/notes.txt': 'Rome: other in ""',
      'Rome/a/b/IMG_1.HEIC': 'Rome: still in "a/b"',
      'Rome/IMG_0001.MOV': 'Rome: raw in ""',
      'Rome/.DS_Store': 'ignored',
      'Rome/.settings': 'Rome: other in ""',
      'Rome/.cache.sqlite': 'Rome: other in ""',
      'Rome/.clip.mov.a1B2c3': 'ignored',
      'Rome/.project/final/cut.mp4': 'Rome: other in ".project/final"',
      'Rome/.rsync-partial/a.mp4': 'ignored',
      'Rome/final/.Rome.mp4': 'Rome: other in "final"',
      '.hidden/notes.txt': 'ignored',
      'Oslo.mp4': 'video',
      'x.txt': 'none',
    });
  });

  it('where a file belongs never depends on what else stands there', () => {
    fc.assert(
      fc.property(fc.array(anyPath, { minLength: 1, maxLength: 8 }), (paths) => {
        for (const path of paths.filter((one) => one.includes('/'))) {
          const alone = belongingOf(path, namesOf([path], { kind: 'projects' }));
          expect(belongingOf(path, namesOf(paths, { kind: 'projects' }))).toEqual(alone);
        }
      }),
    );
  });
});

describe('a file of a project', () => {
  it.each([
    ['final', 'Rome.mp4', 'master'],
    ['Endfassung', 'Rome.mov', 'master'],
    ['published/tiktok', 'Rome.mp4', 'published'],
    ['Bozze', 'Rome.mp4', 'draft'],
    ['final/drafts', 'Rome.mp4', 'draft'],
    ['raw/final interview', 'a.mp4', 'raw'],
    ['final', 'cover.jpg', 'still'],
    ['final', 'Rome.srt', 'subtitle'],
    ['', 'Rome.mp4', 'master'],
    ['', 'C0001.MP4', 'raw'],
    ['day 1', 'Rome.mp4', 'raw'],
    ['Musik', 'song.mp3', 'sound'],
    ['Musik', 'song.mp4', 'sound'],
    ['raw', 'voice.wav', 'raw'],
    ['raw', 'C0001M01.XML', 'sidecar'],
    ['Fotos', 'x.cr3', 'still'],
    ['', 'song.wav', 'sound'],
    ['', 'Rome.drp', 'project'],
    ['deep/down', 'cut.edl', 'project'],
    ['Rome.fcpbundle/x', 'a.mov', 'project'],
    ['proxies', 'a.mov', 'other'],
    ['contracts', 'music licence.pdf', 'other'],
    ['', 'noextension', 'other'],
  ])('in %j, %j is %s', (path, name, expected) => {
    const place = placeInProject(path, name);
    expect(place.role ?? place.partKind).toBe(expected);
    expect(place.path).toBe(path);
  });
});
