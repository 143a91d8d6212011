import { describe, expect, it } from 'vitest';
import { assetRoles } from '#core/asset-role.ts';
import { cipherSize } from '#core/cipher-size.ts';
import { batchBytesFor, type LackingCopy, planMirror } from '#core/plan-mirror.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';

const lacking = (name: string, change: Partial<LackingCopy> = {}): LackingCopy => ({
  ...{ digest: digestOf(name), ext: 'mp4', sizeBytes: 10 },
  ...{ role: 'final', trashed: false, takenAtMs: 0, state: null },
  ...change,
});

const mebibyte = 1024 ** 2;
const largestBatchBytes = 4 * 1024 ** 3;
const bounds = (
  freeBytes: number | null,
  spoolBytes: number | null = null,
  batchBytes = largestBatchBytes,
  largestFileBytes: number | null = null,
) => ({
  ...{ freeBytes, spoolBytes, batchBytes, largestFileBytes },
});
const anyLacking = fc
  .array(
    fc.record({
      sizeBytes: fc.integer({ min: 0, max: 6 * 1024 ** 3 }),
      role: fc.constantFrom(...assetRoles),
      trashed: fc.boolean(),
      takenAtMs: fc.nat(1000),
      state: fc.constantFrom(null, 'missing' as const, 'present' as const, 'corrupt' as const),
    }),
    { maxLength: 300 },
  )
  .map((all) => all.map((facts, index) => lacking(`file ${index}`, facts)));

const anyRoom = fc.option(fc.nat(20 * 1024 ** 3));

describe('what is brought to a place', () => {
  it('is finals first, then what was published, drafts, raw footage, the rest, and last what is in the trash', () => {
    const roles = ['other', 'raw', 'draft', 'published', 'final'] as const;
    const all = roles.map((role) => lacking(role, { role }));
    const trashed = lacking('trashed', { trashed: true });
    const { batch } = planMirror([trashed, ...all], bounds(null));
    expect(batch).toEqual([...all.toReversed(), trashed]);
  });

  it('is the newest first where all else is the same', () => {
    const [old, young] = [lacking('old', { takenAtMs: 1 }), lacking('young', { takenAtMs: 2 })];
    expect(planMirror([old, young], bounds(null)).batch).toEqual([young, old]);
  });

  it('is what there is room for: what is too large is passed over, and said', () => {
    const big = lacking('big', { sizeBytes: 100 * mebibyte });
    const small = lacking('small', { role: 'raw', sizeBytes: mebibyte });
    const plan = planMirror([big, small], bounds(70 * mebibyte));
    expect(plan).toEqual({ batch: [small], noRoom: [big], tooLarge: [], noSpool: [] });
  });

  it('is no file that the place can hold none as large as, and each that it just can', () => {
    const largest = 2 ** 32 - 1;
    const [big, fits] = [
      lacking('big', { sizeBytes: largest + 1 }),
      lacking('fits', { sizeBytes: largest, role: 'raw' }),
    ];
    const plan = planMirror([big, fits], bounds(null, null, largestBatchBytes, largest));
    expect(plan).toEqual({ batch: [fits], noRoom: [], tooLarge: [big], noSpool: [] });
  });

  it('is bounded, leaves no place full, and never leaves anything out for good', () => {
    fc.assert(
      fc.property(anyLacking, anyRoom, anyRoom, (all, freeBytes, spoolBytes) => {
        const { batch, noRoom, noSpool } = planMirror(all, bounds(freeBytes, spoolBytes));
        const bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        expect(batch.length).toBeLessThanOrEqual(200);
        expect(batch.length <= 1 || bytes <= 4 * 1024 ** 3).toBe(true);
        const fresh = batch.filter(({ state }) => state !== 'present');
        const added = fresh.filter(({ state }) => state !== 'corrupt');
        const addedBytes = added.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        if (freeBytes !== null && addedBytes > 0)
          expect(addedBytes).toBeLessThanOrEqual(freeBytes - 64 * mebibyte);
        const largest = Math.max(0, ...fresh.map(({ sizeBytes }) => cipherSize(sizeBytes)));
        if (spoolBytes !== null) expect(largest).toBeLessThanOrEqual(spoolBytes);
        if (batch.length === 0) expect(noRoom.length + noSpool.length).toBe(all.length);
      }),
    );
  });
});

describe('what is encrypted before it is brought', () => {
  const small = (name: string) => lacking(name, { sizeBytes: 40 * mebibyte });

  it('goes in batches that there is room for here', () => {
    const all = ['a', 'b', 'c'].map(small);
    expect(planMirror(all, bounds(null, 90 * mebibyte)).batch).toHaveLength(2);
    expect(planMirror(all, bounds(null, 130 * mebibyte)).batch).toHaveLength(3);
  });

  it('waits where there is no room for it, and what is smaller goes', () => {
    const big = lacking('big', { sizeBytes: 100 * mebibyte });
    expect(planMirror([big, small('a')], bounds(null, 90 * mebibyte))).toEqual({
      ...{ batch: [small('a')], noRoom: [], tooLarge: [], noSpool: [big] },
    });
  });

  it('waits where there is no room at all, even where it is empty: encrypted, it is not', () => {
    const empty = lacking('empty', { sizeBytes: 0 });
    expect(planMirror([empty], bounds(null, 0))).toEqual({
      batch: [],
      noRoom: [],
      tooLarge: [],
      noSpool: [empty],
    });
  });
});

describe('how much is begun at once', () => {
  it.each([
    ['at a place that works at any hour', null, null, largestBatchBytes],
    ['at one whose speed nobody knows', '22:00-07:00', null, 256 * mebibyte],
    ['at a slow one', '22:00-07:00', 100_000, 64 * mebibyte],
    ['at one of some speed', '22:00-07:00', 1_000_000, 600_000_000],
    ['at a fast one', '22:00-07:00', 100_000_000, largestBatchBytes],
  ])('%s is ten minutes’ work, or a little more', (_, schedule, speed, bytes) => {
    expect(batchBytesFor(schedule, speed)).toBe(bytes);
  });
});
