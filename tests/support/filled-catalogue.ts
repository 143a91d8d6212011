import { createQueries, type Queries } from '#catalogue/queries.ts';
import type { CopyState } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import { useCatalogue } from './catalogue.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from './records.ts';

/** Midnight: the summary dates proofs to the start of their day. */
export const nowMs = Date.UTC(2026, 10, 22);

/** Gives each test a catalogue in its folder that can be filled with videos, and asked as the page asks it. */
export function useFilledCatalogue(folder: { readonly path: string }) {
  const open = useCatalogue(folder);
  return {
    open,
    queries: (): Queries => createQueries(open.database, () => nowMs),
    /** Fills the catalogue with videos of so many versions each: `v0` with its first version `v0.1`, and so on. */
    fill(versionCounts: readonly number[]): void {
      let seq = 0;
      const next = () => {
        seq += 1;
        return seq;
      };
      const records = versionCounts.flatMap((count, index) => [
        recordOf(videoFacts(`v${index}`), next()),
        ...Array.from({ length: count }, (_, at) => recordOf(versionFacts(`v${index}`, at + 1), next())),
      ]);
      open.catalogue.together(() => open.catalogue.archive.apply(segmentOf(records)));
    },
    setCopy: (digest: Digest, location: string, state: CopyState, provenAtMs: number | null) =>
      open.catalogue.archive.setCopy({ digest, location, state, listedAtMs: null, provenAtMs }),
  };
}
