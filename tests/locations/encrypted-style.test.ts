import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CipherEntry } from '#core/ports/cipher-ledger.ts';
import type { ListedFile, OutgoingFile } from '#core/ports/location.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { identity, untouched, useLocationSetting } from '#tests/contract/location-setting.ts';
import { folderServer, plainDisk, remoteHarness } from '#tests/contract/remote-harness.ts';
import { digestOf } from '#tests/support/digests.ts';
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

describe('an encrypted place', { timeout: 120_000 }, () => {
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

  it('gets the bytes that were made first, however often it takes to bring them', async () => {
    await setting.prepare();
    const file = setting.file('some bytes');
    const made: CipherEntry[] = [];
    const inTheWay = () => join(place, 'archive', made[0]?.cipherPath.split('/')[0] ?? '');
    const watched = {
      ...ledger,
      async record(entries: readonly CipherEntry[]) {
        made.push(...entries);
        expect(existsSync(inTheWay())).toBe(false);
        writeFileSync(inTheWay(), 'a file where the folder has to be');
        await ledger.record(entries);
      },
    };
    const watching = (await openAs('the right one', watched))(identity);
    expect(await watching.put([file], { signal: untouched })).toMatchObject([{ kind: 'failed' }]);
    expect(inSpool()).toEqual([made[0]?.cipherPath]);
    rmSync(inTheWay());
    expect(await watching.put([file], { signal: untouched })).toMatchObject([
      { kind: 'stored', proof: 'read-back' },
    ]);
    expect(made).toHaveLength(1);
    expect(digestOf(await bytesOf(file))).toBe(made[0]?.cipherDigest);
    expect(inSpool()).toEqual([]);
  });

  it('gets one group while the next is encrypted, and a path that comes twice once', async () => {
    await setting.prepare();
    // More than the spool takes at a time.
    const files = Array.from({ length: 53 }, (_, index) => setting.file(`some bytes ${index}`));
    const outcomes = await setting.put([...files, setting.file('some bytes 0')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual([...files.map(() => 'stored'), 'there']);
    for (const outcome of outcomes.slice(0, -1)) expect(outcome).toMatchObject({ proof: 'read-back' });
    expect(inSpool()).toEqual([]);
  });

  it('is left in peace as soon as it is called off, and gets the rest later', async () => {
    await setting.prepare();
    const files = Array.from({ length: 53 }, (_, index) => setting.file(`some bytes ${index}`));
    const stop = new AbortController();
    const stopping = {
      ...ledger,
      async record(entries: readonly CipherEntry[]) {
        stop.abort();
        await ledger.record(entries);
      },
    };
    const called = (await openAs('the right one', stopping))(identity);
    await expect(called.put(files, { signal: stop.signal })).rejects.toMatchObject({ kind: 'aborted' });
    expect((await setting.put(files)).map(({ kind }) => kind)).toEqual(files.map(() => 'stored'));
    expect(inSpool()).toEqual([]);
  });

  it('tells of a source that is not what it is called, and takes none of it', async () => {
    await setting.prepare();
    const [good, bad] = [setting.file('some bytes'), setting.file('other bytes')];
    writeFileSync(bad.source, 'wrong bytes');
    expect(await setting.put([good, bad])).toMatchObject([{ kind: 'stored' }, { kind: 'bad-source' }]);
    expect(inSpool()).toEqual([]);
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
    // More than rclone names at once.
    const files = Array.from({ length: 23 }, (_, index) => setting.file(`some bytes ${index}`));
    expect((await setting.put(files)).map(({ kind }) => kind)).toEqual(files.map(() => 'stored'));
    const alone = (await openAs('the right one', createMemoryCipherLedger()))(identity);
    const listed: ListedFile[] = [];
    for await (const one of alone.list('blobs', untouched)) listed.push(one);
    const expected = files.map(({ path, sizeBytes }) => `${sizeBytes} ${path}`).toSorted();
    expect(listed.map(({ path, sizeBytes }) => `${sizeBytes} ${path}`).toSorted()).toEqual(expected);
    const [file = setting.file('')] = files;
    expect(await alone.prove([file], { signal: untouched })).toEqual([{ kind: 'good' }]);
    expect(await alone.put([file], { signal: untouched })).toMatchObject([{ kind: 'there', proof: null }]);
  });

  it('learns what stands there by reading it back, where its ledger was lost, and brings none of it again', async () => {
    await setting.prepare();
    const file = await setting.hold('some bytes');
    const made = await ledger.find(file.path);
    const before = await bytesOf(file);
    const learned = createMemoryCipherLedger();
    const alone = (await openAs('the right one', learned))(identity);
    expect(await alone.put([file], { signal: untouched })).toMatchObject([{ kind: 'there', proof: null }]);
    expect(await alone.prove([file], { signal: untouched })).toEqual([{ kind: 'good' }]);
    expect(await learned.find(file.path)).toEqual(made);
    expect(await bytesOf(file)).toEqual(before);
    expect(inSpool()).toEqual([]);
  });

  it('learns nothing of what is damaged, and tells that it is', async () => {
    await setting.prepare();
    const file = await setting.hold('some bytes');
    const at = join(place, 'archive', (await ledger.find(file.path))?.cipherPath ?? '');
    const bytes = readFileSync(at);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(at, bytes);
    const learned = createMemoryCipherLedger();
    const alone = (await openAs('the right one', learned))(identity);
    expect(await alone.prove([file], { signal: untouched })).toEqual([{ kind: 'corrupt' }]);
    expect(await learned.find(file.path)).toBeNull();
    expect(inSpool()).toEqual([]);
  });

  it.each([0, 10, 40])(
    'finds out that a file was cut off after %i of its encrypted bytes',
    async (keptBytes) => {
      await setting.prepare();
      const file = await setting.hold('some bytes');
      const entry = await ledger.find(file.path);
      truncateSync(join(place, 'archive', entry?.cipherPath ?? ''), keptBytes);
      expect(await setting.prove(file)).toBe('corrupt');
      expect(await setting.location.replaceUnproven(file, { signal: untouched })).toMatchObject({
        kind: 'stored',
      });
      expect(await setting.fetched(file)).toEqual(Buffer.from('some bytes'));
    },
  );
});
