import { appendFileSync } from 'node:fs';
import { it } from 'vitest';

/** One line of docs/reliability.md. */
export interface Figure {
  /** What was counted: `power cuts survived on ext4`. */
  readonly what: string;
  readonly figure: number | string;
}

/**
 * How much of each fault suite runs: `sample` is a few points of each, in `npm test`; `all` is
 * `npm run test:faults`. The suites' configurations set it.
 */
export const faultScope: 'sample' | 'all' = process.env.REELHOLD_FAULTS === 'all' ? 'all' : 'sample';

/** Hands a suite's figures to the script that writes docs/reliability.md; without one they go nowhere. */
export function recordFigures(section: string, figures: readonly Figure[]): void {
  const file = process.env.REELHOLD_FIGURES;
  if (file === undefined || file === '') return;
  // One short append: files that run side by side do not tear each other's lines.
  appendFileSync(file, `${JSON.stringify({ section, figures })}\n`);
}

/** A test that only the full run has: in the sample it is left out, and not counted as skipped. */
export function itInFull(name: string, run: () => Promise<void>): void {
  if (faultScope === 'all') it(name, { timeout: longestMs }, run);
}

const longestMs = 10 * 60_000;
