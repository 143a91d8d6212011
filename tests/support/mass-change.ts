import type { Catalogue } from '#core/ports/catalogue.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from './records.ts';

/** Twenty videos that are known get another version each, all at this time. */
export function changeManyVideos({ archive, together }: Catalogue, atMs: number): void {
  let seq = archive.lastSeq();
  const facts = Array.from({ length: 20 }, (_, index) => [
    videoFacts(`changed ${index}`),
    versionFacts(`changed ${index}`, 1),
    versionFacts(`changed ${index}`, 2),
  ]).flat();
  const records = facts.map((one) => {
    seq += 1;
    return { ...recordOf(one, seq), at: new Date(atMs).toISOString() };
  });
  together(() => archive.apply(segmentOf(records)));
}
