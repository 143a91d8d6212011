import { describe, expect, it } from 'vitest';
import type { Verdict } from '#core/assess.ts';
import { adviseOn, isSystemFile, isSystemFolder, judgeHeld } from '#core/judge-held.ts';
import fc from '#tests/support/properties.ts';

const verdicts: readonly Verdict[] = ['safe', 'on-its-way', 'needs-you', 'dont-know'];

describe('bytes that stand outside of the archive', () => {
  it.each([
    ['are not held', [], { state: 'not-held', places: 0, mayGo: false }, 'bring'],
    ['are safe', [['safe', 3]], { state: 'proven', places: 3, mayGo: true }, 'may-go'],
    ['wait for a drive', [['on-its-way', 2]], { state: 'proven', places: 2, mayGo: false }, 'stays'],
    ['were never read back', [['on-its-way', 0]], { state: 'held', places: 0, mayGo: false }, 'stays'],
    ['could not be asked for', [['dont-know', 1]], { state: 'proven', places: 1, mayGo: false }, 'stays'],
    [
      'are held twice, once not safely',
      [
        ['safe', 3],
        ['needs-you', 1],
      ],
      { state: 'proven', places: 1, mayGo: false },
      'stays',
    ],
    ['are called safe without any copy', [['safe', 0]], { state: 'held', places: 0, mayGo: false }, 'stays'],
  ] as const)('%s', (_, held, judgement, advice) => {
    const found = judgeHeld(held.map(([verdict, proven]) => ({ verdict, proven })));
    expect(found).toEqual(judgement);
    expect(adviseOn({ kind: 'judged', judgement: found })).toBe(advice);
  });

  it('may go only where every verdict on them is safe', () => {
    const any = fc.array(fc.record({ verdict: fc.constantFrom(...verdicts), proven: fc.nat(4) }));
    fc.assert(
      fc.property(any, (found) => {
        const { mayGo } = judgeHeld(found);
        const isSafe = ({ verdict, proven }: (typeof found)[number]) => verdict === 'safe' && proven > 0;
        expect(mayGo).toBe(found.length > 0 && found.every(isSafe));
      }),
    );
  });

  it('stay where nothing is known of them, or they are a copy themselves', () => {
    expect(adviseOn({ kind: 'unreadable', detail: 'x' })).toBe('stays');
    expect(adviseOn({ kind: 'own-copy' })).toBe('stays');
  });
});

describe("what is a system's own", () => {
  it.each(['.DS_Store', '._Rome.mp4', 'Thumbs.db'])('is the file %j', (name) => {
    expect(isSystemFile(name)).toBe(true);
  });

  it.each(['Rome.mp4', '.hidden.mp4', 'Rome.mp4.part', '~lock'])('is not the file %j', (name) => {
    expect(isSystemFile(name)).toBe(false);
  });

  it('is a list of its own, and no recycle bin', () => {
    expect(['System Volume Information', '.Trashes', '$RECYCLE.BIN'].map(isSystemFolder)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
