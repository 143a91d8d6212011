import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { digestOf } from '#tests/support/digests.ts';
import fc from '#tests/support/properties.ts';
import { enOpenMe } from '#views/locales/en-open-me.ts';
import { type OpenMeVideo, openMePage } from '#views/open-me/page.ts';
import { openMeScript, openMeScriptHash } from '#views/open-me/script.ts';

const version = (content: string, number = 1) => {
  const digest = digestOf(content);
  return { number, digest, path: blobPath({ digest, ext: 'mp4' }), sizeBytes: 1_234_567, durationMs: 65_000 };
};
const video = (title: string, change: Partial<OpenMeVideo> = {}): OpenMeVideo => ({
  title,
  day: '2026-11-21',
  versions: [version('first')],
  poster: null,
  ...change,
});
const make = (...videos: readonly OpenMeVideo[]) => openMePage(enOpenMe, { videos, madeOn: '2026-11-27' });
const tagsOf = (page: string) =>
  [...page.matchAll(/<\/?[a-z][^>]*>/gi)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

describe('OPEN-ME.html', () => {
  it('shows of each video its title, day, length and size, and links to its bytes beside it', async () => {
    const page = (await make(video('Birthday'))).replaceAll('\u00a0', ' ');
    const { path } = version('first');
    expect(page).toContain(`href="${path}"`);
    for (const text of ['Birthday', '21 Nov 2026', '1:05', '1.2 MB', '1 video on this drive'])
      expect(page).toContain(text);
  });

  it('shows every version, the newest first', async () => {
    const page = await make(
      video('Birthday', { versions: [version('third', 3), version('second', 2), version('first', 1)] }),
    );
    const links = [...page.matchAll(/href="(blobs[^"]*)"/g)].map(([, link]) => link);
    expect(links).toEqual(['third', 'second', 'first'].map((content) => version(content).path));
    expect(page).toContain('2 older versions');
  });

  it('has the poster in itself where it is given one, and a coloured tile where not', async () => {
    const poster = { type: 'image/webp', base64: 'UklGRg==' } as const;
    expect(await make(video('With', { poster }))).toContain(
      '<img class="screen" src="data:image/webp;base64,UklGRg=="',
    );
    expect(await make(video('élan without'))).toMatch(
      /class="screen tile" style="--hue:\d+" data-letter="É">/,
    );
    expect(await make(video('Broken', { poster: { ...poster, base64: '"><script>' } }))).toContain(
      'class="screen tile"',
    );
  });

  it('says that there is nothing where there is nothing', async () => {
    expect(await make()).toContain(enOpenMe.empty);
  });

  it('orders by months, and leads to the newest of each year', async () => {
    const page = await make(
      video('New'),
      video('Older', { day: '2026-02-01' }),
      video('Old', { day: '2024-01-02' }),
    );
    const sections = [...page.matchAll(/<section id="(m[^"]*)" style="--n:1" aria-label="([^"]*)"/g)];
    expect(sections.map(([, id, name]) => [id, name])).toEqual([
      ['m2026-11', 'November 2026'],
      ['m2026-02', 'February 2026'],
      ['m2024-01', 'January 2024'],
    ]);
    const links = [...page.matchAll(/<a href="#([^"]*)">(\d+)</g)].map(([, id, year]) => [id, year]);
    expect(links).toEqual([
      ['m2026-11', '2026'],
      ['m2024-01', '2024'],
    ]);
  });

  it('lets a browser run one script, and ask for nothing but the videos beside it', async () => {
    expect(createHash('sha256').update(openMeScript).digest('base64')).toBe(openMeScriptHash);
    const page = await make(video('Birthday'));
    expect(page).toContain(`script-src &#39;sha256-${openMeScriptHash}&#39;`);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.replace(/xmlns="[^"]*"/g, '')).not.toMatch(/https?:|\/\//i);
  });

  it('speaks another language where it is given the words', async () => {
    const words = { ...enOpenMe, language: 'de', formatLanguage: 'de-DE', title: 'Deine Videos' };
    const page = await openMePage(words, { videos: [video('Geburtstag')], madeOn: '2026-11-27' });
    for (const text of ['<html lang="de">', 'Deine Videos', '21.11.2026']) expect(page).toContain(text);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></script><svg onload=alert(1)>',
    '&lt;script&gt;',
    '-->',
    'a`\u0024{alert(1)}`',
  ])('shows %j as what it is', async (title) => {
    const page = await make(video(title));
    expect(tagsOf(page)).toEqual(tagsOf(await make(video('plain'))));
    const escaped = title
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;');
    expect(page).toContain(`<bdi>${escaped}</bdi>`);
  });

  it('keeps its form whatever the titles and paths are', async () => {
    const plain = tagsOf(await make(video('plain')));
    const hostile = fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '=',
        ' ',
        '/',
        'a',
        '\n',
        '\u202e',
        '\udc80',
        ':',
        '%',
        '#',
        '?',
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.string({ unit: 'binary' })), hostile, async (title, name) => {
        const path = `blobs/${name.toWellFormed()}`;
        const page = await make(video(title, { versions: [{ ...version('first'), path }] }));
        expect(page.isWellFormed()).toBe(true);
        expect(tagsOf(page)).toEqual(plain);
        expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        const [, link = ''] = /class="open" data-play href="([^"]*)"/.exec(page) ?? [];
        expect(link.split('/').map(decodeURIComponent).join('/').replaceAll('&#39;', "'")).toBe(path);
      }),
      { numRuns: 50 },
    );
  });
});
