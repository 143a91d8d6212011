import { transportPacketBytes } from '#core/container.ts';
import { type ContentFacts, type Flaw, isEmpty, lastBytes, type Reading } from './reading.ts';

/** ISO/IEC 13818-1 §2.4.3.2. */
const syncByte = 0x47;
const tailBytes = 4096;

/**
 * Judges an MPEG transport stream (ISO/IEC 13818-1; with time stamps as Blu-ray and AVCHD have them): it ends with
 * a whole packet. Where its last bytes are in no step, as where it was put together of pieces, nothing is said.
 */
export function* examineTransportStream({ sizeBytes }: ContentFacts, head: Uint8Array): Reading<Flaw | null> {
  const step = transportPacketBytes(head);
  if (step === null) return null;
  const tail = yield lastBytes(sizeBytes, tailBytes);
  if (isEmpty(tail)) return 'empty-end';
  const sync = syncOf(tail, step);
  if (sync === null) return null;
  // A time stamp of four bytes stands before each packet's sync byte.
  const before = step === 192 ? 4 : 0;
  return (tail.length - sync + before) % step === 0 ? null : 'cut-off';
}

/** Where the first packet begins from which on all are in step to the end. */
function syncOf(tail: Uint8Array, step: number): number | null {
  if (tail.length < 5 * step) return null;
  for (let start = 0; start < step; start += 1) {
    let at = start;
    while (at < tail.length && tail[at] === syncByte) at += step;
    if (at >= tail.length) return start;
  }
  return null;
}
