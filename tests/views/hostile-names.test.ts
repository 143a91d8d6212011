import { describe, expect, it } from 'vitest';
import { digestOfHex } from '#core/digest.ts';
import { displayName } from '#core/file-name.ts';
import fc from '#tests/support/properties.ts';
import { arrivingRegion } from '#views/arriving.ts';
import { createFormats } from '#views/formats.ts';
import { en } from '#views/locales/en.ts';
import type { Site } from '#views/site.ts';
import { verdictRegion } from '#views/verdict.ts';
import { videoRegion } from '#views/video.ts';
import type { VersionProps, VideoProps } from '#views/video-props.ts';
import { videoCard, videosRegion } from '#views/videos.ts';

const site: Site = {
  basePath: '/reel',
  asset: (name) => `/reel/assets/${name}`,
  words: en,
  formats: createFormats('en-GB', 'UTC'),
  nowMs: 0,
  version: '0.1.0',
};

const version = (name: string): VersionProps => ({
  id: 'v',
  number: 1,
  role: 'draft',
  digest: digestOfHex('a'.repeat(64)),
  sizeBytes: 5,
  name,
  takenAtMs: 0,
  seenAgain: 0,
  damaged: null,
  media: {
    durationMs: 1,
    width: 1,
    height: 1,
    videoCodec: name,
    audioCodec: null,
    container: null,
    rotationDegrees: 0,
    hasPoster: true,
    problem: null,
  },
  copies: [],
  twins: [{ version: 'n2', number: 2, video: 'v2', title: name }],
});
const video = (name: string): VideoProps => {
  const newest = version(name);
  return {
    id: 'x',
    title: name,
    verdict: 'needs-you',
    reasons: [],
    versions: [newest, { ...newest, id: 'w' }],
    parts: [{ kind: 'sidecar', files: 2, sizeBytes: 5 }],
    picturedPart: null,
  };
};

/** Every view that shows a name, with that name. */
async function showEverywhere(name: string): Promise<string> {
  const shown = video(name);
  const [first] = shown.versions as [VersionProps];
  const facts = {
    ...{ title: name, description: name.replaceAll('\n', ''), date: null, tags: [name, name], rating: 3 },
    ...{ sourceId: name, sourceUrl: 'https://example.org/?<b>' },
  };
  const part = { id: 'p', kind: 'sidecar', name, path: name, sizeBytes: 5, damaged: name, facts } as const;
  const belongings = [part, { ...part, id: 'q', path: null }];
  const file = { id: 1, inbox: name, path: name, sizeBytes: 5, bytesDone: 1, reason: name };
  const inbox = {
    root: name,
    state: 'gone',
    mode: 'keep',
    kind: 'loose',
    forcedBy: { by: 'sync', path: name },
    watching: { gap: 'network', type: name },
    lastLookedAtMs: 0,
    ignored: { system: 1, unfinished: 2, 'other-program': 1, hidden: 1 },
    left: { total: 3, paths: [name, `a/${name}`] },
  } as const;
  const parts = [
    videoCard(site, shown),
    videosRegion(site, { videos: [shown], query: '', older: null, isFirstPage: true }),
    videoRegion(site, {
      video: shown,
      shown: first,
      inList: true,
      parts: belongings,
      editOf: { into: 'y', title: name },
    }),
    videoRegion(site, {
      video: { ...shown, versions: [] },
      shown: null,
      inList: false,
      parts: belongings,
      editOf: null,
    }),
    videoCard(site, { ...shown, versions: [] }),
    arrivingRegion(site, {
      inboxes: [
        { name, condition: inbox },
        { name, condition: inbox },
      ],
      total: 3,
      files: [
        { ...file, state: 'taking' },
        { ...file, id: 2, state: 'waiting' },
      ],
    }),
    verdictRegion(site, {
      inboxAddress: name,
      overview: {
        headline: 'empty',
        level: 'needs-you',
        places: 0,
        verdict: 'safe',
        reasons: [],
        videosTotal: 0,
        videosSafe: 0,
        videosAtRisk: 0,
        videosDamaged: 0,
        videosUnreadable: 0,
        isClockBehind: false,
        lastProvenAtMs: null,
        notices: [
          { kind: 'inbox-gone', urgent: true, root: name },
          { kind: 'inbox-kept', urgent: false, inbox: name, by: 'sync', path: name },
        ],
      },
    }),
  ];
  return (await Promise.all(parts)).join('\n');
}

/** What a browser would make of it: tags with their attributes, and text. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<\/?([a-zA-Z][^\s>/]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, tag, attributes]) =>
      [tag, ...[...(attributes ?? '').matchAll(/\s([^\s=>]+)(?:="[^"]*")?/g)].map(([, name]) => name)].join(
        ' ',
      ),
  );
}

describe('a name from outside', () => {
  it.each([
    '<script>alert(1)</script>.mp4',
    '"><img src=x onerror=alert(1)>.mp4',
    "' onmouseover='alert(1).mp4",
    '" autofocus onfocus="alert(1)',
    '</title><svg onload=alert(1)>',
    '&lt;script&gt;.mp4',
    'a`\u0024{alert(1)}`.mp4',
    '{{constructor}}.mp4',
    '-->.mp4',
  ])('%j is shown as what it is, and is no part of the page', async (name) => {
    const page = await showEverywhere(name);
    expect(tagsOf(page)).toEqual(tagsOf(await showEverywhere('plain.mp4')));
    expect(page).toContain(
      name
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;')
        .replace(/"/g, '&quot;')
        .replace(/'/g, '&#39;'),
    );
  });

  it('of any characters leaves the page as it is', async () => {
    const plain = tagsOf(await showEverywhere('plain.mp4'));
    const hostile = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '=', ' ', '/', 'a', '\n', '\u202e', '\udc80'),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.string({ unit: 'binary', minLength: 1 })), async (name) => {
        const page = await showEverywhere(name);
        expect(page.isWellFormed()).toBe(true);
        expect(tagsOf(page)).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('never turns the line round, nor breaks it', async () => {
    const page = await showEverywhere('clip\u202e4pm.exe\u2066\nsecond');
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(page).toContain(displayName('clip\u202e4pm.exe\u2066\nsecond'));
  });
});
