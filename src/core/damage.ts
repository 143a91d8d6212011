import type { Flaw } from '#core/examination/reading.ts';

/**
 * What was wrong with a file before it reached us (docs/format.md, "version"): its bytes are not those of a whole
 * video, or not those that the list which came with it names; or the Finder's mark said to the last that it was still
 * copying, or was broken off.
 */
export type Damage = Flaw | 'differs-from-list' | 'marked-unfinished';
