import { describe, expect, it } from 'vitest';
import { createDaemon, type DaemonDeps } from '#daemon/daemon.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { createTestLog } from '#tests/support/test-log.ts';
import { until } from '#tests/support/until.ts';

const open = useCatalogue(useTempFolder());

function makeDaemon(runInbox: (signal: AbortSignal) => Promise<void>, change: Partial<DaemonDeps> = {}) {
  const log = createTestLog();
  const deps: DaemonDeps = {
    catalogue: open.catalogue,
    clock: createTestClock(),
    log,
    inboxes: [{ run: runInbox, lookAround: async () => {}, clear: async () => {} }],
    space: { admit: async () => null, measure: async () => 'enough' },
    changes: { mayRemove: () => true },
    handlers: { intake: {}, media: {}, library: {}, vault: {} },
    places: { handlersOf: () => ({}), watch: async () => {} },
    library: null,
    timeZone: 'Europe/Berlin',
    foreignWrites: () => 0,
    ...change,
  };
  return { daemon: createDaemon(deps), log };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('the daemon', () => {
  it('runs until it is told to stop', async () => {
    const stop = new AbortController();
    const { daemon } = makeDaemon(untilAborted);
    const running = daemon.run(stop.signal);
    stop.abort();
    await running;
  });

  it('stops all its parts when one of them fails, and says by what', async () => {
    const { daemon, log } = makeDaemon(() => Promise.reject(new Error('the disk is gone')));
    await expect(daemon.run(new AbortController().signal)).rejects.toThrow('the disk is gone');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', facts: { part: 'inbox', error: 'the disk is gone' } }),
    );
  });

  it('says that much changed at once where no original is due, too', async () => {
    const stop = new AbortController();
    const nowMs = Date.now();
    const operation = { kind: 'clear-hold', lane: 'intake', subject: '', notBeforeMs: nowMs } as const;
    const id = open.catalogue.operations.insert(operation, nowMs);
    const { daemon } = makeDaemon(untilAborted, { changes: { mayRemove: () => false } });
    const running = daemon.run(stop.signal);
    const result = () => open.catalogue.operations.get(id)?.result;
    await until('its result', () => result() === 'many videos changed at once: nothing is removed');
    stop.abort();
    await running;
  });

  it('takes no failure of a part for its own that comes while it stops', async () => {
    const stop = new AbortController();
    const { daemon } = makeDaemon(async (signal) => {
      await untilAborted(signal);
      throw new Error('cut off');
    });
    const running = daemon.run(stop.signal);
    stop.abort();
    await running;
  });
});
