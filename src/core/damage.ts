import type { Flaw } from '#core/examination/reading.ts';

/**
 * What was wrong with a file before it reached us (docs/format.md, "version"): its bytes are not those of a whole
 * video, or not those that the list which came with it names.
 */
export type Damage = Flaw | 'differs-from-list';
