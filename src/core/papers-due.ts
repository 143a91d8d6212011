import type { Digest } from './digest.ts';
import { restMs } from './plan-journal-proof.ts';

/**
 * Tells whether to read back what stands at a place for people, by what was noted when that was last done. A drive is
 * read at each visit. A remote, which is visited for each new clip and may be reached over a metered line, is left for
 * half a day, unless other words belong there now. A clock that was set back costs one reading.
 */
export function arePapersDue(
  placeKind: 'drive' | 'remote',
  digests: readonly Digest[],
  noted: string | null,
  nowMs: number,
): boolean {
  if (placeKind === 'drive' || noted === null) return true;
  const [atMs, ...before] = noted.split(' ');
  const sinceMs = nowMs - Number(atMs);
  return !(sinceMs >= 0 && sinceMs < restMs) || before.join(' ') !== digests.join(' ');
}

/** What to note of such a reading. */
export function notePapers(digests: readonly Digest[], nowMs: number): string {
  return [nowMs, ...digests].join(' ');
}
