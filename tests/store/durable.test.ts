import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory, replaceFile, syncDirectory, writeFlushed } from '#store/durable.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (...parts: readonly string[]) => join(folder.path, ...parts);

describe('a directory', () => {
  it('is made with those above it, and may be there already', async () => {
    await makeDirectory(at('a', 'b', 'c'));
    await makeDirectory(at('a', 'b', 'c'));
    expect(statSync(at('a', 'b', 'c')).isDirectory()).toBe(true);
  });

  it('is not made where a file stands in the way', async () => {
    writeFileSync(at('a'), '');
    await expect(makeDirectory(at('a', 'b'))).rejects.toThrow('ENOTDIR');
  });

  it('that is not there cannot be flushed: nobody may think that it was', async () => {
    await expect(syncDirectory(at('none'))).rejects.toThrow('ENOENT');
    await syncDirectory(folder.path);
  });
});

describe('a flushed file', () => {
  it('is new, and has the mode that was asked for', async () => {
    await writeFlushed(at('file'), 'content', 0o444);
    expect(readFileSync(at('file'), 'utf8')).toBe('content');
    expect(statSync(at('file')).mode & 0o777).toBe(0o444);
  });

  it('never takes the place of one that is there', async () => {
    writeFileSync(at('file'), 'old');
    await expect(writeFlushed(at('file'), 'new')).rejects.toThrow('EEXIST');
    expect(readFileSync(at('file'), 'utf8')).toBe('old');
  });
});

describe('a replaced file', () => {
  it('has the new content, and leaves no draft', async () => {
    writeFileSync(at('file'), 'old, and longer than what comes');
    await replaceFile(at('file'), 'new', at('draft'));
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  it('stays the old one where the new one cannot be written', async () => {
    writeFileSync(at('file'), 'old');
    mkdirSync(at('draft'));
    await expect(replaceFile(at('file'), 'new', at('draft'))).rejects.toThrow();
    expect(readFileSync(at('file'), 'utf8')).toBe('old');
  });
});
