import { describe, expect, it } from 'vitest';
import type { MediaFacts } from '#core/ports/media.ts';
import { useFilledCatalogue } from '#tests/support/filled-catalogue.ts';
import { recordOf, segmentOf, versionFacts } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const { open, queries, fill } = useFilledCatalogue(useTempFolder());

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
