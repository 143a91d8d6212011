import { describe, expect, it } from 'vitest';
import { createHeldQueries } from '#catalogue/held-queries.ts';
import { dayMs, type Place } from '#core/assess.ts';
import type { PartFacts } from '#core/journal-record.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const nowMs = Date.UTC(2026, 10, 22);
const held = () => createHeldQueries(open.database, () => nowMs);
const promiseMs = 180 * dayMs;
const places: readonly Place[] = [
  { location: 'vault', medium: 'nas', awayFromHome: false, promiseMs },
  { location: 'drive', medium: 'drive', awayFromHome: false, promiseMs },
  { location: 'cloud', medium: 'cloud', awayFromHome: true, promiseMs, roles: ['final'] },
];
const version = versionFacts('Rome', 1);

function apply(...facts: Parameters<typeof recordOf>[0][]) {
  const records = facts.map((one, index) => recordOf(one, index + 1));
  open.catalogue.together(() => open.catalogue.archive.apply(segmentOf(records)));
}

function proveAt(locations: readonly string[], provenAtMs: number | null) {
  for (const location of locations) {
    const copy = { digest: version.digest, location, listedAtMs: null, provenAtMs } as const;
    open.catalogue.archive.setCopy({ ...copy, state: 'present' });
  }
}

const all = places.map(({ location }) => location);

describe('bytes that stand elsewhere', () => {
  it('have no verdict where they are not held', () => {
    apply(videoFacts('Rome'), version);
    expect(held().assessments(digestOf('other'))).toEqual([]);
    expect([...held().sizes()]).toEqual([version.sizeBytes]);
  });

  it('are safe where the policy says so of their copies, and not a day longer', () => {
    apply(videoFacts('Rome'), version);
    open.catalogue.notes.setCondition('places', { places }, nowMs);
    proveAt(all, nowMs - promiseMs);
    expect(held().assessments(version.digest)).toMatchObject([{ verdict: 'safe', proven: 3 }]);
    proveAt(all, nowMs - promiseMs - 1);
    expect(held().assessments(version.digest)).toMatchObject([{ proven: 0 }]);
  });

  it('are not safe where nobody knows the places', () => {
    apply(videoFacts('Rome'), version);
    proveAt(all, nowMs);
    expect(held().assessments(version.digest)).toMatchObject([{ verdict: 'dont-know' }]);
  });

  it('are judged for each role that they have', () => {
    const part: PartFacts = {
      ...{ kind: 'part', part: 'p', video: 'Rome', partKind: 'raw', ext: 'mp4', name: 'a.mp4' },
      ...{ digest: version.digest, sizeBytes: version.sizeBytes },
    };
    apply(videoFacts('Rome'), version, part);
    open.catalogue.notes.setCondition('places', { places }, nowMs);
    proveAt(all, nowMs);
    const verdicts = held()
      .assessments(version.digest)
      .map(({ verdict }) => verdict);
    expect(verdicts.sort()).toEqual(['needs-you', 'safe']);
  });
});
