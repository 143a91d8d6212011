import { describe, expect, it } from 'vitest';
import { openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const rows = () => open.catalogue.operations;
const insert = (subject: string, nowMs = 0, notBeforeMs = nowMs) =>
  rows().insert({ kind: 'probe', lane: 'media', subject, notBeforeMs }, nowMs);

describe('a clock that was set back ten years', () => {
  it('leaves nothing waiting for ten years', () => {
    const rows = open.catalogue.operations;
    const tenYearsMs = 10 * 365 * 24 * 3_600_000;
    rows.insert({ kind: 'prove', lane: 'vault', subject: 'here', notBeforeMs: tenYearsMs }, tenYearsMs);
    expect(rows.claim('vault', 1000)).toMatchObject({ kind: 'prove' });
  });
});

describe('an operation', () => {
  it('is pending until a lane claims it, and then runs', () => {
    const id = insert('a', 5);
    expect(rows().get(id)).toEqual({
      id,
      kind: 'probe',
      lane: 'media',
      subject: 'a',
      state: 'pending',
      attempt: 0,
      notBeforeMs: 5,
      createdAtMs: 5,
      error: null,
      failure: null,
      progress: null,
      result: null,
    });
    expect(rows().claim('media', 5)).toMatchObject({ id, state: 'running', attempt: 1 });
    expect(rows().claim('media', 5)).toBeNull();
    expect(rows().get(id)).toMatchObject({ state: 'running', attempt: 1 });
  });

  it('is claimed by its own lane only, when it is due', () => {
    insert('a', 0, 100);
    expect(rows().claim('media', 99)).toBeNull();
    expect(rows().claim('vault', 100)).toBeNull();
    expect(rows().claim('media', 100)).not.toBeNull();
  });

  it('is claimed after every older one', () => {
    for (let n = 0; n < 40; n += 1) insert(`${n}`, 100 - n);
    const order = Array.from({ length: 40 }, () => rows().claim('media', 1000)?.subject);
    expect(order).toEqual(Array.from({ length: 40 }, (_, n) => `${39 - n}`));
  });

  it('is claimed though many older ones of its lane are not due yet', () => {
    for (let n = 0; n < 40; n += 1) insert(`later ${n}`, 0, 5000);
    insert('now', 10);
    expect(rows().claim('media', 10)?.subject).toBe('now');
  });

  it('is claimed by one of two processes only', () => {
    using other = openForWriting(open.file);
    insert('a');
    const claims = [rows(), createTransactor(other).operations].map((operations) =>
      operations.claim('media', 0),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });
});

describe('an operation that is asked for again', () => {
  it('is the one that is pending', () => {
    expect(insert('a')).toBe(insert('a'));
    expect(insert('b')).not.toBe(insert('a'));
    expect(rows().insert({ kind: 'prove', lane: 'media', subject: 'a', notBeforeMs: 0 }, 0)).not.toBe(
      insert('a'),
    );
  });

  it('while it runs is another, as the first may have looked already', () => {
    const first = insert('a');
    rows().claim('media', 0);
    expect(insert('a')).not.toBe(first);
  });

  it('while it waits for another try is tried at the earlier of the two times', () => {
    const id = insert('a');
    rows().claim('media', 0);
    rows().finish(id, { state: 'pending', notBeforeMs: 60_000, error: 'the disk was full' }, 0);
    expect(insert('a', 1000)).toBe(id);
    expect(rows().get(id)).toMatchObject({ notBeforeMs: 1000, attempt: 1, error: 'the disk was full' });
    expect(insert('a', 2000, 90_000)).toBe(id);
    expect(rows().get(id)?.notBeforeMs).toBe(1000);
  });
});

describe('an operation that is over', () => {
  it('keeps what came of it', () => {
    const id = insert('a');
    rows().claim('media', 0);
    rows().setProgress(id, 41.6);
    expect(rows().get(id)?.progress).toBe(42);
    rows().finish(id, { state: 'done', notBeforeMs: 0, error: null, result: 'made' }, 9);
    expect(rows().get(id)).toMatchObject({ state: 'done', progress: null, result: 'made', error: null });
    expect(rows().claim('media', 1e9)).toBeNull();
  });

  it('is forgotten after its time, and what is open never', () => {
    const ids = ['done', 'failed', 'running', 'pending'].map((subject, at) => insert(subject, at));
    for (const state of ['done', 'failed'] as const) {
      const claimed = rows().claim('media', 10);
      rows().finish(claimed?.id ?? 0, { state, notBeforeMs: 0, error: null }, state === 'done' ? 50 : 60);
    }
    rows().claim('media', 10);
    const left = () => ids.filter((id) => rows().get(id) !== null).length;
    rows().prune(50);
    expect(left()).toBe(4);
    rows().prune(51);
    expect(left()).toBe(3);
    rows().prune(1e15);
    expect(left()).toBe(2);
  });

  it('that is tried again is not over', () => {
    const id = insert('a');
    rows().claim('media', 0);
    rows().finish(id, { state: 'pending', notBeforeMs: 20, error: 'busy' }, 10);
    rows().prune(1e15);
    expect(rows().claim('media', 20)).toMatchObject({ id, attempt: 2, error: 'busy' });
  });
});

describe('after a crash', () => {
  it('what ran is pending again, with the tries it had', () => {
    const [one] = [insert('a', 1), insert('b', 2)];
    rows().claim('media', 5);
    rows().setProgress(one ?? 0, 50);
    expect(rows().recover()).toBe(1);
    expect(rows().recover()).toBe(0);
    expect(rows().get(one ?? 0)).toMatchObject({ state: 'pending', progress: null, attempt: 1 });
    expect(rows().claim('media', 5)).toMatchObject({ id: one, attempt: 2 });
  });
});

describe('a lane', () => {
  it('knows when something will be due next', () => {
    expect(rows().nextDueMs('media')).toBeNull();
    insert('late', 0, 900);
    insert('early', 0, 300);
    expect(rows().nextDueMs('media')).toBe(300);
    expect(rows().nextDueMs('vault')).toBeNull();
    rows().claim('media', 300);
    expect(rows().nextDueMs('media')).toBe(900);
  });
});
