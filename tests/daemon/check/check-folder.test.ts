import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { adviseOn } from '#core/judge-held.ts';
import { type CheckDeps, type CheckedFile, checkFolder, measureFolder } from '#daemon/check/check-folder.ts';
import { bytesBelow } from '#daemon/check/walk-folder.ts';
import { hashFile } from '#store/hash-file.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const signal = new AbortController().signal;
const safe = { verdict: 'safe', proven: 3 } as const;

/** The archive holds these texts, safely. */
function holding(...texts: readonly string[]): CheckDeps {
  const digests = new Set(texts.map((text) => digestOf(text)));
  return {
    hashFile,
    heldSizes: new Set(texts.map((text) => Buffer.byteLength(text))),
    assessments: (digest) => (digests.has(digest) ? [safe] : []),
  };
}

async function check(deps: CheckDeps, root = folder.path) {
  const files: CheckedFile[] = [];
  const passedOver: string[] = [];
  await checkFolder(root, deps, {
    signal,
    onFile: (file) => {
      files.push(file);
    },
    onPassedOver: (path) => passedOver.push(path),
    onProgress: () => {},
  });
  return { files, passedOver, advice: files.map(({ path, finding }) => [path, adviseOn(finding)]) };
}

const write = (path: string, text: string) => {
  mkdirSync(join(folder.path, path, '..'), { recursive: true });
  writeFileSync(join(folder.path, path), text);
};

describe('a folder that is checked', () => {
  it('is told file by file, by the bytes and not by the names', async () => {
    write('DCIM/a.mp4', 'held');
    write('DCIM/b.mp4', 'news');
    write('other.mp4', 'longer than what is held');
    const { advice } = await check(holding('held'));
    expect(advice).toEqual([
      ['other.mp4', 'bring'],
      ['DCIM/a.mp4', 'may-go'],
      ['DCIM/b.mp4', 'bring'],
    ]);
    expect(await measureFolder(folder.path, signal)).toEqual({ files: 3, bytes: 32 });
  });

  it('does not read what cannot be held', async () => {
    write('a.mp4', 'four');
    const deps = { ...holding('other size'), hashFile: () => Promise.reject(new Error('read')) };
    expect((await check(deps)).advice).toEqual([['a.mp4', 'bring']]);
  });

  it('loses nothing with empty files, links, and what a system keeps for itself', async () => {
    write('.DS_Store', 'held');
    write('empty.mp4', '');
    write('System Volume Information/x', 'held');
    write('.hidden/a.mp4', 'held');
    symlinkSync('/etc/hostname', join(folder.path, 'link.mp4'));
    symlinkSync('/etc', join(folder.path, 'linked'));
    execFileSync('mkfifo', [join(folder.path, 'fifo.mp4')]);
    const { advice, passedOver } = await check(holding('held'));
    expect(advice).toEqual([['.hidden/a.mp4', 'may-go']]);
    expect(passedOver.sort()).toEqual([
      ...['.DS_Store', 'System Volume Information', 'empty.mp4', 'fifo.mp4', 'link.mp4', 'linked'],
    ]);
  });

  it('takes names of any bytes, and gives them back', async () => {
    const odd = Buffer.from('bad\xff\nname.mp4', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), odd]), 'held');
    const { files } = await check(holding('held'));
    expect(files.map(({ finding }) => adviseOn(finding))).toEqual(['may-go']);
    expect(bytesBelow('', files[0]?.path ?? '').subarray(1)).toEqual(odd);
  });

  it('never calls deletable what is a copy of an archive itself, wherever in it one stands', async () => {
    for (const name of ['location.json', 'archive.json', 'blobs/sha256/aa/x.mp4'])
      write(`usb/${name}`, 'held');
    const outside = await check(holding('held'));
    expect(outside.files.map(({ finding }) => finding.kind)).toEqual(Array(3).fill('own-copy'));
    const inside = await check(holding('held'), join(folder.path, 'usb/blobs/sha256'));
    expect(inside.files.map(({ finding }) => finding.kind)).toEqual(['own-copy']);
  });

  it('knows nothing of what cannot be read, and goes on', async () => {
    write('a.mp4', 'held');
    write('b.mp4', 'held');
    const facts = { kind: 'io', operation: 'read', object: 'a.mp4', side: 'source' } as const;
    let calls = 0;
    const deps: CheckDeps = {
      ...holding('held'),
      hashFile: (...args) => {
        calls += 1;
        return calls === 1 ? Promise.reject(new ReelholdError(facts, 'bad sector')) : hashFile(...args);
      },
    };
    const { advice, files } = await check(deps);
    expect(advice).toEqual([
      ['a.mp4', 'stays'],
      ['b.mp4', 'may-go'],
    ]);
    expect(files[0]?.finding).toEqual({ kind: 'unreadable', detail: 'read a.mp4: bad sector' });
  });

  it('fails where the catalogue cannot be asked, instead of answering', async () => {
    write('a.mp4', 'held');
    const facts = { kind: 'io', operation: 'read', object: 'the catalogue' } as const;
    const deps: CheckDeps = {
      ...holding('held'),
      assessments: () => {
        throw new ReelholdError(facts, 'the disk reports an error');
      },
    };
    await expect(check(deps)).rejects.toMatchObject({ kind: 'io' });
  });

  it('fails where it is not there, and is left as it was', async () => {
    await expect(check(holding(), join(folder.path, 'none'))).rejects.toMatchObject({ kind: 'missing' });
    write('a.mp4', 'held');
    await check(holding('held'));
    expect(readdirSync(folder.path)).toEqual(['a.mp4']);
  });
});
