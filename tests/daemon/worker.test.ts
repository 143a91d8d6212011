import { beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { readFailure } from '#core/kept-failure.ts';
import { createWorker, type Handler, type Worker } from '#daemon/worker.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { createManualClock, type ManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog, type TestLog } from '#tests/support/test-log.ts';

const open = useCatalogue(useTempFolder());
const never = new AbortController().signal;
let clock: ManualClock;
let log: TestLog;
beforeEach(() => {
  clock = createManualClock();
  log = createTestLog();
});

const workerOf = (handlers: Readonly<Record<string, Handler>>): Worker =>
  createWorker({ lane: 'media', handlers, catalogue: open.catalogue, clock, log });
const insert = (subject: string, inMs = 0, kind = 'work') =>
  open.catalogue.operations.insert(
    { kind, lane: 'media', subject, notBeforeMs: clock.nowMs() + inMs },
    clock.nowMs(),
  );
const get = (id: number) => open.catalogue.operations.get(id);
/** Lets promises that are ready go on. */
const breathe = () => clock.advance(0);

describe('a worker that drains its lane', () => {
  it('does what is due, the oldest first, and notes what came of it', async () => {
    const done: string[] = [];
    const ids = ['a', 'b', 'c'].map((subject) => insert(subject));
    await workerOf({
      work: async ({ subject }) => {
        done.push(subject);
        return `made ${subject}`;
      },
    }).drain(never);
    expect(done).toEqual(['a', 'b', 'c']);
    expect(ids.map((id) => get(id)?.result)).toEqual(['made a', 'made b', 'made c']);
  });

  it('does also what its work brings up, and leaves what is due later', async () => {
    const later = insert('later', 1);
    insert('a');
    const done: string[] = [];
    await workerOf({
      work: async ({ subject }) => {
        done.push(subject);
        if (subject === 'a') insert('b');
        return undefined;
      },
    }).drain(never);
    expect(done).toEqual(['a', 'b']);
    expect(get(later)?.state).toBe('pending');
  });

  it('goes on where its progress cannot be noted', async () => {
    const { operations, ...rest } = open.catalogue;
    const setProgress = () => {
      throw new ReelholdError({ kind: 'full', operation: 'write', object: 'the catalogue' }, 'no space left');
    };
    const catalogue = { ...rest, operations: { ...operations, setProgress } };
    const work: Handler = async (_operation, { setProgress: tell }) => {
      tell(50);
      return 'made';
    };
    const id = insert('a');
    await createWorker({ lane: 'media', handlers: { work }, catalogue, clock, log }).drain(never);
    expect(get(id)?.result).toBe('made');
  });

  it('leaves the work of other lanes', async () => {
    const { operations } = open.catalogue;
    const id = operations.insert({ kind: 'work', lane: 'vault', subject: '', notBeforeMs: 0 }, 0);
    await workerOf({ work: async () => undefined }).drain(never);
    expect(get(id)?.state).toBe('pending');
  });

  it('stops between two operations when it is told to', async () => {
    const controller = new AbortController();
    const [first, second] = [insert('a'), insert('b')];
    await workerOf({
      work: async () => {
        controller.abort();
        return undefined;
      },
    }).drain(controller.signal);
    expect([get(first)?.state, get(second)?.state]).toEqual(['done', 'pending']);
  });
});

describe('work that fails', () => {
  const failWith = async (error: unknown) => {
    const id = insert('a');
    await workerOf({ work: () => Promise.reject(error) }).drain(never);
    return get(id);
  };

  it('for a cause that may go is tried again later, and that is said', async () => {
    const busy = new ReelholdError({ kind: 'busy', operation: 'read', object: 'x' }, 'it is in use');
    expect(await failWith(busy)).toMatchObject({
      state: 'pending',
      attempt: 1,
      notBeforeMs: clock.nowMs() + 10_000,
      error: 'read x: it is in use',
    });
    expect(log.lines).toMatchObject([
      { level: 'warn', facts: { operation: 'work', subject: 'a', attempt: 1 } },
    ]);
  });

  it('is noted with its kind and with what can be done, for whoever asked for it', async () => {
    const facts = { kind: 'unsupported', operation: 'change', object: 'x', hint: 'Try y.' } as const;
    const error = new ReelholdError(facts, 'it is no y');
    const kept = (await failWith(error))?.failure ?? '';
    expect(readFailure(kept)).toMatchObject({ ...facts, message: 'change x: it is no y', retryable: false });
    expect(await failWith(new TypeError('no error of ours'))).toMatchObject({ failure: null });
  });

  it('again and again is tried at longer and longer intervals, and may still succeed', async () => {
    const id = insert('a');
    let tries = 0;
    const worker = workerOf({
      work: async () => {
        tries += 1;
        if (tries < 4) throw new ReelholdError({ kind: 'full', operation: 'write', object: 'x' }, 'no room');
        return 'at last';
      },
    });
    for (const waitMs of [0, 10_000, 20_000, 40_000]) {
      await clock.advance(waitMs - 1);
      await worker.drain(never);
      await clock.advance(1);
      await worker.drain(never);
    }
    expect(tries).toBe(4);
    expect(get(id)).toMatchObject({ state: 'done', error: null, result: 'at last' });
  });

  it.each([
    [
      'for a cause that stays',
      new ReelholdError({ kind: 'missing', operation: 'read', object: 'x' }, 'gone'),
    ],
    ['by a mistake in the program', new TypeError('undefined is not a function')],
    ['with something that is no error', 'a text'],
  ])('%s is over', async (_, error) => {
    expect(await failWith(error)).toMatchObject({ state: 'failed', attempt: 1 });
  });

  it('because nobody knows how to do it is over, and the next is done', async () => {
    const [unknown, known] = [insert('a', 0, 'unheard of'), insert('b')];
    await workerOf({ work: async () => undefined }).drain(never);
    expect(get(unknown)).toMatchObject({ state: 'failed', error: 'nobody knows how to do "unheard of"' });
    expect(get(known)?.state).toBe('done');
  });

  it('because the daemon ends did not fail: it goes on at the next start', async () => {
    const controller = new AbortController();
    const id = insert('a');
    await workerOf({
      work: async (_operation, { signal }) => {
        controller.abort();
        signal.throwIfAborted();
        return undefined;
      },
    }).drain(controller.signal);
    expect(get(id)).toMatchObject({ state: 'pending', error: null });
    expect(log.lines).toEqual([]);
  });
});

describe('work that takes long', () => {
  it('is written down now and then, and not at every step', async () => {
    const id = insert('a');
    const seen: (number | null | undefined)[] = [];
    await workerOf({
      work: async (_operation, { setProgress }) => {
        for (let percent = 1; percent <= 20; percent += 1) {
          setProgress(percent);
          await clock.advance(100);
          seen.push(get(id)?.progress);
        }
        return undefined;
      },
    }).drain(never);
    expect([...new Set(seen)]).toEqual([1, 6, 11, 16]);
    expect(get(id)?.progress).toBeNull();
  });
});

describe('a worker that runs', () => {
  const start = (handler: Handler) => {
    const controller = new AbortController();
    const worker = workerOf({ work: handler });
    const running = worker.run(controller.signal);
    const stop = async () => {
      controller.abort();
      await running;
    };
    return { worker, stop };
  };

  it('sleeps until something is due, and does it then', async () => {
    let done = 0;
    insert('a', 30_000);
    const { stop } = start(async () => {
      done += 1;
      return undefined;
    });
    await clock.advance(29_999);
    expect(done).toBe(0);
    await clock.advance(1);
    await breathe();
    expect(done).toBe(1);
    await stop();
  });

  it('wakes when somebody says that there is something to do', async () => {
    let done = 0;
    const { worker, stop } = start(async () => {
      done += 1;
      return undefined;
    });
    await breathe();
    insert('a');
    expect(done).toBe(0);
    worker.poke();
    await breathe();
    expect(done).toBe(1);
    await stop();
  });

  it('does not sleep over what it was told of while it worked', async () => {
    const done: string[] = [];
    insert('a');
    const { worker, stop } = start(async ({ subject }) => {
      done.push(subject);
      if (subject === 'a') {
        await clock.sleep(5, never);
        insert('b', 1);
        worker.poke();
        await clock.sleep(5, never);
      }
      return undefined;
    });
    for (let step = 0; step < 6; step += 1) await clock.advance(5);
    expect(done).toEqual(['a', 'b']);
    await stop();
  });

  it('looks after a minute at the latest, whatever the clock on the wall does', async () => {
    let done = 0;
    const { stop } = start(async () => {
      done += 1;
      return undefined;
    });
    await breathe();
    insert('a');
    clock.setWall(clock.nowMs() + 1);
    await clock.advance(60_000);
    await breathe();
    expect(done).toBe(1);
    await stop();
  });

  it('does not spin where there is nothing to do', async () => {
    const { stop } = start(async () => undefined);
    await breathe();
    expect(clock.sleepers()).toBe(1);
    await clock.advance(59_000);
    expect(clock.sleepers()).toBe(1);
    await stop();
    expect(clock.sleepers()).toBe(0);
  });
});
