import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureCopy } from '#store/measure-copy.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const now = () => performance.now();
const source = () => {
  const path = join(folder.path, 'clip.mp4');
  writeFileSync(path, Buffer.alloc(3_000_001, 7));
  return Buffer.from(path);
};

describe('the speed of copying', () => {
  it('is measured with a piece of a file, and nothing is left behind', () => {
    expect(measureCopy(source(), folder.path, now)).toBeGreaterThan(100_000);
    expect(readdirSync(folder.path)).toEqual(['clip.mp4']);
  });

  it('is that of reading where nothing may be written', () => {
    expect(measureCopy(source(), null, now)).toBeGreaterThan(100_000);
  });

  it('is not measured for longer than it takes to tell', () => {
    let reads = 0;
    const slow = () => {
      reads += 1;
      return reads * 1000;
    };
    expect(measureCopy(source(), null, slow)).toBeGreaterThan(0);
    expect(reads).toBe(4);
  });

  it.each([
    ['the file is gone', () => Buffer.from(join(folder.path, 'none'))],
    ['the file is empty', () => Buffer.from('/dev/null')],
    [
      'there is too little of it',
      () => {
        writeFileSync(join(folder.path, 'small.mp4'), Buffer.alloc(500_000));
        return Buffer.from(join(folder.path, 'small.mp4'));
      },
    ],
  ])('is unknown where %s', (_, path) => {
    expect(measureCopy(path(), null, now)).toBeNull();
  });
});
