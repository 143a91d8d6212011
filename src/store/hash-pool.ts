import { Worker } from 'node:worker_threads';
import { describeError, ReelholdError } from '#core/errors.ts';
import type { HashJob, HashReply, HashSetup } from './hash-job.ts';

type JobBody = HashJob extends infer Job ? (Job extends HashJob ? Omit<Job, 'id'> : never) : never;
export type HashResult = Exclude<HashReply, { kind: 'failed' }>;

export interface HashOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (bytesDone: number) => void;
}

/** Threads that read and hash, so that several files go at once and the page never waits for them. */
export interface HashPool extends AsyncDisposable {
  /** Runs one job on the next free thread; fails with a `ReelholdError`. */
  run(job: JobBody, options: HashOptions): Promise<HashResult>;
}

interface Thread {
  readonly worker: Worker;
  readonly control: BigInt64Array<SharedArrayBuffer>;
  current: Task | null;
  idleTimer: NodeJS.Timeout | null;
}

interface Task {
  readonly job: HashJob;
  readonly options: HashOptions;
  readonly resolve: (result: HashResult) => void;
  readonly reject: (error: unknown) => void;
  readonly stopWatching: () => void;
}

const progressEveryMs = 250;
const idleMs = 20_000;
/** A thread only reads into two fixed buffers: its heap stays small, and so does the daemon on a Pi. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 24, stackSizeMb: 1 };

export function createHashPool(size: number): HashPool {
  const threads = new Set<Thread>();
  const waiting: Task[] = [];
  let nextId = 1;

  const assign = (thread: Thread, task: Task) => {
    if (thread.idleTimer !== null) clearTimeout(thread.idleTimer);
    thread.idleTimer = null;
    thread.current = task;
    Atomics.store(thread.control, 0, 0n);
    Atomics.store(thread.control, 1, 0n);
    thread.worker.ref();
    thread.worker.postMessage(task.job);
  };

  const next = (thread: Thread) => {
    thread.current = null;
    const task = waiting.shift();
    if (task !== undefined) return assign(thread, task);
    thread.worker.unref();
    thread.idleTimer = setTimeout(() => retire(thread), idleMs).unref();
  };

  const retire = (thread: Thread) => {
    threads.delete(thread);
    void thread.worker.terminate();
  };

  const settle = (thread: Thread, reply: HashReply) => {
    const task = thread.current;
    if (task === null || task.job.id !== reply.id) return;
    task.stopWatching();
    if (reply.kind === 'failed') task.reject(toError(reply));
    else task.resolve(reply);
    next(thread);
  };

  const fail = (thread: Thread, error: unknown) => {
    threads.delete(thread);
    thread.current?.stopWatching();
    thread.current?.reject(
      new ReelholdError({ kind: 'io', operation: 'hash', object: 'a file' }, describeError(error), {
        cause: error,
      }),
    );
    thread.current = null;
    const task = waiting.shift();
    if (task !== undefined) assign(start(), task);
  };

  const start = (): Thread => {
    const control = new BigInt64Array(new SharedArrayBuffer(16));
    const setup: HashSetup = { control };
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), {
      workerData: setup,
      resourceLimits,
    });
    const thread: Thread = { worker, control, current: null, idleTimer: null };
    worker.on('message', (reply: HashReply) => settle(thread, reply));
    worker.on('error', (error) => fail(thread, error));
    threads.add(thread);
    return thread;
  };

  const dispatch = (task: Task) => {
    const idle = [...threads].find((thread) => thread.current === null);
    if (idle !== undefined) assign(idle, task);
    else if (threads.size < size) assign(start(), task);
    else waiting.push(task);
  };

  const threadOf = (id: number) => [...threads].find((thread) => thread.current?.job.id === id);

  /** Passes progress out and the wish to stop in, while the job waits or runs. */
  const watch = (id: number, options: HashOptions) => {
    const onAbort = () => {
      const thread = threadOf(id);
      if (thread !== undefined) Atomics.store(thread.control, 0, 1n);
      const index = waiting.findIndex((task) => task.job.id === id);
      if (index >= 0) waiting.splice(index, 1)[0]?.reject(abortedError());
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    const { onProgress } = options;
    const timer =
      onProgress === undefined
        ? undefined
        : setInterval(() => {
            const thread = threadOf(id);
            if (thread !== undefined) onProgress(Number(Atomics.load(thread.control, 1)));
          }, progressEveryMs);
    return () => {
      options.signal.removeEventListener('abort', onAbort);
      clearInterval(timer);
    };
  };

  return {
    run(body, options) {
      if (options.signal.aborted) return Promise.reject(abortedError());
      const job = { ...body, id: nextId } as HashJob;
      nextId += 1;
      return new Promise((resolve, reject) => {
        dispatch({ job, options, resolve, reject, stopWatching: watch(job.id, options) });
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...threads].map((thread) => thread.worker.terminate()));
      threads.clear();
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

function toError(reply: Extract<HashReply, { kind: 'failed' }>): ReelholdError {
  return new HashFailure(reply);
}
