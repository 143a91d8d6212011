import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf } from '#tests/support/records.ts';
import { type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

let seeded: SeededApp;

beforeEach(async () => {
  seeded = await seedApp({ basePath: '/reel' });
});
afterEach(() => seeded[Symbol.asyncDispose]());

const partial = { headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial' } };
const ask = (path: string, init: RequestInit = {}) => seeded.app.request(`/reel${path}`, init);
const read = async (path: string, init: RequestInit = {}) => (await ask(path, init)).text();

function addMany(count: number): void {
  for (let n = 0; n < count; n += 1) seeded.addVideo({ id: `v${n}`, title: `Video ${n}`, versions: [{}] });
}

describe('the list of videos', () => {
  it('grows by what is asked for, and ends', async () => {
    addMany(30);
    const first = await read('/videos');
    expect(first.match(/<article/g)).toHaveLength(24);
    expect(first).toContain('href="/reel/videos?show=48#video-v5"');
    const second = await read('/videos?show=48');
    expect(second.match(/<article/g)).toHaveLength(30);
    expect(second).not.toContain('Show older');
    expect(second).toContain('hx-get="/reel/videos?show=48" hx-trigger="videos from:#live"');
  });

  it('goes on in another one when it is long', async () => {
    addMany(245);
    const long = await read('/videos?show=240');
    const next = /href="\/reel(\/videos\?cursor=\d+)"/.exec(long)?.[1] ?? '';
    const rest = await read(next);
    expect(rest.match(/<article/g)).toHaveLength(5);
    expect(rest).toContain('id="video-v4"');
    expect(rest).toContain('Back to the newest');
    expect(rest).not.toContain('Show older');
  });

  it('shows title, length, size, versions and verdict of each', async () => {
    seeded.addVideo({
      id: 'film',
      title: 'A film',
      versions: [
        {},
        { sizeBytes: 2_730_000_000, media: { durationMs: 3_723_000 }, poster: Buffer.from('x') },
      ],
    });
    const card = await read('/videos/film/card', partial);
    expect(card).toContain('<bdi>A film</bdi>');
    expect(card).toContain('1:02:03');
    expect(card).toContain('2.7 GB');
    expect(card).toContain('2 versions');
    expect(card).toContain('Here only');
    expect(card).toContain('loading="lazy"');
    expect(card).toContain('href="/reel/videos/film" hx-get="/reel/videos/film?in=list"');
  });

  it('refuses what it does not know with a plain page', async () => {
    const answer = await ask('/videos?page=2');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('&quot;page&quot; is not known; allowed are: cursor, show.');
  });
});

describe('a video', () => {
  beforeEach(() => {
    seeded.addVideo({
      id: 'film',
      title: 'A film',
      versions: [
        { name: 'first cut.mov', ext: 'mov', media: 'unreadable' },
        {
          media: { durationMs: 61_000, width: 1080, height: 1920, rotationDegrees: 90, videoCodec: 'hevc' },
          sizeBytes: 1_234_567,
        },
      ],
    });
  });

  it('plays its newest version, and offers every one', async () => {
    const page = await read('/videos/film');
    expect(page).toContain('<title>A film · Reelhold</title>');
    expect(page).toMatch(
      /<video controls playsinline preload="metadata" src="\/reel\/api\/v1\/versions\/film-v2\/content"/,
    );
    expect(page).not.toContain('autoplay');
    expect(page).toContain('href="/reel/videos/film?version=film-v1"');
    expect(page).toContain('href="/reel/api/v1/versions/film-v1/content?download=1"');
    expect(page).toContain('1.2 MB');
    expect(page).toContain('1920 × 1080');
    expect(page).toContain('read back <time');
    expect(page).toContain('Its pictures could not be read; the file is kept as it is.');
  });

  it('says of a version that it came in damaged, and what that means', async () => {
    const versions = [{ damaged: 'cut-off' as const }, {}];
    seeded.addVideo({ id: 'half', title: 'Half a film', versions });
    const page = await read('/videos/half');
    const [newest, first] = page.split('id="version-half-v1"');
    expect(first).toContain('Came in damaged: its end is missing. It is kept as it came');
    expect(newest).not.toContain('Came in damaged');
  });

  it('says the same of a file that belongs to it', async () => {
    const digest = digestOf('a clip');
    const part = { kind: 'part', video: 'film', partKind: 'raw', digest, sizeBytes: 6, ext: 'mp4' } as const;
    seeded.catalogue.archive.apply(
      segmentOf([
        recordOf({ ...part, part: 'p1', name: 'half.mp4', damaged: 'cut-off' }, 900),
        recordOf({ ...part, part: 'p2', name: 'whole.mp4' }, 901),
      ]),
    );
    const [before, half, whole] = (await read('/videos/film')).split('<li><bdi>');
    expect(before).toMatch(/One of these came in damaged\..*<details/s);
    expect(half).toContain('Came in damaged: its end is missing. It is kept as it came');
    expect(whole).toContain('whole.mp4');
    expect(whole).not.toContain('Came in damaged');
  });

  it('names its checksum under Details alone', async () => {
    const page = await read('/videos/film');
    const outside = page.replace(/<details>.*?<\/details>/gs, '').replace(/content|poster/g, '');
    expect(page).toContain('Checksum (SHA-256)');
    expect(outside).not.toMatch(/[0-9a-f]{64}/);
    expect(outside).not.toMatch(/\b(blob|hash|remote|digest)\b/i);
  });

  it('says which other one has the same picture and sound', async () => {
    seeded.addVideo({ id: 'copy', title: 'A <copy>', versions: [{ media: {}, bytes: Buffer.from('x') }] });
    for (const digest of seeded.content.blobs.keys()) seeded.catalogue.media.setStreams(digest, 'v:1');
    const page = await read('/videos/film');
    expect(page).toContain(
      'The same picture and sound as <a href="/reel/videos/copy?version=copy-v1"><bdi>A &lt;copy&gt;</bdi>, Version 1</a>',
    );
    expect(page).toContain(
      'The same picture and sound as <a href="/reel/videos/film?version=film-v1">Version 1</a>',
    );
    const { items } = (await (await ask('/api/v1/videos')).json()) as {
      items: { id: string; versions: { samePictureAndSoundAs: object[] }[] }[];
    };
    const copy = items.find(({ id }) => id === 'copy');
    expect(copy?.versions[0]?.samePictureAndSoundAs).toEqual([
      { video: 'film', title: 'A film', version: 'film-v1', number: 1 },
      { video: 'film', title: 'A film', version: 'film-v2', number: 2 },
    ]);
  });

  it('plays another version where that is asked for', async () => {
    expect(await read('/videos/film?version=film-v1')).toContain(
      'src="/reel/api/v1/versions/film-v1/content"',
    );
  });

  it('opened in the list plays at once and can be closed', async () => {
    const opened = await read('/videos/film?in=list', partial);
    expect(opened).toContain('autoplay');
    expect(opened).toContain('hx-get="/reel/videos/film/card"');
    expect(await read('/videos/film?in=list')).not.toContain('autoplay');
  });

  it.each([
    ['/videos/nobody', 404, 'There is no such video.'],
    ['/videos/film?version=other', 404, 'There is no such video.'],
    ['/videos/film?in=here', 400, 'in must be one of: list.'],
    ['/nothing', 404, 'There is nothing at this address.'],
  ])('at %s is answered with %d and a sentence', async (path, status, sentence) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(sentence);
  });
});
