import type { Operation } from '#core/operation.ts';
import type { Handler } from '#daemon/worker.ts';

/** Runs a handler as a worker does, for an operation that was just claimed. */
export function runHandler(
  handler: Handler,
  subject = '',
  signal: AbortSignal = new AbortController().signal,
): ReturnType<Handler> {
  const operation: Operation = {
    ...{ id: 1, kind: 'test', lane: 'vault', subject, state: 'running' },
    ...{ attempt: 1, notBeforeMs: 0, createdAtMs: 0, error: null },
  };
  return handler(operation, { signal, setProgress: () => {} });
}
