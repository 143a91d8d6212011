import type { Clock } from '#core/ports/clock.ts';

/**
 * Makes items durable in batches: flushes cost the same for one and for many. An item that comes alone waits
 * for nobody. While one batch is recorded the next one is placed, unless they share a key.
 */
export interface GroupCommit<Item> {
  add(item: Item): void;
  /** Says that what was coming has come. */
  nudge(): void;
}

/** How long the first of a batch waits for others that are on their way. */
const gatherMs = 200;

export function createGroupCommit<Item, Placed>(deps: {
  readonly clock: Clock;
  readonly largestBatch: number;
  readonly isMoreComing: () => boolean;
  /** Items of the same key must see each other recorded. */
  readonly keyOf: (item: Item) => string;
  /** May run beside the `record` of the batch before. */
  readonly place: (batch: readonly Item[]) => Promise<Placed>;
  /** Runs one at a time, in order. */
  readonly record: (batch: readonly Item[], placed: Placed) => Promise<void>;
  readonly fail: (batch: readonly Item[], error: unknown) => Promise<void>;
}): GroupCommit<Item> {
  const { clock, largestBatch } = deps;
  const ready: Item[] = [];
  let isRunning = false;
  let gathering = new AbortController();

  const isGathered = () => ready.length >= largestBatch || !deps.isMoreComing();

  const gather = async (): Promise<readonly Item[]> => {
    if (!isGathered()) {
      gathering = new AbortController();
      await clock.sleep(gatherMs, gathering.signal);
    }
    return ready.splice(0, largestBatch);
  };

  const finish = async (batch: readonly Item[], placing: Promise<Placed>): Promise<void> => {
    try {
      await deps.record(batch, await placing);
    } catch (error) {
      await deps.fail(batch, error);
    }
  };

  const run = async (): Promise<void> => {
    let recording: Promise<void> = Promise.resolve();
    let keys: ReadonlySet<string> = new Set();
    for (;;) {
      if (ready.length === 0) await recording;
      if (ready.length === 0) {
        isRunning = false;
        return;
      }
      const batch = await gather();
      if (batch.some((item) => keys.has(deps.keyOf(item)))) await recording;
      const placing = deps.place(batch);
      placing.catch(() => undefined); // `finish` handles it, once the batch before is done
      await recording;
      keys = new Set(batch.map(deps.keyOf));
      recording = finish(batch, placing);
    }
  };

  return {
    add(item) {
      ready.push(item);
      if (isGathered()) gathering.abort();
      if (isRunning) return;
      isRunning = true;
      void run();
    },
    nudge() {
      if (isGathered()) gathering.abort();
    },
  };
}
