import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutgoingFile } from '#core/ports/location.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { identity, untouched, useLocationSetting } from '#tests/contract/location-setting.ts';
import { folderServer, plainDisk, remoteHarness } from '#tests/contract/remote-harness.ts';
import { openEncryptedTestRemote } from '#tests/support/test-remote.ts';

let place = '';
let ledger = createMemoryCipherLedger();

const setting = useLocationSetting(async (folder) => {
  place = folder;
  ledger = createMemoryCipherLedger();
  const as = await openAs('the right one');
  return remoteHarness(folderServer(join(folder, 'archive')), plainDisk(join(folder, 'archive')), as);
});

const openAs = (password: string, used = ledger) =>
  openEncryptedTestRemote({
    configDir: join(`${place}-config`, password),
    sections: { server: { type: 'alias', remote: place } },
    ...{ root: 'server:archive', spoolDir: `${place}-spool`, ledger: used, password },
  });

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
const atServer = () => filesBelow(join(place, 'archive'));
const inSpool = () => filesBelow(`${place}-spool`);
const bytesOf = async (file: OutgoingFile) => {
  const entry = await ledger.find(file.path);
  return readFileSync(join(place, 'archive', entry?.cipherPath ?? ''));
};

describe('an encrypted place', () => {
  it('shows the server neither names nor bytes, and leaves nothing in the spool', async () => {
    await setting.prepare();
    const file = await setting.hold('private bytes');
    for (const name of atServer()) {
      expect(name).not.toMatch(/blobs|sha256|json|mp4|README/);
      expect(readFileSync(join(place, 'archive', name), 'latin1')).not.toMatch(/private|location|archive"/);
    }
    expect(await ledger.find(file.path)).toMatchObject({ path: file.path, cipherSizeBytes: 13 + 16 + 32 });
    expect(inSpool()).toEqual([]);
  });

  it('gets the same encrypted bytes at each try, written down before the first', async () => {
    await setting.prepare();
    const file = setting.file('some bytes');
    const recorded: string[] = [];
    const watched = {
      ...ledger,
      async record(entries: Parameters<typeof ledger.record>[0]) {
        recorded.push(...entries.map(({ cipherDigest }) => cipherDigest));
        await ledger.record(entries);
        // The power goes out, or the server: nothing is sent.
        throw new Error('stopped before the upload');
      },
    };
    const cut = (await openAs('the right one', watched))(identity);
    const before = atServer();
    await expect(cut.put([file], { signal: untouched })).rejects.toThrow('stopped');
    expect(atServer()).toEqual(before);
    expect(await setting.put([file])).toMatchObject([{ kind: 'stored', proof: 'read-back' }]);
    expect(recorded).toHaveLength(1);
  });

  it('is brought what waited in the spool, and not encrypted a second time', async () => {
    await setting.prepare();
    const file = await setting.hold('some bytes');
    const made = await bytesOf(file);
    const entry = await ledger.find(file.path);
    if (entry === null) throw new Error('it is written down');
    const [target, waiting] = [
      join(place, 'archive', entry.cipherPath),
      join(`${place}-spool`, entry.cipherPath),
    ];
    rmSync(target);
    const { writeFileSync, mkdirSync } = await import('node:fs');
    mkdirSync(join(waiting, '..'), { recursive: true });
    writeFileSync(waiting, made);
    expect(await setting.put([file])).toMatchObject([{ kind: 'stored' }]);
    expect(await bytesOf(file)).toEqual(made);
  });

  it('is never written to with another password', async () => {
    await setting.prepare();
    const before = atServer();
    const other = (await openAs('a slip'))(identity);
    expect(await other.look(untouched)).toMatchObject({ kind: 'away', reason: 'wrong-password' });
    await expect(other.put([setting.file('x')], { signal: untouched })).rejects.toMatchObject({
      kind: 'denied',
    });
    await expect(other.prepare(setting.marks, untouched)).rejects.toMatchObject({ kind: 'denied' });
    expect(atServer()).toEqual(before);
  });

  it('tells what stands there without its ledger, as after everything else was lost', async () => {
    await setting.prepare();
    const file = await setting.hold('some bytes');
    const alone = (await openAs('the right one', createMemoryCipherLedger()))(identity);
    const listed = await Array.fromAsync(alone.list('blobs', untouched));
    expect(listed).toMatchObject([{ path: file.path, sizeBytes: file.sizeBytes }]);
    expect(await alone.prove([file], { signal: untouched })).toEqual([{ kind: 'good' }]);
    expect(await alone.put([file], { signal: untouched })).toMatchObject([{ kind: 'there', proof: null }]);
  });
});
