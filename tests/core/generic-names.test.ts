import { describe, expect, it } from 'vitest';
import { isGenericName } from '#core/generic-names.ts';
import { processorMsOf } from '#tests/support/processor.ts';
import fc from '#tests/support/properties.ts';

describe('a name is generic when it is', () => {
  it.each([
    // phones
    ...[
      'IMG_0001.MOV',
      'IMG_E1234.mov',
      'img_0001.mov',
      'VID_20260101_120000.mp4',
      'VID-20261121-WA0001.mp4',
    ],
    ...[
      'PXL_20260101_120000000.mp4',
      'PXL_20260101_120000000.LS.mp4',
      'SVID_20260101_120000_1.mp4',
      '20260101_120000.mp4',
    ],
    ...[
      '20260101_120000(0).mp4',
      'FullSizeRender.mov',
      'FullSizeRender 2.mov',
      'RPReplay_Final1600000000.mp4',
    ],
    ...['trim.5F3C2A10-1B2C-4D5E-8F90-0123456789AB.MOV', 'copy_5F3C2A10-1B2C-4D5E-8F90-0123456789AB.MOV'],
    // cameras
    ...[
      'MVI_0001.MP4',
      'DSC_0001.MOV',
      '_DSC0001.MOV',
      'DSCF0001.MOV',
      'DSCN0001.MP4',
      'P1000123.MP4',
      'C0001.MP4',
      '00001.MTS',
    ],
    ...[
      '100_0001.MOV',
      'CIMG0001.AVI',
      'MAH00001.MP4',
      'MOV_0001.mp4',
      'CLIP0001.mp4',
      'A001C001_261121AB.mov',
    ],
    ...['A001_08151512_C001.braw', 'VID_20261121_101422_00_001.insv', 'LRV_20261121_101422_01_001.mp4'],
    // action cameras and drones
    ...[
      'GOPR0001.MP4',
      'GX010001.MP4',
      'GH010001.MP4',
      'GP010001.MP4',
      'GS010001.360',
      'GXAA0001.MP4',
      'DJI_0001.MP4',
    ],
    ...[
      'DJI_20261121101422_0001_D.MP4',
      'DJI_0001_002.MP4',
      'dji_fly_20261121_101422_1_1700000000_video.mp4',
    ],
    // recorders of screens and meetings
    ...[
      'Screenrecord-2026-11-21-10-14-22.mp4',
      'Screenrecorder-2026-11-21-10-14-22-123.mp4',
      'screen-20261121-101422.mp4',
    ],
    ...['Screen Recording 2026-11-21 at 10.14.22.mov', 'Screen_Recording_20261121_101422_Minecraft.mp4'],
    ...['ScreenRecording_11-21-2026 10-14-22_1.MP4', 'Bildschirmaufnahme 2026-11-21 um 10.14.22.mov'],
    ...['Enregistrement de l’écran 2026-11-21 à 10.14.22.mov', 'Screencast from 2026-11-21 10-14-22.webm'],
    ...[
      '2026-11-21 10-14-22.mkv',
      'Replay 2026-11-21 10-14-22.mp4',
      'GMT20261121-101422_Recording_1920x1080.mp4',
      'zoom_0.mp4',
    ],
    ...['Recording 2026-11-21 101422.mp4', 'Movie on 21.11.26 at 10.14.mov'],
    // messengers and what saves from a platform
    ...[
      'Snapchat-123456789.mp4',
      'WhatsApp Video 2026-11-21 at 10.14.22 PM.mp4',
      'signal-2026-11-21-10-14-22-123.mp4',
    ],
    ...[
      'video_2026-11-21_10-14-22.mp4',
      'received_123456789.mp4',
      'videoplayback.mp4',
      'lv_0_20261121101422.mp4',
    ],
    ...[
      'ssstik.io_1700000000000.mp4',
      'ssstik.io_@someone_1700000000000.mp4',
      'snaptik_7123456789012345678.mp4',
    ],
    ...[
      '7123456789012345678.mp4',
      'v15044gf0000cabc12def34ghi56.mp4',
      'InShot_20261121_101422123.mp4',
      'tiktok 3.mp4',
    ],
    // what editing programs and people in a hurry write
    ...[
      'Download',
      'Download (3).mp4',
      'video.mp4',
      'video (1).mp4',
      'video(1).mp4',
      'clip.mov',
      'movie.mp4',
      'final',
      'final.mp4',
    ],
    ...[
      'FINAL.MP4',
      'final_v2.mp4',
      'final2.mp4',
      'final final (2).mp4',
      'Final_Export_1080p_60fps_v3.mp4',
      'v2.mp4',
      'draft 4.mp4',
    ],
    ...[
      'Untitled',
      'Untitled 3.mp4',
      'untitled-1.mp4',
      'Unbenannt.mp4',
      'Ohne Titel 2.mp4',
      'Senza titolo.mov',
      'Sans titre.mov',
    ],
    ...[
      'Sin título.mp4',
      '名称未設定.mov',
      '无标题.mp4',
      'Без названия 2.mp4',
      'export.mp4',
      'output.mp4',
      'render.mov',
    ],
    ...[
      'Sequence 01.mp4',
      'Sequence 01_1.mp4',
      'Timeline 1.mov',
      'Comp 1.mov',
      'My Movie 2.mp4',
      'Mein Film.mp4',
      'Neues Video.mp4',
    ],
    ...[
      'copy.mp4',
      'Copy (2).mp4',
      'video - Copy.mp4',
      'video - Kopie (2).mp4',
      'video copy 2.mov',
      'IMG_0001~2.mp4',
      'IMG_0001 [1].mov',
    ],
    ...['video.mp4.mp4', 'Part 1.mp4', 'test.mp4'],
    // dates, identifiers, numbers, next to nothing
    ...[
      '2026-11-21.mp4',
      '21.11.2026.mp4',
      '11-21-26.mp4',
      '20261121.mp4',
      '2026_11_21_10_14_22.mp4',
      '2026-11-21T10:14:22Z.mp4',
    ],
    ...[
      '2026.11.21',
      '5f3c2a10-1b2c-4d5e-8f90-0123456789ab.mp4',
      '5F3C2A101B2C4D5E8F900123456789AB.mp4',
      '{5f3c2a10-1b2c-4d5e-8f90-0123456789ab}.mp4',
    ],
    ...['1.mp4', '0042.mp4', 'a.mp4', 'ab.mp4', '🎂.mp4', '---.mp4', ' .mp4', ''],
  ])('%s', (name) => {
    expect(isGenericName(name)).toBe(true);
  });
});

describe('a name tells which video it is when it is', () => {
  it.each([
    ...[
      'Holiday in Rome.mp4',
      'My best clip 2026.mp4',
      'final cut of Rome.mp4',
      '2026-11-21 Birthday.mp4',
      'Rome2026.mp4',
    ],
    ...[
      'IMG_0001 Rome.mov',
      'VID_20260101_120000 Anna.mp4',
      'Rome (1).mp4',
      'Rome - Copy.mp4',
      'Rome final v2.mp4',
    ],
    ...[
      'Episode 12.mp4',
      'vlog 3.mp4',
      'How I export in 4K.mp4',
      'Untitled Goose Game.mp4',
      'Screen recording tips.mp4',
    ],
    ...[
      '東京.mp4',
      '猫.mp4',
      'Рим.mp4',
      'Caf\u00E9.mp4',
      'cafe\u0301.mp4',
      'caf\uDCE9 clip.mp4',
      '🎂 Anna 🎂.mp4',
      'Facade.mp4',
    ],
    ...[
      'MyHolidayInRome2026part2.mp4',
      'Copyright.mp4',
      'Videography.mp4',
      'decade.mp4',
      'Downtown 3.mp4',
      'Finalists.mp4',
    ],
  ])('%s', (name) => {
    expect(isGenericName(name)).toBe(false);
  });
});

describe('the judgement', () => {
  const name = fc.constantFrom(
    'IMG_0001',
    'final',
    'Holiday in Rome',
    '東京',
    'Untitled 3',
    'Sequence 01',
    'Birthday',
  );

  it('does not change with case, extension or a suffix that copying adds', () => {
    const suffix = fc.constantFrom('', ' (3)', ' - Copy', ' - Kopie', ' copy 2', ' copy', ' - Copy (2)');
    const extension = fc.constantFrom('', '.mp4', '.MOV', '.webm');
    fc.assert(
      fc.property(name, suffix, extension, fc.boolean(), (stem, added, ext, isUpper) => {
        const changed = `${isUpper ? stem.toUpperCase() : stem}${added}${ext}`;
        expect(isGenericName(changed)).toBe(isGenericName(stem));
      }),
    );
  });

  it('comes in no time for any name', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 255 }),
          fc.string({ unit: fc.constantFrom('1', 'a', ' ', '-', '(', ')'), maxLength: 255 }),
        ),
        (text) => {
          expect(processorMsOf(() => isGenericName(text))).toBeLessThan(1000);
        },
      ),
      { numRuns: 1000 },
    );
    isGenericName(`${' '.repeat(20_000)}(1`);
  });
});
