import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openForReading } from '#catalogue/database.ts';
import { runRebuildFrom } from '#cli/rebuild-from.ts';
import type { Config } from '#config.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { configBelow, copyToDrive, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { placeFacts } from '#tests/support/places.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let old: Config;
let drive: string;
beforeEach(async () => {
  old = configBelow(join(folder.path, 'old'));
  await liveIn(old, join(folder.path, 'sources'));
  drive = join(folder.path, 'drive');
  copyToDrive(old, drive);
});

const fresh = () => configBelow(join(folder.path, 'fresh'));
const rebuild = (config: Config, from = drive) => hear(() => runRebuildFrom(config, from, null));
const installationOf = ({ configDir }: Config) =>
  JSON.parse(readFileSync(join(configDir, 'installation.json'), 'utf8')) as Record<string, string>;
const { segments: _, ...tables } = projectedColumns;
const dump = ({ catalogueFile }: Config) => {
  using catalogue = openForReading(catalogueFile);
  if (catalogue === null) throw new Error('there is no catalogue');
  return dumpTables(catalogue, { ...tables, segments: 'name, is_whole' });
};
const stamps = (path: string) =>
  readdirSync(path, { recursive: true })
    .map((name) => `${name} ${statSync(join(path, String(name)), { bigint: true }).mtimeNs}`)
    .sort();
/** Makes the segment that names a video one that no program can read: larger than any file that is read as a whole. */
const spoilSegment = (place: string, title: string) => {
  const journal = join(place, 'journal');
  const name = readdirSync(journal).find((one) => readFileSync(join(journal, one), 'utf8').includes(title));
  rmSync(join(journal, name ?? ''));
  writeFileSync(join(journal, name ?? ''), '');
  truncateSync(join(journal, name ?? ''), 2 ** 32);
};
const oneBlob = () => {
  const shards = join(drive, 'blobs/sha256');
  const [shard = ''] = readdirSync(shards);
  const [name = ''] = readdirSync(join(shards, shard));
  return join('blobs/sha256', shard, name);
};

describe('a new machine', () => {
  it('has the whole archive back from one drive, as it was, under an id of its own', async () => {
    const before = stamps(drive);
    const rebuilt = await rebuild(fresh());
    expect(rebuilt).toMatchObject({ code: 0, err: '', out: expect.stringContaining('3 videos, 4 versions') });
    expect(dump(fresh())).toEqual(dump(old));
    expect(filesBelow(fresh().libraryDir)).toEqual(filesBelow(old.libraryDir));
    expect(filesBelow(join(fresh().vaultDir, 'blobs'))).toEqual(filesBelow(join(old.vaultDir, 'blobs')));
    expect(installationOf(fresh()).archive).toBe(installationOf(old).archive);
    expect(installationOf(fresh()).writer).not.toBe(installationOf(old).writer);
    expect(installationOf(fresh()).location).not.toBe(installationOf(old).location);
    expect(stamps(drive)).toEqual(before);
    const again = await rebuild(fresh());
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('4 stood here already') });
  });

  it('has it back from a copied vault too, and takes no vault for a copy of itself', async () => {
    cpSync(old.vaultDir, join(folder.path, 'copy'), { recursive: true });
    expect(await rebuild(fresh(), join(folder.path, 'copy'))).toMatchObject({ code: 0, err: '' });
    expect(dump(fresh())).toEqual(dump(old));
    for (const itself of [fresh().vaultDir, join(fresh().vaultDir, '../vault'), 'vault'])
      await expect(rebuild(fresh(), itself)).rejects.toThrow('it is the vault itself');
  });

  it('never goes on under the id of the old one, though its settings came along', async () => {
    cpSync(join(old.configDir, 'installation.json'), join(fresh().configDir, 'installation.json'));
    expect(await rebuild(fresh())).toMatchObject({ code: 0 });
    expect(installationOf(fresh()).writer).not.toBe(installationOf(old).writer);
  });

  it('goes on where it was interrupted, and is no new archive meanwhile', async () => {
    expect(await rebuild(fresh())).toMatchObject({ code: 0 });
    // As a kill in the middle leaves it: noted as held, without the marks and some of the blobs.
    for (const name of ['archive.json', 'location.json', oneBlob()]) rmSync(join(fresh().vaultDir, name));
    rmSync(fresh().catalogueFile);
    await expect(openCommandArchive(fresh())).rejects.toThrow('refused');
    expect(readdirSync(fresh().vaultDir)).not.toContain('archive.json');
    expect(await rebuild(fresh())).toMatchObject({ code: 0, out: expect.stringContaining('1 file copied') });
    expect(dump(fresh())).toEqual(dump(old));
  });

  it('keeps the dates on which copies were proven', async () => {
    const digest = digestOf('oslo');
    {
      await using archive = await openCommandArchive(old);
      const facts = { kind: 'event', event: 'fixity check', location: 'blue', outcome: 'success' } as const;
      const drafts = [{ facts: { ...facts, digests: [digest] }, index: [] }];
      await archive.ledger.commit(() => ({ drafts, also: () => undefined }));
    }
    rmSync(drive, { recursive: true });
    copyToDrive(old, drive);
    expect(await rebuild(fresh())).toMatchObject({ code: 0 });
    const proofs = (config: Config) => {
      using catalogue = openForReading(config.catalogueFile);
      const select = "SELECT digest, proven_at_ms FROM copies WHERE location = 'blue'";
      return catalogue?.sqlite.prepare(select).all();
    };
    expect(proofs(fresh())).toEqual(proofs(old));
    expect(proofs(fresh())).toHaveLength(1);
  });

  it('does not bring back from a drive what the owner had deleted everywhere', async () => {
    const digest = digestOf('oslo');
    {
      await using archive = await openCommandArchive(old);
      const video = archive.catalogue.archive.heldVersion(digest)?.video ?? '';
      const facts = { kind: 'tombstone', video, digests: [digest] } as const;
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    rmSync(drive, { recursive: true });
    copyToDrive(old, drive);
    expect(Object.values(filesBelow(join(drive, 'blobs')))).toContain('oslo');
    expect(await rebuild(fresh())).toMatchObject({ code: 0, out: expect.stringContaining('3 files copied') });
    expect(Object.values(filesBelow(join(fresh().vaultDir, 'blobs')))).not.toContain('oslo');
    expect(dump(fresh())).toEqual(dump(old));
  });

  it('is known where only the vault was lost: a drive by its name brings it back', async () => {
    {
      await using archive = await openCommandArchive(old);
      const facts = placeFacts('blue', { name: 'Blue drive', path: drive });
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    const before = dump(old);
    rmSync(old.vaultDir, { recursive: true });
    expect(await rebuild(old, 'blue drive')).toMatchObject({ code: 0 });
    // The newest record never reached the drive: the catalogue gave it back to the journal.
    expect(dump(old)).toEqual(before);
    expect(readdirSync(join(old.vaultDir, 'journal'))).toHaveLength(before.segments?.length ?? 0);
  });

  it('says what a copy lacks or has damaged, and has all the rest', async () => {
    const blob = oneBlob();
    rmSync(join(drive, blob));
    writeFileSync(join(drive, blob), 'bad');
    const damaged = await rebuild(fresh());
    expect(damaged).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${blob}: the copy there is damaged`),
    });
    expect(damaged.out).toContain('3 files copied');
    rmSync(join(drive, blob));
    const lacking = await rebuild(fresh());
    expect(lacking).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 file does not stand in this copy'),
    });
  });

  it('reads back what stands there before it counts, also where the copy lacks it', async () => {
    expect(await rebuild(fresh())).toMatchObject({ code: 0 });
    const blob = join(fresh().vaultDir, oneBlob());
    const good = readFileSync(blob, 'utf8');
    const rot = () => {
      rmSync(blob);
      writeFileSync(blob, 'x'.repeat(good.length));
    };
    rot();
    expect(await rebuild(fresh())).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 file copied, each compared with its checksum; 3 stood here already'),
    });
    expect(readFileSync(blob, 'utf8')).toBe(good);
    rot();
    const lacking = oneBlob();
    rmSync(join(drive, lacking));
    expect(await rebuild(fresh())).toMatchObject({
      code: 1,
      out: expect.stringContaining(`Not brought: ${lacking}: what stands here is damaged; `),
    });
  });

  it('goes on without a part of the journal that cannot be read, says so, and gets it from another copy', async () => {
    cpSync(drive, join(folder.path, 'other drive'), { recursive: true });
    spoilSegment(drive, 'Oslo');
    const rebuilt = await rebuild(fresh());
    expect(rebuilt).toMatchObject({
      code: 1,
      out: expect.stringContaining(
        'The archive is back, but not all that is known of it: 2 videos, 3 versions.',
      ),
    });
    expect(rebuilt.out).toMatch(/^Cannot be read: journal\//m);
    expect(rebuilt.out).toContain('1 part of the journal is damaged or cannot be read');
    expect(rebuilt.out).toContain('1 file came of which nothing is known');
    expect(Object.values(filesBelow(join(fresh().vaultDir, 'blobs')))).toContain('oslo');
    expect(await rebuild(fresh())).toMatchObject({ code: 1 });
    expect(await rebuild(fresh(), join(folder.path, 'other drive'))).toMatchObject({ code: 0, err: '' });
    expect(dump(fresh())).toEqual(dump(old));
  });

  it('has what the copy cannot read of the journal from its own list, where only the vault was lost', async () => {
    const before = dump(old);
    const journal = filesBelow(join(old.vaultDir, 'journal'));
    spoilSegment(drive, 'Oslo');
    rmSync(old.vaultDir, { recursive: true });
    const rebuilt = await rebuild(old);
    expect(rebuilt).toMatchObject({ code: 0, out: expect.not.stringContaining('journal') });
    expect(filesBelow(join(old.vaultDir, 'journal'))).toEqual(journal);
    expect(dump(old)).toEqual(before);
  });

  it('brings what looks deleted too, as what cannot be read may say that it came again', async () => {
    const digest = digestOf('oslo');
    {
      await using archive = await openCommandArchive(old);
      const video = archive.catalogue.archive.heldVersion(digest)?.video ?? '';
      const facts = { kind: 'tombstone', video, digests: [digest] } as const;
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    rmSync(drive, { recursive: true });
    copyToDrive(old, drive);
    spoilSegment(drive, 'Bern');
    expect(await rebuild(fresh())).toMatchObject({ code: 1 });
    expect(Object.values(filesBelow(join(fresh().vaultDir, 'blobs')))).toContain('oslo');
  });

  it('is left as it is where it holds anything else', async () => {
    const other = configBelow(join(folder.path, 'other'));
    await liveIn(other, join(folder.path, 'more sources'));
    const before = stamps(other.vaultDir);
    await expect(rebuild(other)).rejects.toThrow('this Reelhold holds another archive');
    expect(stamps(other.vaultDir)).toEqual(before);
    const full = configBelow(join(folder.path, 'full'));
    cpSync(join(folder.path, 'sources'), full.vaultDir, { recursive: true });
    await expect(rebuild(full)).rejects.toThrow('other files stand there');
    expect(readdirSync(full.vaultDir).sort()).toEqual(readdirSync(join(folder.path, 'sources')).sort());
    await expect(rebuild(fresh(), join(folder.path, 'nothing'))).rejects.toMatchObject({
      kind: 'unreachable',
    });
    await expect(rebuild(fresh(), 'cloud:archive')).rejects.toMatchObject({ kind: 'missing' });
  });
});
