import { describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { nowMs, useFilledCatalogue } from '#tests/support/filled-catalogue.ts';
import { recordOf, segmentOf, versionFacts, videoFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const { open, queries, fill, setCopy } = useFilledCatalogue(useTempFolder());

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
