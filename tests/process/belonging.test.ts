import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { type Installation, makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { classicMhl } from '#tests/support/mhl.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { makeBareShell, runRestore } from '#tests/support/restore-run.ts';
import { until } from '#tests/support/until.ts';

/** As people copy it in: a card of a Sony camera, a project by its folders, a delivery with its list, and loose files with what is beside them. */
const files = {
  'Interview/PRIVATE/M4ROOT/CLIP/C0001.MP4': 'first clip',
  'Interview/PRIVATE/M4ROOT/CLIP/C0001M01.XML': '<notes/>',
  'Interview/PRIVATE/M4ROOT/MEDIAPRO.XML': '<card/>',
  'Rome/Rohmaterial/a.mov': 'raw footage',
  'Rome/Musik/song.wav': 'music',
  'Rome/Final/Rome.mp4': 'the film',
  'Rome/.project/state': 'where the editor was',
  'Rome/.lock': '',
  'Rome/Musik/empty.txt': '',
  'ssstik_1700000000.mp4': 'from a platform',
  'ssstik_1700000000.info.json': JSON.stringify({
    title: 'Spring <b>2026</b>',
    id: '7',
    webpage_url: 'https://example.org/7',
  }),
  'IMG_0001.HEIC': 'still',
  'IMG_0001.MOV': 'live photo',
  'delivery/A001.mov': 'first reel',
  'delivery/A002.mov': 'second reel',
  'delivery/delivery.mhl': classicMhl(
    ['first', 'second'].map((nth, n) => ({ path: `A00${n + 1}.mov`, bytes: Buffer.from(`${nth} reel`) })),
  ),
};

const tree = {
  '2026/2026-03-01 Interview/as it came/PRIVATE/M4ROOT/CLIP/C0001.MP4':
    files['Interview/PRIVATE/M4ROOT/CLIP/C0001.MP4'],
  '2026/2026-03-01 Interview/as it came/PRIVATE/M4ROOT/CLIP/C0001M01.XML': '<notes/>',
  '2026/2026-03-01 Interview/as it came/PRIVATE/M4ROOT/MEDIAPRO.XML': '<card/>',
  '2026/2026-03-01 Rome/Rome.mp4': 'the film',
  '2026/2026-03-01 Rome/as it came/.lock': '',
  '2026/2026-03-01 Rome/as it came/.project/state': 'where the editor was',
  '2026/2026-03-01 Rome/as it came/Musik/empty.txt': '',
  '2026/2026-03-01 Rome/as it came/Musik/song.wav': 'music',
  '2026/2026-03-01 Rome/as it came/Rohmaterial/a.mov': 'raw footage',
  '2026/2026-03-01 Spring (b)2026(-b)/Spring (b)2026(-b).mp4': 'from a platform',
  '2026/2026-03-01 Spring (b)2026(-b)/sidecar/ssstik_1700000000.info.json':
    files['ssstik_1700000000.info.json'],
  '2026/2026-03-01 IMG_0001/IMG_0001.mov': 'live photo',
  '2026/2026-03-01 IMG_0001/still/IMG_0001.HEIC': 'still',
  '2026/2026-03-01 A001/A001.mov': 'first reel',
  '2026/2026-03-01 A001/sidecar/delivery.mhl': files['delivery/delivery.mhl'],
  '2026/2026-03-01 A002/A002.mov': 'second reel',
  '2026/2026-03-01 A002/sidecar/delivery.mhl': files['delivery/delivery.mhl'],
};

async function copyIn({ inbox }: Installation): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(inbox, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await utimes(file, new Date('2026-03-01T12:00:00Z'), new Date('2026-03-01T12:00:00Z'));
  }
}

function dump({ config }: Installation) {
  using catalogue = openForReading(join(config, 'catalogue.sqlite'));
  if (catalogue === null) throw new Error('there is no catalogue');
  return dumpTables(catalogue, projectedColumns);
}

describe('a card, a project, a delivery with its list, and files beside their videos', {
  timeout: 300_000,
}, () => {
  it('are saved whole, shown as they came, rebuilt, and brought back by a shell alone', async () => {
    await using installation = await makeInstallation();
    {
      await using daemon = await startDaemon(installation);
      await copyIn(installation);
      const shown = () => filesOf(installation.library);
      await until(
        'the library',
        () => JSON.stringify(sorted(shown())) === JSON.stringify(sorted(tree)),
        90_000,
      );
      const videos = await daemon.api.videos();
      expect(videos.map(({ title }) => title).toSorted()).toEqual([
        'A001',
        'A002',
        'IMG_0001',
        'Interview',
        'Rome',
        'Spring <b>2026</b>',
      ]);
      await until('an empty inbox', () =>
        Object.keys(filesOf(installation.inbox)).every((path) => path.startsWith('.reelhold-hold/')),
      );
    }
    const before = dump(installation);
    expect(await runCli(installation, 'rebuild')).toEqual({
      code: 0,
      output: 'The catalogue was made again: 6 videos, 5 versions, 12 parts.\n',
    });
    expect(dump(installation)).toEqual(before);
    await rm(installation.config, { recursive: true });
    expect(await runCli(installation, 'rebuild')).toMatchObject({ code: 0 });
    expect(dump(installation)).toEqual(before);

    const target = join(installation.folder, 'brought back');
    const shell = makeBareShell('dash', installation.folder);
    const restored = await runRestore(shell, {
      ...{ args: ['--check', target], cwd: installation.folder, script: 'vault/restore.sh' },
    });
    expect(restored).toMatchObject({ code: 0, complained: '' });
    expect(sorted(filesBelow(target))).toEqual(sorted(tree));
    expect(await readFile(join(installation.vault, 'restore.sh'), 'utf8')).toContain(
      '5  the name of a place',
    );
  });
});

/** A folder may come, or go, while it is looked at. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  try {
    return filesBelow(folder);
  } catch {
    return { 'a folder': 'that is just changing' };
  }
}

function sorted(found: Readonly<Record<string, string | undefined>>): [string, string | undefined][] {
  return Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1));
}
