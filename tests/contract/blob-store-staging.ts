import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { type BlobStoreSetting, untouched } from './blob-store-setting.ts';

/** Large enough that somebody can write to it while it is read. */
const largeBytes = 32 * 1024 * 1024;

/** How a file comes into staging, and what must never come in. */
export function describeStaging(setting: BlobStoreSetting): void {
  const stage = (path: string, within: string | null = setting.sources, signal = untouched) =>
    setting.store.stage({ path, within }, { signal });
  const staged = () => setting.harness.stagedCount();

  describe('stages a file', () => {
    it('with its digest, its size and its stat, and leaves the original as it was', async () => {
      const path = setting.write('Rome.mp4', 'some bytes');
      const before = lstatSync(path, { bigint: true });
      const blob = await stage(path);
      expect(blob).toMatchObject({ digest: digestOf('some bytes'), sizeBytes: 10 });
      expect(blob.stat).toEqual({
        sizeBytes: 10,
        mtimeNs: before.mtimeNs,
        ctimeNs: before.ctimeNs,
        inode: before.ino,
        blocks: before.blocks,
      });
      expect(readFileSync(path, 'utf8')).toBe('some bytes');
      expect(lstatSync(path, { bigint: true }).ctimeNs).toBe(before.ctimeNs);
      expect(staged()).toBe(1);
    });

    it.each([
      ['not UTF-8', Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x2e, 0x6d, 0x70, 0x34])],
      ['255 bytes', Buffer.from(`${'ä'.repeat(125)}x.mp4`)],
      ['a line break', Buffer.from('two\nlines.mp4')],
      ['an emoji', Buffer.from('🎂.mp4')],
      ['what looks like an option', Buffer.from('--help')],
      ['decomposed', Buffer.from('cafe\u0301.mp4')],
    ])('whatever its name: %s', async (_, name) => {
      expect((await stage(setting.write(name, 'a'))).digest).toBe(digestOf('a'));
    });

    it.each([
      ['md5', '900150983cd24fb0d6963f7d28e17f72'],
      ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
      ['xxh32', '32d153ff'],
      ['xxh64', '44bc2cf5ad770999'],
      ['xxh3', '78af5f94892f3950'],
      ['xxh128', '06b05ab6733a618578af5f94892f3950'],
      ['c4', 'c45S4rnaTNWonxss1u8LzsaJdEph1AJhWUF4sh2waXKMsutyfAxg4ybUeuXVWS9HdNcEypmeXn8FZGonD4w1rj9DZp'],
    ] as const)('with the other hash that is asked for: %s', async (also, value) => {
      const source = { path: setting.write('Rome.mp4', 'abc'), within: setting.sources };
      const blob = await setting.store.stage(source, { signal: untouched, also });
      expect([blob.digest, blob.also]).toEqual([digestOf('abc'), value]);
      expect((await stage(source.path)).also).toBeNull();
    });

    it('of no bytes at all', async () => {
      expect(await setting.stage('')).toMatchObject({ digest: digestOf(''), sizeBytes: 0 });
    });

    it('of the same bytes twice, each by itself', async () => {
      const [one, other] = await Promise.all([setting.stage('same'), setting.stage('same')]);
      expect(one.id).not.toBe(other.id);
      expect(one.digest).toBe(other.digest);
      expect(staged()).toBe(2);
    });

    it('many at once, without mixing them up', async () => {
      const contents = Array.from({ length: 40 }, (_, index) => `${index}`.repeat(10_000));
      const blobs = await Promise.all(contents.map((content) => setting.stage(content)));
      expect(blobs.map(({ digest }) => digest)).toEqual(contents.map((content) => digestOf(content)));
    });

    it('that the owner names himself, wherever it is', async () => {
      expect((await stage(setting.write('a.mp4', 'a'), null)).digest).toBe(digestOf('a'));
    });
  });

  describe('discards what is staged', () => {
    it('and does nothing where nothing is', async () => {
      const blob = await setting.stage('a');
      await setting.store.discard(blob);
      await setting.store.discard(blob);
      expect(staged()).toBe(0);
    });
  });

  describe('never stages', () => {
    const refused = async (path: string, facts: object, within?: string | null, signal?: AbortSignal) => {
      await expect(stage(path, within, signal)).rejects.toMatchObject({ name: 'ReelholdError', ...facts });
      expect(staged()).toBe(0);
    };
    const denied = { kind: 'denied', side: 'source' };

    it('a file that is not there', async () => {
      await refused(join(setting.sources, 'none.mp4'), { kind: 'missing', side: 'source' });
      await refused(join(setting.write('a.mp4', 'a'), 'below-a-file'), { kind: 'missing', side: 'source' });
    });

    it('a link, not even to a file that stands beside it', async () => {
      const link = join(setting.sources, 'link.mp4');
      symlinkSync(setting.write('a.mp4', 'a'), link);
      await refused(link, denied);
      await refused(link, denied, null);
    });

    it('a folder', async () => {
      mkdirSync(join(setting.sources, 'folder.mp4'));
      await refused(join(setting.sources, 'folder.mp4'), denied);
    });

    it('a device', async () => {
      await refused('/dev/zero', denied, null);
    });

    it('a FIFO, and does not wait for a writer', async () => {
      const fifo = join(setting.sources, 'fifo.mp4');
      execFileSync('mkfifo', [fifo]);
      await refused(fifo, denied);
    });

    it('a socket', async () => {
      const socket = join(setting.sources, 'socket.mp4');
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      try {
        await refused(socket, denied);
      } finally {
        server.close();
      }
    });

    it('what stands outside of the folder, where a folder on the way became a link', async () => {
      const elsewhere = join(setting.sources, '..', 'elsewhere');
      mkdirSync(elsewhere);
      writeFileSync(join(elsewhere, 'secret.mp4'), 'secret');
      symlinkSync(elsewhere, join(setting.sources, 'folder'));
      await refused(join(setting.sources, 'folder', 'secret.mp4'), denied);
    });

    it('what stands in a folder whose name only begins alike', async () => {
      const alike = `${setting.sources}-not`;
      mkdirSync(alike);
      writeFileSync(join(alike, 'a.mp4'), 'a');
      await refused(join(alike, 'a.mp4'), denied);
    });

    it('anything once it is called off', async () => {
      const path = setting.write('a.mp4', 'a');
      await refused(path, { kind: 'aborted' }, undefined, AbortSignal.abort());
      truncateSync(path, largeBytes);
      const controller = new AbortController();
      const result = refused(path, { kind: 'aborted' }, undefined, controller.signal);
      controller.abort();
      await result;
    });
  });

  describe('never stages a file that changes meanwhile, such as one', () => {
    /** Does something to the file again and again until it was read. */
    const whileStaging = async (change: (path: string, turn: number) => void) => {
      const path = setting.write('large.mp4', '');
      truncateSync(path, largeBytes);
      let turn = 0;
      const timer = setInterval(() => {
        turn += 1;
        change(path, turn);
      }, 1);
      try {
        const expected = { kind: 'changed', side: 'source', retryable: true };
        await expect(stage(path)).rejects.toMatchObject(expected);
      } finally {
        clearInterval(timer);
      }
      expect(staged()).toBe(0);
    };

    it('that is appended to', async () => {
      await whileStaging((path) => appendFileSync(path, 'more'));
    });

    it('that is written to in place, by a program that sets the time back', async () => {
      await whileStaging((path, turn) => {
        writeFileSync(path, `${turn}`, { flag: 'r+' });
        utimesSync(path, 1_700_000_000, 1_700_000_000);
      });
    });

    it('that is cut off', async () => {
      await whileStaging((path, turn) => truncateSync(path, largeBytes - turn));
    });

    it('that another of the same size takes the place of', async () => {
      const others = ['one', 'other'].map((name) => setting.write(name, ''));
      for (const other of others) truncateSync(other, largeBytes);
      await whileStaging((path, turn) => {
        linkSync(others[turn % 2] ?? '', `${path}.next`);
        renameSync(`${path}.next`, path);
      });
    });
  });
}
