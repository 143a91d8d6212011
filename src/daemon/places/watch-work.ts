import type { PlaceWork } from '#core/place-condition.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { RunContext } from '#daemon/worker.ts';
import type { PlaceBook } from './place-book.ts';

/** Shows how far long work at a place is. */
export interface WorkMeter {
  /** For a call that tells of its own bytes alone. */
  onProgress(bytesDone: number, bytesPerSecond: number | null): void;
  /** The call before is over: so many bytes are done for good. */
  add(bytes: number): void;
}

const everyMs = 1_000;

export function createWorkMeter(
  deps: { readonly book: PlaceBook; readonly clock: Clock; readonly location: string },
  work: Pick<PlaceWork, 'what' | 'bytesTotal'>,
  { setProgress }: Pick<RunContext, 'setProgress'>,
): WorkMeter {
  const { book, clock, location } = deps;
  let doneBytes = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const show = (bytesDone: number, bytesPerSecond: number | null) => {
    if (clock.monotonicMs() - lastMs < everyMs) return;
    lastMs = clock.monotonicMs();
    book.note(location, { work: { ...work, bytesDone, bytesPerSecond } });
    setProgress(Math.min(100, (100 * bytesDone) / Math.max(1, work.bytesTotal)));
  };
  return {
    onProgress: (bytesDone, bytesPerSecond) => show(doneBytes + bytesDone, bytesPerSecond),
    add(bytes) {
      doneBytes += bytes;
      show(doneBytes, null);
    },
  };
}
