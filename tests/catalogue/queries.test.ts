import { describe, expect, it } from 'vitest';
import { createQueries, type Queries } from '#catalogue/queries.ts';
import { assess, type CopyState, dayMs, type Place, worstVerdict } from '#core/assess.ts';
import { defaultPolicy } from '#core/policy.ts';
import type { MediaFacts } from '#core/ports/media.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
/** Midnight: the summary dates proofs to the start of their day. */
const nowMs = Date.UTC(2026, 10, 22);
const queries = (): Queries => createQueries(open.database, () => nowMs);

const places: readonly Place[] = [
  { location: 'vault', medium: 'nas', awayFromHome: false, promiseMs: 90 * dayMs },
  { location: 'drive', medium: 'drive', awayFromHome: false, promiseMs: 180 * dayMs },
  { location: 'cloud', medium: 'cloud', awayFromHome: true, promiseMs: 180 * dayMs },
];

/** Fills the catalogue with videos of so many versions each. */
function fill(versionCounts: readonly number[]): void {
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
}

const setCopy = (
  digest: ReturnType<typeof digestOf>,
  location: string,
  state: CopyState,
  provenAtMs: number | null,
) => open.catalogue.archive.setCopy({ digest, location, state, listedAtMs: null, provenAtMs });

describe('the latest videos', () => {
  const pages = (limit: number) => {
    const seen: string[] = [];
    for (let beforeSeq: number | null = null; ; ) {
      const page = queries().latestVideos({ limit, beforeSeq });
      if (page.length === 0) return seen;
      expect(page.length).toBeLessThanOrEqual(limit);
      seen.push(...page.map(({ id }) => id));
      beforeSeq = page.at(-1)?.changedSeq ?? 0;
    }
  };

  it.each([1, 2, 3, 7, 100])('come in pages of %d that leave none out and show none twice', (limit) => {
    fill([1, 3, 1, 2, 1, 1, 4]);
    open.catalogue.archive.apply(
      segmentOf([
        recordOf(versionFacts('v1', 9), 90),
        recordOf({ kind: 'trash', video: 'v4', trashed: true }, 91),
      ]),
    );
    expect(pages(limit)).toEqual(['v1', 'v6', 'v5', 'v3', 'v2', 'v0']);
  });

  it('show the newest version first, with what is known of each', () => {
    fill([2]);
    const facts = {
      container: 'mp4',
      durationMs: 1000,
      width: 640,
      height: 480,
      rotationDegrees: 90,
      videoCodec: 'h264',
      audioCodec: null,
      frameRate: 25,
      recordedAtMs: null,
    } as const;
    open.catalogue.media.setFacts(digestOf('v0.2'), facts, true);
    open.catalogue.media.setProblem(digestOf('v0.1'), 'unreadable');
    setCopy(digestOf('v0.2'), 'vault', 'present', 5);
    const [video] = queries().latestVideos({ limit: 9, beforeSeq: null });
    expect(video).toMatchObject({
      id: 'v0',
      title: 'v0',
      folder: '2026/2026-11-22 v0',
      versions: [
        {
          number: 2,
          digest: digestOf('v0.2'),
          media: { durationMs: 1000, hasPoster: true, problem: null },
          copies: [{ location: 'vault', state: 'present', provenAtMs: 5 }],
        },
        {
          number: 1,
          digest: digestOf('v0.1'),
          media: { problem: 'unreadable', hasPoster: false },
          copies: [],
        },
      ],
    });
    expect(queries().video('v0')).toEqual(video);
  });

  it('leave out a video whose only bytes stand under another', () => {
    fill([1]);
    const twin = versionFacts('twin', 1, { digest: digestOf('v0.1') });
    open.catalogue.archive.apply(segmentOf([recordOf(videoFacts('twin'), 8), recordOf(twin, 9)]));
    expect(pages(10)).toEqual(['v0']);
  });

  it('are asked for one by one by their id', () => {
    fill([1]);
    expect(queries().video('nobody')).toBeNull();
    expect(queries().version('v0.1')).toMatchObject({ digest: digestOf('v0.1'), ext: 'mp4', name: 'v0.mp4' });
    expect(queries().version('nobody')).toBeNull();
  });
});

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

  it('says of all videos what assessing them one by one says', { timeout: 30_000 }, () => {
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

describe('the arrivals', () => {
  it('are what is on its way, the longest waiting first, and how many there are', () => {
    const see = (path: string, atMs: number, state: 'settling' | 'taking' | 'waiting' | 'taken') =>
      open.catalogue.sightings.see(
        { inbox: 'inbox', path, sizeBytes: 10, fingerprint: 'f', state, reason: null },
        atMs,
      );
    see('second.mp4', 2, 'settling');
    const { id } = see('caf\uDCE9.mp4', 1, 'taking');
    see('third.mp4', 3, 'waiting');
    see('done.mp4', 0, 'taken');
    open.catalogue.sightings.setProgress(id, 4);
    const { items, total } = queries().arrivals(2);
    expect(total).toBe(3);
    expect(items.map(({ path }) => path)).toEqual(['caf\uDCE9.mp4', 'second.mp4', 'third.mp4']);
    expect(
      queries()
        .arrivals(1)
        .items.map(({ path }) => path),
    ).toEqual(['caf\uDCE9.mp4', 'third.mp4']);
    expect(items[0]).toMatchObject({ bytesDone: 4, sizeBytes: 10, state: 'taking', firstSeenAtMs: 1 });
  });
});

describe('the fingerprint of the list', () => {
  it.each([
    ['a version came', () => open.catalogue.archive.apply(segmentOf([recordOf(versionFacts('v0', 2), 50)]))],
    [
      'a video went to the trash',
      () =>
        open.catalogue.archive.apply(
          segmentOf([recordOf({ kind: 'trash', video: 'v0', trashed: true }, 50)]),
        ),
    ],
    ['the same bytes came again', () => open.catalogue.archive.countSeenAgain('v0.1')],
    ['a picture was made', () => open.catalogue.media.setProblem(digestOf('v0.1'), 'unreadable')],
    ['a copy was proven', () => setCopy(digestOf('v0.1'), 'vault', 'present', nowMs)],
    ['a copy was found damaged', () => setCopy(digestOf('v0.1'), 'vault', 'corrupt', null)],
  ])('is another when %s', (_, change) => {
    fill([1, 1]);
    setCopy(digestOf('v0.1'), 'vault', 'present', null);
    const before = queries().videosFingerprint();
    expect(queries().videosFingerprint()).toBe(before);
    change();
    expect(queries().videosFingerprint()).not.toBe(before);
  });
});

describe('versions with the same picture and sound', () => {
  const facts: MediaFacts = {
    ...{ container: 'mp4', durationMs: 1, width: 1, height: 1, videoCodec: 'h264' },
    ...{ rotationDegrees: 0, audioCodec: null, frameRate: null, recordedAtMs: null },
  };
  const setStreams = (video: string, number: number, key: string | null) => {
    const { digest } = versionFacts(video, number);
    open.catalogue.media.setFacts(digest, facts, false);
    open.catalogue.media.setStreams(digest, key);
  };
  const twinsOf = (video: string) =>
    queries()
      .video(video)
      ?.versions.map(({ twins }) => twins.map((twin) => `${twin.video} ${twin.number}`));

  it('name each other, wherever they are, but not themselves', () => {
    fill([2, 1, 1]);
    for (const [video, number] of [
      ['v0', 1],
      ['v0', 2],
      ['v1', 1],
    ] as const)
      setStreams(video, number, 'v:1');
    setStreams('v2', 1, 'v:2');
    expect(twinsOf('v0')).toEqual([
      ['v0 1', 'v1 1'],
      ['v0 2', 'v1 1'],
    ]);
    expect(twinsOf('v1')).toEqual([['v0 1', 'v0 2']]);
    expect(twinsOf('v2')).toEqual([[]]);
  });

  it('are none where it could not be told, or nobody looked yet', () => {
    fill([1, 1, 1]);
    setStreams('v0', 1, null);
    setStreams('v1', 1, null);
    expect(['v0', 'v1', 'v2'].flatMap(twinsOf)).toEqual([[], [], []]);
  });

  it('in the trash are not named', () => {
    fill([1, 1]);
    setStreams('v0', 1, 'v:1');
    setStreams('v1', 1, 'v:1');
    open.catalogue.archive.apply(segmentOf([recordOf({ kind: 'trash', video: 'v1', trashed: true }, 91)]));
    expect(twinsOf('v0')).toEqual([[]]);
  });

  it('make a list of videos another one', () => {
    fill([1]);
    open.catalogue.media.setFacts(versionFacts('v0', 1).digest, facts, false);
    const before = queries().videosFingerprint();
    open.catalogue.media.setStreams(versionFacts('v0', 1).digest, 'v:1');
    expect(queries().videosFingerprint()).not.toBe(before);
  });

  it('are looked for among those that have a picture, once', () => {
    fill([1, 1, 1, 1]);
    setStreams('v0', 1, 'v:1');
    open.catalogue.media.setFacts(versionFacts('v1', 1).digest, facts, false);
    open.catalogue.media.setFacts(versionFacts('v2', 1).digest, { ...facts, videoCodec: null }, false);
    expect(open.catalogue.media.unhashed(10).map(({ digest }) => digest)).toEqual([
      versionFacts('v1', 1).digest,
    ]);
  });
});
