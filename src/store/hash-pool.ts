import { Worker } from 'node:worker_threads';
import { describeError, ReelholdError } from '#core/errors.ts';
import type { Throttle } from '#core/ports/disk-work.ts';
import {
  cellsPerSlot,
  type HashJob,
  type HashReply,
  type HashSetup,
  slotsPerThread,
  withoutEnd,
} from './hash-job.ts';

type JobBody = HashJob extends infer Job ? (Job extends HashJob ? Omit<Job, 'id' | 'slot'> : never) : never;
export type HashResult = Exclude<HashReply, { kind: 'failed' }>;

export interface HashOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (bytesDone: number) => void;
  /** For a job that copies. */
  readonly throttle?: Throttle | undefined;
}

/** Threads that copy and hash, so that several files go at once and the page never waits for them. */
export interface HashPool extends AsyncDisposable {
  /** Runs one job on the least busy thread; fails with a `ReelholdError`. */
  run(job: JobBody, options: HashOptions): Promise<HashResult>;
}

interface Thread {
  readonly worker: Worker;
  readonly slots: BigInt64Array<SharedArrayBuffer>;
  /** The job in each slot; null where the slot is free. */
  readonly tasks: (Task | null)[];
  idleTimer: NodeJS.Timeout | null;
}

interface Task {
  readonly id: number;
  readonly body: JobBody;
  readonly options: HashOptions;
  readonly resolve: (result: HashResult) => void;
  readonly reject: (error: unknown) => void;
  stopWatching: () => void;
}

const progressEveryMs = 250;
const throttleEveryMs = 100;
/** How far a job that is held back may be ahead of what is known of it. */
const aheadBytes = 64 * 1024 ** 2;
const idleMs = 20_000;
/** A thread only reads into two fixed buffers: its heap stays small, and so does the daemon on a Pi. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 24, stackSizeMb: 1 };

export function createHashPool(size: number): HashPool {
  const threads = new Set<Thread>();
  const waiting: Task[] = [];
  let nextId = 1;

  const start = (): Thread => {
    const slots = new BigInt64Array(new SharedArrayBuffer(8 * cellsPerSlot * slotsPerThread));
    const setup: HashSetup = { slots };
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), {
      workerData: setup,
      resourceLimits,
    });
    const tasks = Array.from({ length: slotsPerThread }, () => null);
    const thread: Thread = { worker, slots, tasks, idleTimer: null };
    worker.on('message', (reply: HashReply) => settle(thread, reply));
    worker.on('error', (error) => fail(thread, error));
    worker.on('exit', () => fail(thread, new Error('a thread ended')));
    threads.add(thread);
    return thread;
  };

  const assign = (thread: Thread, task: Task) => {
    const slot = thread.tasks.indexOf(null);
    if (thread.idleTimer !== null) clearTimeout(thread.idleTimer);
    thread.idleTimer = null;
    thread.tasks[slot] = task;
    const { throttle } = task.options;
    const allowed = throttle === undefined ? withoutEnd : BigInt(throttle.take(aheadBytes));
    for (const [cell, value] of [0n, 0n, allowed].entries())
      Atomics.store(thread.slots, cellsPerSlot * slot + cell, value);
    thread.worker.ref();
    thread.worker.postMessage({ ...task.body, id: task.id, slot });
  };

  const busyOf = (thread: Thread) => thread.tasks.filter((task) => task !== null).length;

  /**
   * A file waits for a thread of its own before it waits behind another file. What makes staged files durable
   * goes before what stages more.
   */
  const dispatch = (task: Task) => {
    const least = [...threads].sort((a, b) => busyOf(a) - busyOf(b))[0];
    if (least !== undefined && busyOf(least) === 0) assign(least, task);
    else if (threads.size < size) assign(start(), task);
    else if (least !== undefined && busyOf(least) < slotsPerThread) assign(least, task);
    else if (task.body.kind === 'stage') waiting.push(task);
    else waiting.unshift(task);
  };

  const settle = (thread: Thread, reply: HashReply) => {
    const slot = thread.tasks.findIndex((task) => task?.id === reply.id);
    const task = thread.tasks[slot];
    if (task === null || task === undefined) return;
    thread.tasks[slot] = null;
    const first = cellsPerSlot * slot;
    task.options.throttle?.giveBack(
      Number((thread.slots[first + 2] ?? 0n) - (thread.slots[first + 1] ?? 0n)),
    );
    task.stopWatching();
    if (reply.kind === 'failed') task.reject(new HashFailure(reply));
    else task.resolve(reply);
    const next = waiting.shift();
    if (next !== undefined) assign(thread, next);
    else if (busyOf(thread) === 0) rest(thread);
  };

  /** An idle thread does not keep the process alive, and after a while not even memory. */
  const rest = (thread: Thread) => {
    thread.worker.unref();
    thread.idleTimer = setTimeout(() => {
      threads.delete(thread);
      void thread.worker.terminate();
    }, idleMs).unref();
  };

  /** Once for each thread: its end follows its error, and its dismissal. */
  const fail = (thread: Thread, error: unknown) => {
    if (!threads.delete(thread)) return;
    const facts = { kind: 'io', operation: 'hash', object: 'a file' } as const;
    for (const task of thread.tasks) {
      task?.stopWatching();
      task?.reject(new ReelholdError(facts, describeError(error), { cause: error }));
    }
    for (const task of waiting.splice(0)) dispatch(task);
  };

  /** Passes progress out and the wish to stop in, while the job waits or runs. */
  const watch = (task: Task) => {
    const { signal, onProgress } = task.options;
    const find = () => {
      for (const thread of threads) {
        const slot = thread.tasks.indexOf(task);
        if (slot >= 0) return { slots: thread.slots, first: cellsPerSlot * slot };
      }
      return null;
    };
    const onAbort = () => {
      const place = find();
      if (place !== null) Atomics.store(place.slots, place.first, 1n);
      const index = waiting.indexOf(task);
      if (index < 0) return;
      waiting.splice(index, 1);
      task.stopWatching();
      task.reject(abortedError());
    };
    const tell = () => {
      const place = find();
      if (place !== null) onProgress?.(Number(Atomics.load(place.slots, place.first + 1)));
    };
    const allowMore = (throttle: Throttle) => {
      const place = find();
      if (place === null) return;
      const [done, allowed] = [1, 2].map((cell) => Number(Atomics.load(place.slots, place.first + cell)));
      const wanted = (done ?? 0) + aheadBytes - (allowed ?? 0);
      if (wanted > 0) Atomics.add(place.slots, place.first + 2, BigInt(throttle.take(wanted)));
    };
    const { throttle } = task.options;
    signal.addEventListener('abort', onAbort, { once: true });
    const throttling = throttle === undefined ? undefined : setInterval(allowMore, throttleEveryMs, throttle);
    const timer = onProgress === undefined ? undefined : setInterval(tell, progressEveryMs);
    return () => {
      signal.removeEventListener('abort', onAbort);
      clearInterval(timer);
      clearInterval(throttling);
    };
  };

  return {
    run(body, options) {
      if (options.signal.aborted) return Promise.reject(abortedError());
      return new Promise((resolve, reject) => {
        const task: Task = { id: nextId, body, options, resolve, reject, stopWatching: () => {} };
        nextId += 1;
        task.stopWatching = watch(task);
        dispatch(task);
      });
    },
    async [Symbol.asyncDispose]() {
      const stopped = [...threads];
      threads.clear();
      for (const task of [...waiting.splice(0), ...stopped.flatMap((thread) => thread.tasks)]) {
        task?.stopWatching();
        task?.reject(abortedError());
      }
      await Promise.all(stopped.map((thread) => thread.worker.terminate()));
    },
  };
}

function abortedError(): ReelholdError {
  return new ReelholdError({ kind: 'aborted', operation: 'hash', object: 'a file' }, 'stopped');
}

/** An error as it was thrown in the thread; its message stands already. */
class HashFailure extends ReelholdError {
  constructor(reply: Extract<HashReply, { kind: 'failed' }>) {
    super({ kind: reply.failure, operation: '', object: '', side: reply.side }, '');
    this.message = reply.message;
    if (reply.code !== undefined) this.cause = { code: reply.code };
  }
}
