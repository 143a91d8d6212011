import type { CopyFacts, CopyState } from '#core/assess.ts';

const states: Readonly<Record<Exclude<CopyState, 'present'>, string>> = {
  corrupt: 'damaged',
  missing: 'gone',
  unreachable: 'could not be read',
  unknown: 'not looked at yet',
};

/** What a report says of a copy, for people. */
export function reportedCopy(copy: CopyFacts | undefined, time: (atMs: number) => string): string {
  if (copy === undefined) return 'no copy';
  if (copy.state !== 'present') return states[copy.state];
  return copy.provenAtMs === null ? 'there, not read back yet' : `read back ${time(copy.provenAtMs)}`;
}
