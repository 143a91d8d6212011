import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatMark } from '#core/archive-format.ts';
import type { DriveTraits } from '#core/judge-place.ts';
import { readDriveTraits } from '#locations/drive-traits.ts';
import { createNotedDrive } from '#locations/noted-drive.ts';
import { createDiskWork } from '#store/disk-work.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { papers } from '#tests/support/drive.ts';
import { marksOf, placeIdentity } from '#tests/support/place-files.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
const never = new AbortController().signal;
const root = () => join(folder.path, 'drive');
const noteFile = () => join(folder.path, 'config/drives/blue.json');
const open = () =>
  createNotedDrive({
    ...{ root: root(), identity: placeIdentity, homes: [folder.path], noteFile: noteFile() },
    ...{ papers: async () => papers, work: createDiskWork(pool) },
  });
const noted = () => JSON.parse(readFileSync(noteFile(), 'utf8')) as DriveTraits;
/** Notes the drive as one that was mounted there. */
const noteMounted = () =>
  writeFileSync(noteFile(), JSON.stringify({ ...noted(), isMountPoint: true, isApart: true }));

beforeEach(() => mkdirSync(root()));

describe('a drive of which is noted what its disk is', () => {
  it('is noted when it is prepared, and not when it is looked at', async () => {
    await open().look(never);
    expect(readdirSync(folder.path)).toEqual(['drive']);
    await open().prepare(marksOf(placeIdentity), never);
    expect(noted()).toEqual(await readDriveTraits(root(), [folder.path]));
    expect(await open().look(never)).toMatchObject({ kind: 'present' });
  });

  it('is told from the empty folder that it was mounted on, by whoever opens it next', async () => {
    await open().prepare(marksOf(placeIdentity), never);
    noteMounted();
    expect(await open().look(never)).toMatchObject({ kind: 'present' });
    for (const name of readdirSync(root())) rmSync(join(root(), name), { recursive: true });
    expect(await open().look(never)).toMatchObject({ kind: 'away', reason: 'empty-mount-point' });
  });

  it('is noted anew when it is taken over, as its disk may be another one by then', async () => {
    await open().prepare(marksOf(placeIdentity), never);
    const before = noted();
    noteMounted();
    const { location, generation, writer } = placeIdentity;
    const mark = formatMark({ location, role: 'drive', generation, writer });
    await open().putMutable('location.json', Buffer.from(mark), never);
    expect(noted()).toEqual(before);
  });

  it('is not noted anew with every page that is written there', async () => {
    await open().prepare(marksOf(placeIdentity), never);
    noteMounted();
    await open().putMutable('OPEN-ME.html', Buffer.from('videos'), never);
    expect(noted()).toMatchObject({ isMountPoint: true });
  });

  it.each(['', 'not JSON', '{"ids": null}'])(
    'is used all the same where the note is damaged: %j',
    async (text) => {
      await open().prepare(marksOf(placeIdentity), never);
      writeFileSync(noteFile(), text);
      expect(await open().look(never)).toMatchObject({ kind: 'present' });
    },
  );

  it('is not used while the note cannot be read, as a copy of it would pass for it, and is once it can', async () => {
    await open().prepare(marksOf(placeIdentity), never);
    const note = readFileSync(noteFile());
    rmSync(noteFile());
    makeClosedPath(noteFile());
    const drive = open();
    await expect(drive.look(never)).rejects.toThrow(`read what is noted of the drive in ${noteFile()}`);
    rmSync(noteFile());
    writeFileSync(noteFile(), note);
    expect(await drive.look(never)).toMatchObject({ kind: 'present' });
  });
});
