import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetRoles } from '#core/asset-role.ts';
import { judgePreflight, type LackingCopy, planMirror } from '#core/plan-mirror.ts';
import { digestOf } from '#tests/support/digests.ts';

const lacking = (name: string, change: Partial<LackingCopy> = {}): LackingCopy => ({
  ...{ digest: digestOf(name), ext: 'mp4', sizeBytes: 10 },
  ...{ role: 'final', trashed: false, takenAtMs: 0, state: null },
  ...change,
});

const mebibyte = 1024 ** 2;
const anyLacking = fc
  .array(
    fc.record({
      sizeBytes: fc.integer({ min: 0, max: 6 * 1024 ** 3 }),
      role: fc.constantFrom(...assetRoles),
      trashed: fc.boolean(),
      takenAtMs: fc.nat(1000),
      state: fc.constantFrom(null, 'missing' as const, 'present' as const),
    }),
    { maxLength: 300 },
  )
  .map((all) => all.map((facts, index) => lacking(`file ${index}`, facts)));

describe('what is brought to a place', () => {
  it('is finals first, then what was published, drafts, raw footage, the rest, and last what is in the trash', () => {
    const roles = ['other', 'raw', 'draft', 'published', 'final'] as const;
    const all = roles.map((role) => lacking(role, { role }));
    const trashed = lacking('trashed', { trashed: true });
    const { batch } = planMirror([trashed, ...all], null);
    expect(batch).toEqual([...all.toReversed(), trashed]);
  });

  it('is the newest first where all else is the same', () => {
    const [old, young] = [lacking('old', { takenAtMs: 1 }), lacking('young', { takenAtMs: 2 })];
    expect(planMirror([old, young], null).batch).toEqual([young, old]);
  });

  it('is what there is room for: what is too large is passed over, and said', () => {
    const big = lacking('big', { sizeBytes: 100 * mebibyte });
    const small = lacking('small', { role: 'raw', sizeBytes: mebibyte });
    const plan = planMirror([big, small], 70 * mebibyte);
    expect(plan).toEqual({ batch: [small], noRoomForBytes: 100 * mebibyte });
  });

  it('is bounded, leaves no place full, and never leaves anything out for good', () => {
    fc.assert(
      fc.property(anyLacking, fc.option(fc.nat(20 * 1024 ** 3)), (all, freeBytes) => {
        const { batch, noRoomForBytes } = planMirror(all, freeBytes);
        const bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        expect(batch.length).toBeLessThanOrEqual(200);
        expect(batch.length <= 1 || bytes <= 4 * 1024 ** 3).toBe(true);
        const fresh = batch.filter(({ state }) => state !== 'present');
        const freshBytes = fresh.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        if (freeBytes !== null && freshBytes > 0)
          expect(freshBytes).toBeLessThanOrEqual(freeBytes - 64 * mebibyte);
        if (all.length > 0 && batch.length === 0) expect(noRoomForBytes).toBeGreaterThan(0);
        if (freeBytes === null && all.length > 0) expect(batch.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('before a place is filled', () => {
  it('it is said whether it all fits', () => {
    const all = { files: 2, bytes: 300 * mebibyte };
    expect(judgePreflight(all, null)).toEqual({ ...all, missingBytes: 0 });
    expect(judgePreflight(all, 1000 * mebibyte)).toEqual({ ...all, missingBytes: 0 });
    expect(judgePreflight(all, 164 * mebibyte)).toEqual({ ...all, missingBytes: 200 * mebibyte });
  });
});
