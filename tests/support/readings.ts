import { examineContent } from '#core/examination/examine-content.ts';
import type { ByteRange, Flaw, Reading } from '#core/examination/reading.ts';

/** Follows a rule over bytes in memory, and notes what it asked for. */
export function followOver<T>(
  reading: Reading<T>,
  bytes: Uint8Array,
): { readonly value: T; readonly asked: readonly ByteRange[] } {
  const asked: ByteRange[] = [];
  for (let step = reading.next(); ; ) {
    if (step.done) return { value: step.value, asked };
    asked.push(step.value);
    const { at, length } = step.value;
    step = reading.next(bytes.subarray(at, at + length));
  }
}

/** What the look inside says of these bytes. */
export function flawOf(bytes: Uint8Array, hasHole = false): Flaw | null {
  return followOver(examineContent({ sizeBytes: bytes.length, hasHole }), bytes).value;
}
