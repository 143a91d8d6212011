import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '#tests/support/digests.ts';
import { recordOf, segmentOf, videoFacts } from '#tests/support/records.ts';
import { nowMs, type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

let seeded: SeededApp;

beforeEach(async () => {
  seeded = await seedApp({ basePath: '/reel' });
});
afterEach(() => seeded[Symbol.asyncDispose]());

const get = async (path: string) => (await seeded.app.request(`/reel${path}`)).json();

describe('the summary', () => {
  it('of an empty archive invites the first video', async () => {
    expect(await get('/api/v1/summary')).toEqual({
      verdict: 'onItsWay',
      verdictText: 'No videos yet. Copy one into /data/inbox and it appears here within a minute.',
      trouble: null,
      videosTotal: 0,
      videosSafe: 0,
      videosAtRisk: 0,
      videosDamaged: 0,
      inboxWaiting: 0,
      freeBytes: null,
      lastLookedAt: null,
      placesTotal: 0,
      placesAway: 0,
      lastReadBackAt: null,
      version: '0.1.0',
    });
  });

  it('says in one flat object what the page says', async () => {
    seeded.addVideo({ title: 'read back', versions: [{}] });
    seeded.addVideo({ title: 'not yet', versions: [{ copy: { state: 'present', provenAtMs: null } }] });
    const { notes, sightings } = seeded.catalogue;
    notes.setCondition('space', { level: 'enough', freeBytes: 5, totalBytes: 9 }, nowMs);
    sightings.see(
      { inbox: 'inbox', path: 'a.mp4', sizeBytes: 1, fingerprint: '', state: 'settling', reason: null },
      nowMs,
    );
    const summary = await get('/api/v1/summary');
    expect(summary).toMatchObject({
      verdict: 'needsYou',
      verdictText: 'Saved here only. If this NAS breaks, 2 videos are gone.',
      videosTotal: 2,
      videosSafe: 0,
      videosAtRisk: 1,
      inboxWaiting: 1,
      freeBytes: 5,
      placesTotal: 0,
      placesAway: 0,
      lastReadBackAt: '2026-11-22T12:00:00.000Z',
    });
    const page = await (await seeded.app.request('/reel/')).text();
    expect(page).toContain(summary.verdictText);
  });

  it('tells of a damaged video before all else', async () => {
    for (let n = 0; n < 5; n += 1) seeded.addVideo({ title: `fine ${n}`, versions: [{}] });
    seeded.addVideo({ title: 'bad', versions: [{ copy: { state: 'corrupt', provenAtMs: null } }, {}] });
    expect(await get('/api/v1/summary')).toMatchObject({
      verdict: 'needsYou',
      verdictText: 'One video cannot be read any more.',
      videosDamaged: 1,
    });
  });
});

describe('the list of videos', () => {
  it('has what belongs to a video, also to one that has no version yet', async () => {
    const digest = digestOf('a clip');
    const facts = { kind: 'part', part: 'p1', video: 'rome', partKind: 'raw', digest, sizeBytes: 6 } as const;
    seeded.catalogue.archive.apply(
      segmentOf([
        recordOf({ ...videoFacts('rome'), project: '/inbox/rome' }, 900),
        recordOf({ ...facts, ext: 'mp4', name: 'C0001.MP4', path: 'raw', damaged: 'cut-off' }, 901),
      ]),
    );
    const { items } = await get('/api/v1/videos');
    expect(items[0]).toMatchObject({
      ...{ id: 'rome', versions: [], posterUrl: null, verdict: 'needsYou' },
      parts: [{ kind: 'raw', files: 1, sizeBytes: 6 }],
    });
    expect((await get('/api/v1/videos/rome/parts')).items).toEqual([
      expect.objectContaining({
        ...{ id: 'p1', kind: 'raw', name: 'C0001.MP4', path: 'raw', sizeBytes: 6, digest, facts: null },
        damaged: 'cut-off',
        contentUrl: '/reel/api/v1/parts/p1/content',
      }),
    ]);
    expect((await get('/api/v1/suggestions')).items).toEqual([]);
    expect((await get('/api/v1/summary')).videosTotal).toBe(1);
  });

  it('has each with its versions, newest first, and where to get them', async () => {
    const { versions } = seeded.addVideo({
      id: 'film',
      title: 'film',
      versions: [
        { name: 'film.mp4' },
        {
          name: 'film.mp4',
          sizeBytes: 1234,
          poster: Buffer.from('x'),
          media: { durationMs: 1500, width: 1920, height: 1080, rotationDegrees: 90, videoCodec: 'hevc' },
        },
      ],
    });
    const hex = versions[1]?.digest.slice('sha256:'.length);
    const { items, nextCursor } = await get('/api/v1/videos');
    expect(nextCursor).toBeNull();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: 'film',
      title: 'film',
      verdict: 'needsYou',
      posterUrl: `/reel/posters/${hex}.webp`,
    });
    expect(items[0].versions[0]).toEqual({
      id: 'film-v2',
      number: 2,
      role: 'master',
      name: 'film.mp4',
      sizeBytes: 1234,
      digest: versions[1]?.digest,
      takenAt: '2026-11-22T13:00:00.000Z',
      damaged: null,
      durationMs: 1500,
      width: 1080,
      height: 1920,
      videoCodec: 'hevc',
      contentUrl: '/reel/api/v1/versions/film-v2/content',
      samePictureAndSoundAs: [],
      copies: [{ location: 'vault', state: 'present', provenAt: '2026-11-22T12:00:00.000Z' }],
    });
    expect(items[0].versions[1]).toMatchObject({ id: 'film-v1', durationMs: null, width: null });
  });

  it('goes on at its cursor until every video was listed once', async () => {
    for (let n = 0; n < 7; n += 1) seeded.addVideo({ id: `v${n}`, title: `v${n}`, versions: [{}] });
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const { items, nextCursor } = await get(`/api/v1/videos?limit=3${cursor}`);
      seen.push(...items.map((item: { id: string }) => item.id));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(['v6', 'v5', 'v4', 'v3', 'v2', 'v1', 'v0']);
  });

  it('of exactly the size of a page has no next one', async () => {
    for (let n = 0; n < 3; n += 1) seeded.addVideo({ title: `v${n}`, versions: [{}] });
    expect((await get('/api/v1/videos?limit=3')).nextCursor).toBeNull();
  });

  it.each([
    ['limit=0', 'limit must be a whole number from 1 to 200.'],
    ['limit=201', 'limit must be a whole number from 1 to 200.'],
    ['limit=ten', 'limit must be a whole number from 1 to 200.'],
    ['limit=1&limit=2', 'limit is given twice.'],
    ['cursor=', 'cursor must be a whole number from 1 to 9007199254740991.'],
    ['page=2', '"page" is not known; allowed are: limit, cursor.'],
  ])('with %s is refused, and says what is allowed', async (query, detail) => {
    const answer = await seeded.app.request(`/reel/api/v1/videos?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({ type: 'about:blank', title: 'Bad Request', status: 400, detail });
  });
});

describe('the API', () => {
  it('answers what it does not have with a problem', async () => {
    const answer = await seeded.app.request('/reel/api/v1/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is never kept by a cache', async () => {
    const answer = await seeded.app.request('/reel/api/v1/summary');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
