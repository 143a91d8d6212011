import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nowMs, type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

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

describe('the first page', () => {
  it('of an empty archive says where to put the first video', async () => {
    const page = await read('/');
    expect(page).toContain('No videos yet. Copy one into /data/inbox and it appears here within a minute.');
    expect(page).toContain('<title>Reelhold</title>');
    expect(page).not.toContain('Latest videos');
  });

  it('says what is known of reading everything back', async () => {
    const day = 24 * 60 * 60 * 1000;
    const versions = [{ copy: { state: 'unreachable', provenAtMs: null } }] as const;
    seeded.addVideo({ title: 'Rome', versions });
    seeded.addVideo({
      title: 'Oslo',
      versions: [{ copy: { state: 'present', provenAtMs: nowMs + 400 * day } }],
    });
    seeded.catalogue.notes.setCondition('proofs', { neededDays: 140, promisedDays: 90 }, nowMs);
    const page = await read('/');
    expect(page).toContain('The disk has trouble reading 1 video.');
    expect(page).toContain('At this pace it takes 140 days to read everything; 90 are promised.');
    expect(page).toContain('The clock of this NAS shows a time before most of what was read back.');
  });

  it('warns in its title while somebody is needed', async () => {
    addMany(2);
    const page = await read('/');
    expect(page).toContain('<title>(!) Reelhold</title>');
    expect(page).toContain('Saved here only. If this NAS breaks, 2 videos are gone.');
    expect(page).toContain('What is here was read back from the disk, and is unchanged.');
  });

  it('keeps every address below the base path', async () => {
    addMany(30);
    seeded.addVideo({ id: 'p', title: 'p', versions: [{ poster: Buffer.from('x'), media: {} }] });
    const pages = [
      await read('/'),
      await read('/videos/p'),
      await read('/videos?show=5'),
      await read('/nothing'),
    ];
    for (const page of pages) {
      const addresses = [...page.matchAll(/(?:href|src|action|poster|hx-get|hx-sse:connect)="([^"]*)"/g)];
      expect(addresses.length).toBeGreaterThan(3);
      for (const [, address] of addresses) expect(address).toMatch(/^(\/reel\/|#)/);
    }
  });

  it('is found with and without its final slash, and from the root', async () => {
    expect((await seeded.app.request('/reel')).status).toBe(200);
    expect((await seeded.app.request('/reel/')).status).toBe(200);
    const root = await seeded.app.request('/');
    expect([root.status, root.headers.get('location')]).toEqual([302, '/reel/']);
  });

  it('has no script, style or handler of its own in it', async () => {
    addMany(3);
    for (const path of ['/', '/videos/v1']) {
      const page = await read(path);
      expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|hx-on|javascript:|js:/);
    }
  });
});

describe('a region', () => {
  it.each(['/verdict', '/arriving', '/videos', '/videos/v1'])(
    '%s comes bare to htmx and whole to others',
    async (path) => {
      addMany(2);
      const bare = await ask(path, partial);
      const whole = await ask(path);
      expect(bare.headers.get('vary')).toContain('HX-Request-Type');
      expect(whole.headers.get('vary')).toContain('HX-Request-Type');
      expect(await bare.text()).not.toContain('<html');
      const page = await whole.text();
      expect(page).toContain('<html');
      expect(page.match(/<h1/g)).toHaveLength(1);
    },
  );

  it('verdict carries the title when it comes bare', async () => {
    expect(await read('/verdict', partial)).toContain('<title>Reelhold</title>');
    addMany(1);
  });
});

describe('what is arriving', () => {
  const see = (
    path: string,
    sighting: { sizeBytes?: number; state?: 'settling' | 'waiting'; reason?: string } = {},
  ) =>
    seeded.catalogue.sightings.see(
      {
        inbox: 'inbox',
        path,
        sizeBytes: 1000,
        fingerprint: '',
        state: 'settling',
        reason: null,
        ...sighting,
      },
      nowMs,
    );

  it('is named with its state in plain words', async () => {
    see('still.mov');
    see('empty.mov', { sizeBytes: 0, reason: 'empty' });
    see('full.mov', { state: 'waiting', reason: 'no-room' });
    see('odd.mov', { state: 'waiting', reason: 'vault-unheard-of' });
    const { id } = see('now.mov');
    seeded.catalogue.sightings.update(id, { state: 'taking', reason: null }, nowMs);
    seeded.catalogue.sightings.setProgress(id, 425);
    const region = await read('/arriving', partial);
    expect(region).toContain('is still being copied in (nothing to do)');
    expect(region).toContain('is still empty (nothing to do)');
    expect(region).toContain('waits: there is no room for it on this NAS. It stays here, untouched.');
    expect(region).toContain('waits: it could not be saved yet. Reelhold tries again by itself.');
    expect(region).toContain('Saving… 42 %');
    expect(region).toContain('<progress max="100" value="42"');
  });

  it('stands under a heading of its own where it waits, with the reason', async () => {
    see('still.mov');
    see('half.mov', { state: 'waiting', reason: 'cut-off' });
    see('mac.mov', { state: 'waiting', reason: 'finder-busy' });
    see('listed.mov', { state: 'waiting', reason: 'list-names-3-more' });
    see('last.mov', { state: 'waiting', reason: 'list-names-1-more' });
    see('odd.mov', { state: 'waiting', reason: 'list-unreadable' });
    see('card.mhl', { state: 'waiting', reason: 'list-waits-for-2' });
    see('sound.mhl', { state: 'waiting', reason: 'list-of-no-video' });
    const region = await read('/arriving', partial);
    const [coming, waiting] = region.split('Still in the inbox, and why');
    expect(coming).toContain('still.mov');
    expect(coming).not.toContain('half.mov');
    expect(waiting).toContain('waits: the end of this video is missing.');
    expect(waiting).toContain('waits: a Mac says that it is still copying it');
    expect(waiting).toContain('names 3 more files that are not here yet');
    expect(waiting).toContain('names 1 more file that is not here yet');
    expect(waiting).toContain('waits: the list that came with it cannot be read yet.');
    expect(waiting).toContain('it is a list of checksums, and leaves after the 2 files that it names.');
    expect(waiting).toContain('it is a list of checksums, and no video that it names is saved');
    expect(waiting).toContain('If nothing changes for an hour it is saved as it is, and stays here.');
  });

  it('has no such heading where nothing waits', async () => {
    see('still.mov');
    expect(await read('/arriving', partial)).not.toContain('and why');
  });

  it('is counted where it is too much to list', async () => {
    for (let n = 0; n < 25; n += 1) see(`clip ${n}.mov`);
    const region = await read('/arriving', partial);
    expect(region.match(/<li/g)).toHaveLength(20);
    expect(region).toContain('And 5 files more.');
  });

  it('says how and when the inbox was looked at, and what was left alone', async () => {
    seeded.catalogue.notes.setCondition(
      'inbox:/data/inbox',
      {
        root: '/data/inbox',
        state: 'watched',
        mode: 'consume',
        kind: 'loose',
        forcedBy: null,
        watching: { gap: null, type: null },
        lastLookedAtMs: nowMs - 12_000,
        ignored: { system: 2, unfinished: 1, 'other-program': 0, hidden: 0 },
        left: { total: 1, paths: ['notes.txt'] },
      },
      nowMs,
    );
    const region = await read('/arriving', partial);
    expect(region).toContain('Watching for new files.');
    expect(region).toContain('title="22 Nov 2026, 13:59" data-ago>12 seconds ago</time>');
    expect(region).toContain('3 files ignored: 2 system files, 1 unfinished copy.');
    expect(region).toContain('One file is not a video and stays where it is.');
  });
});

describe('what the owner should know', () => {
  it('stands there only while it is so', async () => {
    expect(await read('/verdict', partial)).not.toContain('Good to know');
    const { notes } = seeded.catalogue;
    notes.setCondition('vault', { state: 'refused', reason: 'not-connected' }, nowMs);
    notes.setCondition('space', { level: 'paused', freeBytes: 1e9, totalBytes: 1e12 }, nowMs);
    notes.setCondition('library', { written: 2, gone: 5 }, nowMs);
    notes.setCondition(
      'inbox:/data/inbox',
      {
        root: '/mnt/inbox',
        state: 'gone',
        mode: 'keep',
        kind: 'loose',
        forcedBy: { by: 'syncthing', path: '.stfolder' },
        watching: { gap: null, type: null },
        lastLookedAtMs: null,
        ignored: { system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
        left: { total: 0, paths: [] },
      },
      nowMs,
    );
    notes.setCondition(
      'tools',
      {
        tools: [
          { name: 'ffprobe', found: false, version: null, feature: 'media-facts' },
          { name: 'ffmpeg', found: false, version: null, feature: 'posters' },
          { name: 'rclone', found: false, version: null, feature: 'remotes' },
        ],
      },
      nowMs,
    );
    const region = await read('/verdict', partial);
    for (const words of [
      'Your videos cannot be reached just now.',
      'The disk with your videos is not connected.',
      'Nothing is lost.',
      'This NAS is full: 1 GB of 1 TB left.',
      'Another program changed 2 files in the library.',
      'The inbox cannot be reached: /mnt/inbox',
      'Syncthing uses the inbox too.',
      'ffmpeg is not installed here',
      'rclone is not installed here',
    ]) {
      expect(region).toContain(words);
    }
    expect(region.match(/ffmpeg is not installed/g)).toHaveLength(1);
  });
});

describe('a page that fails', () => {
  it('says so in a sentence, and in the log with the cause', async () => {
    seeded.content.readPoster = () => Promise.reject(new Error('a secret path'));
    const answer = await ask(`/posters/${'a'.repeat(64)}.webp`);
    expect(answer.status).toBe(500);
    const page = await answer.text();
    expect(page).toContain('Your videos are untouched.');
    expect(page).not.toContain('secret');
    expect(seeded.logged.join()).toContain('a secret path');
  });
});
