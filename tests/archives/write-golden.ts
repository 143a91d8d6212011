/**
 * Writes a golden archive with the version that runs it: `node tests/archives/write-golden.ts v2`. Once for each
 * format that is released, and never again: what stands there is what that version wrote.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenArchive } from '#compose.ts';
import { placeInProject } from '#core/belonging.ts';
import type { Damage } from '#core/damage.ts';
import type { Change } from '#core/plan-change.ts';
import type { Belongs } from '#core/plan-parts.ts';
import { formatChange } from '#daemon/operations/change.ts';
import { goldenDir, openIn, readAccount, readTree } from '#tests/support/golden.ts';
import { runHandler } from '#tests/support/operations.ts';
import { writePlaces } from './golden-places.ts';

const name = process.argv[2];
if (name === undefined || existsSync(join(goldenDir, name)))
  throw new Error('name a golden archive that is not there');
const folder = mkdtempSync(join(tmpdir(), 'reelhold-golden-'));
const target = join(goldenDir, name);

/** What is in hand only while it is written is no part of a place. */
function keep(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('/staging') });
}

async function put(
  archive: OpenArchive,
  fileName: string,
  bytes: string,
  belongs: Belongs | null,
  damaged: Damage | null = null,
) {
  const path = join(folder, fileName);
  writeFileSync(path, bytes);
  utimesSync(path, new Date('2026-03-01T12:00:00Z'), new Date('2026-03-01T12:00:00Z'));
  const signal = new AbortController().signal;
  const request = {
    source: { path, within: null },
    continues: null,
    sizeBytes: bytes.length,
    signal,
    belongs,
    damaged,
  };
  const { outcome } = await archive.intake.take(request);
  rmSync(path);
  return outcome;
}

async function take(archive: OpenArchive, fileName: string, bytes: string, damaged: Damage | null = null) {
  const outcome = await put(archive, fileName, bytes, null, damaged);
  if (!('version' in outcome)) throw new Error(`${fileName} became a part`);
  return outcome;
}

/** Takes a file as it comes below a folder of an inbox of projects. */
async function takeOfProject(
  archive: OpenArchive,
  path: string,
  bytes: string,
  damaged: Damage | null = null,
) {
  const [project = '', ...rest] = path.split('/');
  const name = rest.pop() ?? '';
  const place = placeInProject(rest.join('/'), name);
  const belongs = { kind: 'project', key: `/inbox/${project}`, folder: project, ...place } as const;
  return put(archive, name, bytes, belongs, damaged);
}

/** Projects and parts: versions of every role, the same bytes at many places, one project that became another's. */
async function writeProjects(archive: OpenArchive): Promise<void> {
  const change = (wanted: Change) => runHandler(archive.change, formatChange(wanted));
  await takeOfProject(archive, 'Bern trip/Rohmaterial/Card: A/C0001.MP4', 'a clip of bern');
  await takeOfProject(archive, 'Bern trip/Rohmaterial/Card: A/C0001M01.XML', 'notes on a clip of bern');
  await takeOfProject(archive, 'Bern trip/Rohmaterial/Card: A/C0002.MP4', 'half a clip of b', 'cut-off');
  await takeOfProject(archive, 'Bern trip/Musik/song.wav', 'the same music');
  await takeOfProject(archive, 'Bern trip/Bern.prproj', 'bern, first state');
  await takeOfProject(archive, 'Bern trip/Bern.prproj', 'bern, second state');
  const bern = await takeOfProject(archive, 'Bern trip/final/Bern.mp4', 'bern, final');
  await takeOfProject(archive, 'Bern trip/Entwürfe/Bern.mp4', 'bern, a draft after it');
  await takeOfProject(archive, 'Bern trip/published/Bern.mp4', 'bern, as published');
  const genoa = await takeOfProject(archive, 'Genoa/raw/Rome.mp4', 'first cut of rome');
  await takeOfProject(archive, 'Genoa/musica/song.wav', 'the same music');
  await takeOfProject(archive, 'Genoa/musica/again.wav', 'the same music');
  const lost = await takeOfProject(archive, 'Lost/audio/song.wav', 'the same music');
  const more = await takeOfProject(archive, 'More of Bern/licences/music.pdf', 'a licence');
  await put(archive, 'Bern.de.srt', 'subtitles', { kind: 'beside', video: bern.video, partKind: 'subtitle' });
  await change({ kind: 'rename', video: genoa.video, title: 'Genova: "la Superba"' });
  await change({ kind: 'trash', video: lost.video, trashed: true });
  await change({ kind: 'merge', from: more.video, into: bern.video });
}

/** Gives a video that the owner wants gone. */
async function write(archive: OpenArchive): Promise<{ readonly video: string; readonly title: string }> {
  const change = (wanted: Change) => runHandler(archive.change, formatChange(wanted));
  const rome = await take(archive, 'Rome.mp4', 'first cut of rome');
  await take(archive, 'Rome.mp4', 'second cut of rome');
  const oslo = await take(archive, 'Oslo.mov', 'oslo');
  const trial = await take(archive, 'Trial 7.mp4', 'a trial that became rome');
  const gone = await take(archive, 'Gone: "for ever" | 😀.webm', 'in the trash');
  await take(archive, 'no extension', 'bytes of no kind');
  await take(archive, 'IMG_0001.MOV', 'one phone');
  await take(archive, 'IMG_0001.MOV', 'another phone');
  await change({ kind: 'rename', video: oslo.video, title: 'Größe 🎬 / winter: Oslo' });
  await change({ kind: 'merge', from: trial.video, into: rome.video });
  await change({ kind: 'trash', video: gone.video, trashed: true });
  await change({ kind: 'link', version: rome.version, platform: 'tiktok', post: '7301', linked: true });
  await change({ kind: 'link', version: oslo.version, platform: 'tiktok', post: '7302', linked: true });
  await change({ kind: 'link', version: oslo.version, platform: 'tiktok', post: '7302', linked: false });
  await change({ kind: 'set', name: 'proof-days', value: '60' });
  await take(archive, 'Torn.mp4', 'a film that ends in', 'cut-off');
  await writeProjects(archive);
  const doomed = await take(archive, 'Doomed.mp4', 'deleted everywhere');
  await change({ kind: 'trash', video: doomed.video, trashed: true });
  return { video: doomed.video, title: 'Doomed' };
}

const { archive, config } = await openIn(folder);
{
  await using open = archive;
  const doomed = await write(open);
  const places = await writePlaces(open, config, folder, doomed);
  for (const [place, from] of Object.entries(places)) keep(from, join(target, place));
  if (open.refreshLibrary !== null) await runHandler(open.refreshLibrary);
  mkdirSync(target, { recursive: true });
  open.database.sqlite.exec(`VACUUM INTO '${join(target, 'catalogue.sqlite')}'`);
}
for (const part of [
  'README.txt',
  'restore.sh',
  'archive.json',
  'location.json',
  'blobs',
  'journal',
  'index',
]) {
  cpSync(join(config.vaultDir, part), join(target, 'vault', part), { recursive: true });
}
cpSync(join(config.configDir, 'installation.json'), join(target, 'installation.json'));
writeFileSync(
  join(target, 'expected.json'),
  `${JSON.stringify({ ...readAccount(config), tree: readTree(config.libraryDir) }, null, 2)}\n`,
);
rmSync(folder, { recursive: true });
