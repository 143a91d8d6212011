import type { Reason, Verdict } from '#core/assess.ts';
import type { ArchiveFacts, Surroundings } from '#core/overview.ts';

/** Nothing is to be noticed. */
export const calm: Surroundings = {
  vault: { state: 'open' },
  places: null,
  space: null,
  tools: null,
  library: null,
  proofs: null,
  catalogue: null,
  inboxes: [],
};

/** Three videos with one verdict on all of them. */
export const facts = (
  verdict: Verdict,
  reasons: Reason[] = [],
  changed: Partial<ArchiveFacts> = {},
): ArchiveFacts => ({
  verdict,
  reasons,
  videosTotal: 3,
  videosSafe: 0,
  videosAtRisk: 0,
  videosDamaged: 0,
  videosUnreadable: 0,
  isClockBehind: false,
  lastProvenAtMs: null,
  ...changed,
});
