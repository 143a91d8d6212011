import { describe, expect, it } from 'vitest';
import { createProgressLine, formatProgress } from '#cli/progress.ts';
import fc from '#tests/support/properties.ts';

const total = { files: 30, bytes: 3_000_000_000 };
const full = '#'.repeat(24);
const empty = '-'.repeat(24);

describe('a progress line', () => {
  it.each([
    ['at the start', { files: 0, bytes: 0 }, 0, `[${empty}] 0 %  0/30 files  0 bytes of 3.0 GB  0 bytes/s`],
    [
      'on the way',
      { files: 12, bytes: 1_260_000_000 },
      15_000,
      `[${'#'.repeat(10)}${'-'.repeat(14)}] 42 %  12/30 files  1.3 GB of 3.0 GB  84.0 MB/s  0:21 left`,
    ],
    [
      'at the end',
      { files: 30, bytes: 3_000_000_000 },
      60_000,
      `[${full}] 100 %  30/30 files  3.0 GB of 3.0 GB  50.0 MB/s`,
    ],
    [
      'with minutes left',
      { files: 1, bytes: 300_000_000 },
      30_000,
      `[##${'-'.repeat(22)}] 10 %  1/30 files  300 MB of 3.0 GB  10.0 MB/s  4:30 left`,
    ],
    [
      'with hours left',
      { files: 1, bytes: 1_000_000 },
      4_000,
      `[${empty}] 0 %  1/30 files  1.0 MB of 3.0 GB  250 KB/s  3:19:56 left`,
    ],
    [
      'just short of the end',
      { files: 29, bytes: 2_999_999_999 },
      1000,
      `[${full}] 99 %  29/30 files  3.0 GB of 3.0 GB  3.0 GB/s  0:01 left`,
    ],
  ])('%s says how far it is', (_, done, elapsedMs, line) => {
    expect(formatProgress(done, total, elapsedMs)).toBe(line);
  });

  it('of files that turned out larger than they were is full, and no more', () => {
    expect(formatProgress({ files: 1, bytes: 20 }, { files: 1, bytes: 10 }, 1000)).toContain(
      `[${full}] 100 %`,
    );
  });

  it('of no bytes at all is full', () => {
    expect(formatProgress({ files: 0, bytes: 0 }, { files: 1, bytes: 0 }, 0)).toContain(`[${full}] 100 %`);
  });

  it('is one line of the same bar, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 45), fc.nat(2 ** 45), fc.nat(1e9), (bytes, of, elapsedMs) => {
        const line = formatProgress({ files: 1, bytes }, { files: 2, bytes: of }, elapsedMs);
        expect(line).toMatch(/^\[#*-*\] \d{1,3} % {2}[^\n]*$/);
        expect(line.indexOf(']')).toBe(25);
        expect(line).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });
});

describe('progress that is shown', () => {
  const show = (out: { isTTY?: boolean; columns?: number }) => {
    const written: string[] = [];
    let nowMs = 0;
    const line = createProgressLine(total, { ...out, write: (text) => written.push(text) }, () => nowMs);
    return {
      written,
      line,
      advance: (ms: number) => {
        nowMs += ms;
      },
    };
  };

  it('is not more than ten times a second', () => {
    const { written, line, advance } = show({ isTTY: true, columns: 200 });
    for (let step = 0; step < 100; step += 1) {
      line.update({ files: 0, bytes: step });
      advance(10);
    }
    expect(written).toHaveLength(10);
  });

  it('never wraps around, however narrow the terminal', () => {
    for (const columns of [20, 40, 80]) {
      const { written, line } = show({ isTTY: true, columns });
      line.update({ files: 12, bytes: 1_260_000_000 });
      expect(written[0]?.replace('\r\u001b[2K', '').length).toBeLessThanOrEqual(Math.max(20, columns - 1));
    }
  });

  it('is gone when the work is done', () => {
    const { written, line } = show({ isTTY: true });
    line.update({ files: 0, bytes: 0 });
    line.clear();
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('is not written into a file or a pipe', () => {
    const { written, line } = show({});
    line.update({ files: 0, bytes: 0 });
    line.clear();
    expect(written).toEqual([]);
  });
});
