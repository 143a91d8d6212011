import { describe, expect, it } from 'vitest';
import {
  creditOf,
  damageOf,
  type HoldBackCause,
  holdBackReason,
  isHeldBack,
  mayClearAfter,
  parseHoldBackReason,
  planHoldBack,
} from '#core/hold-back.ts';
import fc from '#tests/support/properties.ts';

const minute = 60_000;
const cutOff: HoldBackCause = { kind: 'flaw', flaw: 'cut-off' };
const incomplete: HoldBackCause = { kind: 'list', missing: 3 };
const causes: readonly HoldBackCause[] = [
  cutOff,
  { kind: 'flaw', flaw: 'no-index' },
  { kind: 'flaw', flaw: 'empty-start' },
  { kind: 'flaw', flaw: 'empty-end' },
  { kind: 'finder', flaw: null },
  incomplete,
  { kind: 'listed', left: 2 },
  { kind: 'unread-list' },
  { kind: 'empty' },
  { kind: 'empty-among-others' },
];

describe('a file that is held back', () => {
  it('is looked at again after 10 s, then ever more rarely, and at the hour', () => {
    const delays: number[] = [];
    for (let attempt = 1, waitedMs = 0; ; attempt += 1) {
      const plan = planHoldBack(cutOff, attempt, waitedMs);
      if (plan.kind === 'take') break;
      delays.push(plan.delayMs / 1000);
      waitedMs += plan.delayMs;
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1050]);
  });

  it('is looked at every two minutes at the least where it waits for others', () => {
    expect(planHoldBack(incomplete, 9, 10 * minute)).toEqual({ kind: 'wait', delayMs: 2 * minute });
    expect(planHoldBack(incomplete, 1, 0)).toEqual({ kind: 'wait', delayMs: 10_000 });
  });

  it('is taken when an hour has gone by, as damaged where its own bytes are', () => {
    expect(planHoldBack(cutOff, 3, 60 * minute)).toEqual({ kind: 'take', damaged: 'cut-off' });
    expect(planHoldBack(incomplete, 3, 60 * minute)).toEqual({ kind: 'take', damaged: null });
    expect(damageOf({ kind: 'finder', flaw: 'cut-off' })).toBe('cut-off');
    expect(damageOf({ kind: 'finder', flaw: null })).toBe('marked-unfinished');
  });

  it('stays when it was taken, but for one without a byte that waited for others', () => {
    expect(causes.filter(mayClearAfter)).toEqual([{ kind: 'empty-among-others' }]);
    expect(mayClearAfter(null)).toBe(true);
  });

  it('is never taken earlier, nor looked at without a pause', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...causes),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 60 * minute - 1 }),
        (cause, attempt, waitedMs) => {
          const plan = planHoldBack(cause, attempt, waitedMs);
          expect(plan.kind === 'wait' && plan.delayMs > 0 && plan.delayMs <= 30 * minute).toBe(true);
        },
      ),
    );
  });

  it('has waited before a restart as its row says, but for the last ten minutes', () => {
    expect(creditOf(1_000_000, 1_000_000 + 7 * minute)).toBe(7 * minute);
    expect(creditOf(0, 55 * 365 * 24 * 60 * minute)).toBe(50 * minute);
    expect(creditOf(1_000_000, 0)).toBe(0);
  });

  it('says why in a word that can be read again', () => {
    for (const cause of causes) expect(parseHoldBackReason(holdBackReason(cause))).toEqual(cause);
    for (const reason of [null, '', 'no-room', 'vault-io', 'list-names--more', 'constructor']) {
      expect(parseHoldBackReason(reason)).toBeNull();
    }
  });

  it('may be taken as it is only where it is not room or the disk that is waited for', () => {
    for (const cause of causes) expect(isHeldBack(holdBackReason(cause))).toBe(true);
    for (const reason of ['no-room', 'failed', 'vault-full', 'source-denied', null]) {
      expect(isHeldBack(reason)).toBe(false);
    }
  });
});
