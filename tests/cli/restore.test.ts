import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runRebuildFrom } from '#cli/rebuild-from.ts';
import { runRestore } from '#cli/restore.ts';
import { runCli } from '#cli.ts';
import type { Config } from '#config.ts';
import { parseArchiveMark } from '#core/archive-format.ts';
import { cipherSize } from '#core/cipher-size.ts';
import { blobPath } from '#core/digest.ts';
import type { RestoreAsked } from '#core/plan-restore.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { digestOf } from '#tests/support/digests.ts';
import { configBelow, copyToDrive, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { placeFacts } from '#tests/support/places.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { installedShells, makeBareShell, runRestore as runScript } from '#tests/support/restore-run.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { openEncryptedTestRemote } from '#tests/support/test-remote.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
let config: Config;
beforeEach(async () => {
  config = configBelow(at('here'));
  await liveIn(config, at('sources'));
});

const all: RestoreAsked = { kind: 'all' };
const restore = (asked: RestoreAsked, to: string, from: string | null = null, by = config) =>
  hear(() => runRestore(by, { asked, from, passwordFile: null, to: at(to) }));

/** With rclone at hand. */
const reaching = (by: Config): Config => ({ ...by, searchPath: process.env.PATH ?? '' });

/** Brings the whole archive, encrypted, to a folder that a caller's rclone reaches. */
async function encryptTo(target: string, password: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const archive = parseArchiveMark(readFileSync(join(config.vaultDir, 'archive.json'), 'utf8'));
  if (archive === null) throw new Error('the vault has a mark');
  const location = { location: 'cloud', role: 'remote', generation: 1, writer: '0123456789ab' } as const;
  const open = await openEncryptedTestRemote({
    ...{ configDir: at('cloud/config'), spoolDir: at('cloud/spool'), ledger: createMemoryCipherLedger() },
    ...{ sections: { server: { type: 'alias', remote: at('cloud') } }, root: 'server:archive', password },
  });
  const place = open({ ...location, archive: archive.archive });
  const signal = new AbortController().signal;
  await place.prepare({ archive, location }, signal);
  const files = ['blobs', 'journal', 'index'].flatMap((top) =>
    readdirSync(join(config.vaultDir, top), { recursive: true, encoding: 'utf8' }).flatMap((name) => {
      const source = join(config.vaultDir, top, name);
      if (!statSync(source).isFile()) return [];
      const bytes = readFileSync(source);
      return [{ path: `${top}/${name}`, source, sizeBytes: bytes.length, digest: digestOf(bytes) }];
    }),
  );
  for (const { kind } of await place.put(files, { signal })) expect(kind).toBe('stored');
}

function fileOfSize(root: string, sizeBytes: number): string {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name));
  const found = files.filter((path) => statSync(path).isFile() && statSync(path).size === sizeBytes);
  if (found[0] === undefined || found.length > 1)
    throw new Error(`${found.length} files of ${sizeBytes} bytes`);
  return found[0];
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  rmSync(path);
  writeFileSync(path, bytes);
}

describe('reelhold restore', () => {
  it('gives the same from the vault, while it is open, from a drive alone, and by sh alone', async () => {
    await using _open = await openCommandArchive(config);
    expect(await restore(all, 'a')).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 files brought'),
    });
    expect(filesBelow(at('a'))).toEqual(filesBelow(config.libraryDir));
    expect(await restore(all, 'a')).toMatchObject({ out: expect.stringContaining('3 there already') });
    copyToDrive(config, at('drive'));
    const stranger = configBelow(at('stranger'));
    expect(await restore(all, 'c', at('drive'), stranger)).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(at('c'))).toEqual(filesBelow(at('a')));
    expect(readdirSync(at('stranger'))).toEqual(['inbox']);
    const [shell] = installedShells;
    if (shell === undefined) return;
    const run = { args: [at('d')], cwd: at('drive'), script: 'restore.sh' };
    expect(await runScript(makeBareShell(shell, folder.path), run)).toMatchObject({ code: 0 });
    expect(filesBelow(at('d'))).toEqual(filesBelow(at('a')));
  });

  it('brings what is asked for, and says where there is no such video', async () => {
    expect(await restore({ kind: 'query', words: 'SUMMER' }, 'a')).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 files brought'),
    });
    await expect(restore({ kind: 'query', words: 'winter' }, 'b')).rejects.toMatchObject({ kind: 'missing' });
    const asked = await hear(() => runCli(['restore', '--to', at('x')]));
    expect(asked).toMatchObject({
      code: 2,
      err: expect.stringContaining('--all, --video ID or --query WORDS'),
    });
    const both = await hear(() => runCli(['restore', '--to', at('x'), '--all', '--query', 'x']));
    expect(both.code).toBe(2);
  });

  it('takes the copy of a drive where the vault is away or damaged, and says so', async () => {
    copyToDrive(config, at('drive'));
    {
      await using archive = await openCommandArchive(config);
      const facts = placeFacts('blue', { name: 'Blue drive', path: at('drive') });
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    const shards = join(config.vaultDir, 'blobs/sha256');
    for (const shard of readdirSync(shards)) {
      for (const name of readdirSync(join(shards, shard))) {
        rmSync(join(shards, shard, name));
        writeFileSync(join(shards, shard, name), 'x');
      }
    }
    expect(await restore(all, 'a')).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(at('a'))).not.toEqual({});
    rmSync(config.vaultDir, { recursive: true });
    mkdirSync(config.vaultDir);
    const away = await restore(all, 'b');
    expect(away).toMatchObject({ code: 0, err: expect.stringContaining('This NAS cannot be read now') });
    expect(filesBelow(at('b'))).toEqual(filesBelow(at('a')));
    expect(await restore(all, 'c', 'blue DRIVE')).toMatchObject({ code: 0 });
    rmSync(join(at('drive'), 'archive.json'));
    await expect(restore(all, 'd')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('reads from no other drive in the place of the one that was named, and says so', async () => {
    copyToDrive(config, at('drive'));
    {
      await using archive = await openCommandArchive(config);
      const facts = placeFacts('green', { name: 'Green drive', path: at('drive') });
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    await expect(restore(all, 'a', 'Green drive')).rejects.toThrow(
      'another drive than "Green drive" is there',
    );
    expect(await restore(all, 'a', at('drive'))).toMatchObject({ code: 0 });
  });

  it('reads from a vault that somebody copied, by whatever way', { timeout: 120_000 }, async () => {
    cpSync(config.vaultDir, at('copy'), { recursive: true });
    const stranger = reaching(configBelow(at('stranger')));
    expect(await restore(all, 'a', at('copy'), stranger)).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(at('a'))).toEqual(filesBelow(config.libraryDir));
    expect(await restore(all, 'b', `:local:${at('copy')}`, stranger)).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(at('b'))).toEqual(filesBelow(at('a')));
  });

  it('reads from an encrypted remote of the caller with its password from a file', {
    timeout: 120_000,
  }, async () => {
    await encryptTo(at('cloud/archive'), 'the right one');
    writeFileSync(at('password'), 'the right one\n');
    writeFileSync(at('slip'), 'the wrong one\n');
    const stranger = reaching(configBelow(at('stranger')));
    const from = `:local:${at('cloud/archive')}`;
    const by = (passwordFile: string | null, named = from) =>
      hear(() => runRestore(stranger, { asked: all, from: named, passwordFile, to: at('a') }));
    await expect(by(null)).rejects.toMatchObject({ hint: expect.stringContaining('--password-file') });
    await expect(by(at('slip'))).rejects.toMatchObject({ kind: 'denied' });
    expect(await by(at('password'))).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(at('a'))).toEqual(filesBelow(config.libraryDir));
    await expect(by(at('password'), at('drive'))).rejects.toThrow('it is read without one');
  });

  it('goes on without a part of the journal that an encrypted remote cannot give, and says so', {
    timeout: 120_000,
  }, async () => {
    const journal = join(config.vaultDir, 'journal');
    const oslo = readdirSync(journal).find((name) =>
      readFileSync(join(journal, name), 'utf8').includes('Oslo'),
    );
    const sizeBytes = statSync(join(journal, oslo ?? '')).size;
    await encryptTo(at('cloud/archive'), 'the password');
    writeFileSync(at('password'), 'the password\n');
    flipBit(fileOfSize(at('cloud/archive'), cipherSize(sizeBytes)));
    const stranger = reaching(configBelow(at('stranger')));
    const from = `:local:${at('cloud/archive')}`;
    const asked = { asked: all, from, passwordFile: at('password'), to: at('a') };
    const found = await hear(() => runRestore(stranger, asked));
    expect(found).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Cannot be read: journal/${oslo}`),
      out: expect.stringContaining('1 part of the journal there is damaged or cannot be read'),
    });
    expect(Object.values(filesBelow(at('a'))).sort()).toEqual(['rome, first cut', 'rome, second cut']);
    const rebuilt = await hear(() => runRebuildFrom(stranger, from, at('password')));
    expect(rebuilt).toMatchObject({ code: 1, out: expect.stringContaining('2 videos, 3 versions') });
    expect(Object.values(filesBelow(join(stranger.vaultDir, 'blobs')))).toContain('oslo');
  });

  it('says with 1 what could not be brought, and brings the rest', async () => {
    const oslo = join(config.vaultDir, blobPath({ digest: digestOf('oslo'), ext: 'mp4' }));
    rmSync(oslo);
    const found = await restore(all, 'a');
    expect(found).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Not brought: .*Oslo.*: it is not there/m),
    });
    expect(found.out).toContain('2 files brought');
    expect(Object.values(filesBelow(at('a'))).sort()).toEqual(['rome, first cut', 'rome, second cut']);
  });

  it('brings a video of which only a damaged copy is left, and says what it is', async () => {
    const oslo = join(config.vaultDir, blobPath({ digest: digestOf('oslo'), ext: 'mp4' }));
    rmSync(oslo);
    writeFileSync(oslo, 'osl0');
    const found = await restore(all, 'a');
    expect(found).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^Damaged in the archive, and brought as it is: .*Oslo.* \(damaged\)\.mp4 /m,
      ),
    });
    expect(found.out).toContain('2 files brought');
    expect(found.out).toContain('1 brought damaged');
    expect(found.out).toContain('Connect your other places and start the same again');
    expect(Object.values(filesBelow(at('a'))).sort()).toEqual([
      'osl0',
      'rome, first cut',
      'rome, second cut',
    ]);
    rmSync(oslo);
    writeFileSync(oslo, 'oslo');
    expect(await restore(all, 'a')).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 file brought'),
    });
    expect(Object.values(filesBelow(at('a')))).toEqual(expect.arrayContaining(['oslo', 'osl0']));
  });

  it('brings what is left of a file that was cut off at a remote, and no second time', {
    timeout: 120_000,
  }, async () => {
    copyToDrive(config, at('drive'));
    const oslo = join(at('drive'), blobPath({ digest: digestOf('oslo'), ext: 'mp4' }));
    rmSync(oslo);
    writeFileSync(oslo, 'os');
    const stranger = reaching(configBelow(at('stranger')));
    for (let n = 0; n < 2; n += 1) {
      expect(await restore(all, 'a', `:local:${at('drive')}`, stranger)).toMatchObject({
        code: 1,
        out: expect.stringContaining('1 brought damaged'),
      });
      const texts = Object.values(filesBelow(at('a'))).sort();
      expect(texts).toEqual(['os', 'rome, first cut', 'rome, second cut']);
    }
  });

  it('says where a part of the journal that it goes by is damaged', async () => {
    copyToDrive(config, at('drive'));
    const journal = join(at('drive'), 'journal');
    const oslo = readdirSync(journal).find((name) =>
      readFileSync(join(journal, name), 'utf8').includes('Oslo'),
    );
    rmSync(join(journal, oslo ?? ''));
    writeFileSync(join(journal, oslo ?? ''), 'nothing that can be read');
    expect(await restore(all, 'a', at('drive'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 part of the journal there is damaged or cannot be read'),
    });
    expect(Object.values(filesBelow(at('a'))).sort()).toEqual(['rome, first cut', 'rome, second cut']);
  });

  it('goes into no folder of an archive, nor into one of its own', async () => {
    copyToDrive(config, at('drive'));
    for (const to of ['drive/back', 'here/library/back', 'here/inbox']) {
      await expect(restore(all, to)).rejects.toMatchObject({ kind: 'unsupported' });
    }
    expect(readdirSync(at('drive'))).not.toContain('back');
    cpSync(at('drive'), at('newer'), { recursive: true });
    rmSync(join(at('newer'), 'archive.json'));
    writeFileSync(join(at('newer'), 'archive.json'), '{"format": 9, "archive": "a"}');
    await expect(restore(all, 'x', at('newer'))).rejects.toThrow('a newer Reelhold wrote it');
  });
});
