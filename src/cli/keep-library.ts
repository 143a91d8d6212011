import { systemClock as clock } from '#clock.ts';
import type { OpenArchive } from '#compose.ts';
import type { Log } from '#core/ports/log.ts';
import { createWorker } from '#daemon/worker.ts';

/** Makes the readable files beside the taking; facts and pictures can wait for the daemon. */
export function keepLibrary(archive: OpenArchive, log: Log) {
  if (archive.refreshLibrary === null) return { poke: () => {}, finish: async () => {} };
  const handlers = { library: archive.refreshLibrary };
  const worker = createWorker({ lane: 'library', handlers, catalogue: archive.catalogue, clock, log });
  const stop = new AbortController();
  const running = worker.run(stop.signal);
  return {
    poke: worker.poke,
    async finish() {
      stop.abort();
      await running;
      await worker.drain(new AbortController().signal);
    },
  };
}
