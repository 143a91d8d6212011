import { describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import { assess, type CopyState, dayMs, type Place, worstVerdict } from '#core/assess.ts';
import { defaultPolicy } from '#core/policy.ts';
import { digestOf } from '#tests/support/digests.ts';
import { nowMs, useFilledCatalogue } from '#tests/support/filled-catalogue.ts';
import fc from '#tests/support/properties.ts';
import { recordOf, segmentOf } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const { open, queries, fill, setCopy } = useFilledCatalogue(useTempFolder());

const places: readonly Place[] = [
  { location: 'vault', medium: 'nas', awayFromHome: false, promiseMs: 90 * dayMs },
  { location: 'drive', medium: 'drive', awayFromHome: false, promiseMs: 180 * dayMs },
  { location: 'cloud', medium: 'cloud', awayFromHome: true, promiseMs: 180 * dayMs },
];

const anyCopies = fc.array(
  fc.record({
    location: fc.constantFrom('vault', 'drive', 'cloud', 'gone'),
    state: fc.constantFrom<CopyState>(
      'present',
      'present',
      'present',
      'missing',
      'corrupt',
      'unreachable',
      'unknown',
    ),
    provenDaysAgo: fc.option(fc.integer({ min: -2, max: 200 }), { freq: 8 }),
  }),
  { maxLength: 5 },
);

describe('the summary', () => {
  it('of nothing is safe, and counts nothing', () => {
    expect(queries().summary()).toEqual({
      verdict: 'safe',
      reasons: [],
      videosTotal: 0,
      videosSafe: 0,
      videosAtRisk: 0,
      videosDamaged: 0,
      videosUnreadable: 0,
      isClockBehind: false,
      versionsTotal: 0,
      lastProvenAtMs: null,
      inboxWaiting: 0,
      freeBytes: null,
    });
  });

  it('says of all videos what assessing them one by one says', () => {
    const anyVideos = fc.array(
      fc.record({ versions: fc.array(anyCopies, { minLength: 1, maxLength: 3 }), trashed: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    open.catalogue.notes.setCondition('places', { places }, 0);
    let last = 0;
    fc.assert(
      fc.property(anyVideos, (videos) => {
        open.database.sqlite.exec(
          'DELETE FROM copies; DELETE FROM versions; DELETE FROM videos; DELETE FROM segments',
        );
        fill(videos.map(({ versions }) => versions.length));
        videos.forEach(({ versions, trashed }, index) => {
          versions.forEach((copies, at) => {
            for (const { location, state, provenDaysAgo } of copies) {
              const provenAtMs = provenDaysAgo === null ? null : nowMs - provenDaysAgo * dayMs;
              setCopy(digestOf(`v${index}.${at + 1}`), location, state, provenAtMs);
            }
          });
          last += 1;
          const trash = recordOf({ kind: 'trash', video: `v${index}`, trashed: true }, 1000 + last);
          if (trashed) open.catalogue.archive.apply(segmentOf([trash]));
        });
        const rows = queries().latestVideos({ limit: 100, beforeSeq: null });
        const judged = rows.map((video) => ({
          verdict: video.verdict,
          versions: video.versions.map(({ copies }) => assess(copies, places, defaultPolicy, nowMs)),
        }));
        const count = (test: (video: (typeof judged)[number]) => boolean) => judged.filter(test).length;
        expect(queries().summary()).toMatchObject({
          verdict: worstVerdict(rows.map(({ verdict }) => verdict)),
          videosTotal: rows.length,
          videosSafe: count(({ verdict }) => verdict === 'safe'),
          videosAtRisk: count(({ versions }) => versions.some(({ proven }) => proven === 0)),
          versionsTotal: rows.flatMap(({ versions }) => versions).length,
        });
        for (const { verdict, versions } of judged) {
          expect(verdict).toBe(worstVerdict(versions.map((version) => version.verdict)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts a video whose copies are all damaged or gone, and gives the latest proof', () => {
    open.catalogue.notes.setCondition('places', { places }, 0);
    fill([1, 1, 1]);
    setCopy(digestOf('v0.1'), 'vault', 'corrupt', null);
    setCopy(digestOf('v1.1'), 'vault', 'missing', null);
    setCopy(digestOf('v2.1'), 'vault', 'present', nowMs - dayMs);
    expect(queries().summary()).toMatchObject({
      videosDamaged: 2,
      videosAtRisk: 2,
      lastProvenAtMs: nowMs - dayMs,
    });
  });

  it('counts a video of which a copy could not be read', () => {
    open.catalogue.notes.setCondition('places', { places }, 0);
    fill([2, 1]);
    setCopy(digestOf('v0.1'), 'vault', 'unreachable', null);
    setCopy(digestOf('v0.2'), 'vault', 'unreachable', null);
    setCopy(digestOf('v1.1'), 'vault', 'present', nowMs);
    expect(queries().summary()).toMatchObject({ videosUnreadable: 1, videosDamaged: 0, videosAtRisk: 1 });
  });

  it('by a clock set back ten years takes nothing for unsafe, and says that the clock is behind', () => {
    open.catalogue.notes.setCondition('places', { places }, 0);
    fill([1, 1, 1]);
    for (const video of ['v0', 'v1', 'v2']) {
      for (const { location } of places)
        setCopy(digestOf(`${video}.1`), location, 'present', nowMs - 80 * dayMs);
    }
    setCopy(digestOf('v0.1'), 'vault', 'present', nowMs);
    const before = queries().summary();
    expect(before).toMatchObject({ verdict: 'safe', isClockBehind: false, lastProvenAtMs: nowMs });
    const behind = createQueries(open.database, () => nowMs - 3650 * dayMs);
    expect(behind.summary()).toMatchObject({ verdict: 'safe', videosSafe: 3, isClockBehind: true });
    expect(behind.video('v1')).toMatchObject({ verdict: 'safe' });
    expect(behind.latestVideos({ limit: 9, beforeSeq: null }).map(({ verdict }) => verdict)).toEqual(
      Array(3).fill('safe'),
    );
  });

  it('believes no single proof of the far future, and does not show it as the latest', () => {
    open.catalogue.notes.setCondition('places', { places }, 0);
    fill([1, 1]);
    for (const { location } of places) setCopy(digestOf('v1.1'), location, 'present', nowMs - dayMs);
    setCopy(digestOf('v0.1'), 'vault', 'present', nowMs + 3650 * dayMs);
    const summary = queries().summary();
    expect(summary).toMatchObject({ isClockBehind: false, videosSafe: 1, videosAtRisk: 1 });
    expect(summary.lastProvenAtMs).toBe(nowMs - dayMs);
  });

  it('is worked out again when somebody else commits, but not all the time', () => {
    let atMs = nowMs;
    const waiting = createQueries(open.database, () => atMs);
    expect(waiting.summary().videosTotal).toBe(0);
    fill([1]);
    atMs += 999;
    expect(waiting.summary().videosTotal).toBe(0);
    atMs += 60_000;
    expect(waiting.summary().videosTotal).toBe(1);
  });

  it('knows how much is free and how much waits', () => {
    open.catalogue.notes.setCondition('space', { level: 'enough', freeBytes: 7, totalBytes: 9 }, 0);
    const base = { inbox: 'inbox', sizeBytes: 1, fingerprint: 'f', reason: null } as const;
    open.catalogue.sightings.see({ ...base, path: 'a', state: 'settling' }, 1);
    open.catalogue.sightings.see({ ...base, path: 'b', state: 'taken' }, 1);
    expect(queries().summary()).toMatchObject({ freeBytes: 7, inboxWaiting: 1 });
  });
});
