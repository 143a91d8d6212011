import { describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { createSourceReader } from '#locations/source-reader.ts';
import { digestOf } from '#tests/support/digests.ts';

const fileOf = (name: string) => ({
  ...{ path: name, source: `/vault/${name}`, sizeBytes: 3, digest: digestOf(name) },
});
const good = (name: string) => ({ digest: digestOf(name), sizeBytes: 3, hashes: {} });
const files = ['a', 'b', 'c', 'd'].map(fileOf);

describe('sources on their way out', () => {
  it('are read in their order, each once, and no further than asked', async () => {
    const read: string[] = [];
    await using reader = createSourceReader(files, ({ path }) => {
      read.push(path);
      return good(path);
    });
    const first = await reader.take(0, 1);
    expect(first.ready.map(({ file }) => file.path)).toEqual(['a']);
    reader.readTo(3);
    await reader.take(1, 3);
    expect(reader.readCount).toBe(3);
    expect(read).toEqual(['a', 'b', 'c']);
  });

  it('tell what is wrong with one, and give the others', async () => {
    const lost = new ReelholdError({ kind: 'io', operation: 'read', object: 'b' }, 'bad sector');
    await using reader = createSourceReader(files, async ({ path }) => {
      if (path === 'b') throw lost;
      return path === 'c' ? good('other bytes') : path === 'd' ? { ...good('d'), sizeBytes: 2 } : good(path);
    });
    const { ready, bad } = await reader.take(0, 4);
    expect(ready.map(({ file }) => file.path)).toEqual(['a']);
    expect([...bad.values()]).toEqual([
      { kind: 'failed', error: lost },
      { kind: 'bad-source' },
      { kind: 'bad-source' },
    ]);
  });

  it('are not read on once nobody wants them', async () => {
    const read: string[] = [];
    {
      await using reader = createSourceReader(files, async ({ path }) => {
        read.push(path);
        return good(path);
      });
      reader.readTo(4);
      await reader.take(0, 1);
    }
    const before = read.length;
    await new Promise(setImmediate);
    expect(read).toHaveLength(before);
    expect(before).toBeLessThan(4);
  });

  it('throw where it was called off', async () => {
    const stopped = new ReelholdError({ kind: 'aborted', operation: 'read', object: 'a' }, 'stopped');
    await using reader = createSourceReader(files, () => Promise.reject(stopped));
    await expect(reader.take(0, 2)).rejects.toThrow(stopped);
  });
});
