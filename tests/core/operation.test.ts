import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  farthestAheadMs,
  nextOperation,
  type Operation,
  retryDelayMs,
} from '#core/operation.ts';
import fc from '#tests/support/properties.ts';

const minuteMs = 60_000;
const operation = (change: Partial<Operation>): Operation => ({
  id: 1,
  kind: 'probe',
  lane: 'media',
  subject: '',
  state: 'pending',
  attempt: 0,
  notBeforeMs: 0,
  createdAtMs: 0,
  error: null,
  ...change,
});

const anyOperation: fc.Arbitrary<Operation> = fc
  .record({
    id: fc.nat(50),
    state: fc.constantFrom('pending', 'running', 'done', 'failed'),
    notBeforeMs: fc.nat(20),
    createdAtMs: fc.nat(20),
  })
  .map(operation);

describe('the next operation', () => {
  it.each([
    ['none of none', [], null],
    ['the only one that is due', [operation({ id: 7, notBeforeMs: 100 })], 7],
    ['none that is due later', [operation({ notBeforeMs: 101 })], null],
    [
      'none that is due as late as anything is planned',
      [operation({ notBeforeMs: 100 + farthestAheadMs })],
      null,
    ],
    ['one that a clock ten years ahead has planned', [operation({ notBeforeMs: 101 + farthestAheadMs })], 1],
    [
      'none that runs or is over',
      (['running', 'done', 'failed'] as const).map((state) => operation({ state })),
      null,
    ],
    [
      'the oldest, however long another has been due',
      [
        operation({ id: 1, createdAtMs: 5, notBeforeMs: 1 }),
        operation({ id: 2, createdAtMs: 4, notBeforeMs: 99 }),
      ],
      2,
    ],
    ['of one age the first', [operation({ id: 9 }), operation({ id: 3 }), operation({ id: 5 })], 3],
  ])('is %s', (_, rows, id) => {
    expect(nextOperation(rows, 100)?.id ?? null).toBe(id);
  });

  it('is due and pending, and older than every other that is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyOperation, { selector: ({ id }) => id }), fc.nat(20), (rows, nowMs) => {
        const due = rows.filter((row) => row.state === 'pending' && row.notBeforeMs <= nowMs);
        const next = nextOperation(rows, nowMs);
        expect(next === null).toBe(due.length === 0);
        if (next === null) return;
        expect(due).toContain(next);
        const older = due.filter(
          ({ createdAtMs, id }) =>
            createdAtMs < next.createdAtMs || (createdAtMs === next.createdAtMs && id < next.id),
        );
        expect(older).toEqual([]);
      }),
    );
  });

  it('does not hang on the order of the rows', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(anyOperation, { selector: ({ id }) => id })
          .chain((rows) =>
            fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
          ),
        fc.nat(20),
        ([rows, shuffled], nowMs) => {
          expect(nextOperation(shuffled, nowMs)).toEqual(nextOperation(rows, nowMs));
        },
      ),
    );
  });
});

describe('the time to the next try', () => {
  it.each([
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [8, 1_280_000],
    [9, 30 * minuteMs],
    [1000, 30 * minuteMs],
    [Number.MAX_SAFE_INTEGER, 30 * minuteMs],
  ])('after try %d is %d ms', (attempt, delayMs) => {
    expect(retryDelayMs(attempt)).toBe(delayMs);
  });

  it('grows with each try and is never above half an hour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (attempt) => {
        const delayMs = retryDelayMs(attempt);
        expect(delayMs).toBeGreaterThan(0);
        expect(retryDelayMs(attempt + 1)).toBeGreaterThanOrEqual(delayMs);
        expect(delayMs).toBeLessThanOrEqual(30 * minuteMs);
      }),
    );
  });
});

describe('an operation that failed', () => {
  it('is tried again later where the cause may go, and keeps its error to be seen', () => {
    expect(afterFailure(2, { retryable: true, message: 'busy' }, 1000)).toEqual({
      state: 'pending',
      notBeforeMs: 21_000,
      error: 'busy',
    });
  });

  it('is over where the cause stays', () => {
    expect(afterFailure(1, { retryable: false, message: 'no such file' }, 1000)).toEqual({
      state: 'failed',
      notBeforeMs: 1000,
      error: 'no such file',
    });
  });
});
