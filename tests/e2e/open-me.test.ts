import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { countPosters } from '#core/poster-budget.ts';
import { hasChromium, startChromium } from '#tests/support/browser.ts';
import { hasFfmpeg, makeClip } from '#tests/support/clips.ts';
import { digestOf } from '#tests/support/digests.ts';
import { enOpenMe } from '#views/locales/en-open-me.ts';
import { type OpenMePoster, type OpenMeVideo, openMePage } from '#views/open-me/page.ts';
import { openPage } from './watched-page.ts';

const canRun = hasChromium && hasFfmpeg;
if (!canRun) console.warn('SKIPPED: OPEN-ME.html in a browser needs chromium and ffmpeg');

const hostile = '"><img src=x onerror="document.title=1"></bdi><script>document.title=2</script> \u202egnp';
const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' };
/** With a blank, a percent sign and a hash: a drive is mounted wherever its owner likes. */
const driveName = 'my drive 100% #1';

let browser: Browser;
let folder: string;
let drive: string;

/** Videos as a busy creator has them; only the first few have bytes on the drive. */
function makeVideos(count: number, poster: OpenMePoster | null, posters = count): OpenMeVideo[] {
  const names = [
    'Walk in the park',
    'Ägyptische Nächte',
    '东京之夜',
    'A recipe with far too long a name for any card to show all of it in two lines',
    'מסיבת יום הולדת',
  ];
  return Array.from({ length: count }, (_, index) => {
    const versions = Array.from({ length: index % 5 === 0 ? 3 : 1 }, (__, nth) => {
      const digest = digestOf(index < 3 ? `clip ${index}` : `video ${index}, ${nth}`);
      return {
        number: 3 - nth,
        digest,
        path: blobPath({ digest, ext: 'mp4' }),
        sizeBytes: 12_345_678 + index,
        durationMs: 1000 * (index % 400),
      };
    });
    const day = new Date(Date.UTC(2026, 10, 27) - index * 6 * 3_600_000).toISOString().slice(0, 10);
    const title = index === 1 ? hostile : `${names[index % names.length]} ${index}`;
    return { title, day, versions, poster: index < posters && index % 4 !== 3 ? poster : null };
  });
}

/** Opens the drive's page as a person does: by a double click on the file. */
async function openDrive(videos: readonly OpenMeVideo[], options?: BrowserContextOptions) {
  const file = join(drive, 'OPEN-ME.html');
  await writeFile(file, await openMePage(enOpenMe, { videos, madeOn: '2026-11-27' }));
  return openPage(browser, pathToFileURL(file).href, options);
}

/** The player of the page, or the browser's own where it shows nothing but the video. */
const secondsPlayed = (page: Page) =>
  page
    .locator('video')
    .first()
    .evaluate((video: HTMLVideoElement) => video.currentTime);
const soon = { timeout: 300_000, interval: 100 };

describe.skipIf(!canRun)('OPEN-ME.html, opened from a drive in a real browser', () => {
  let poster: OpenMePoster;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelhold-open-me-'));
    drive = join(folder, driveName);
    browser = await startChromium();
    const clip = await makeClip(folder, { seconds: 20, width: 320, height: 180 });
    for (const { versions } of makeVideos(3, null)) {
      const path = join(drive, versions[0]?.path ?? '');
      await mkdir(dirname(path), { recursive: true });
      await copyFile(clip, path);
    }
    poster = await makePoster(folder);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('plays a video in the page, and gives the page back', async () => {
    await using opened = await openDrive(makeVideos(12, poster));
    const { page, troubles, loaded } = opened;
    await page.getByRole('link', { name: 'Play Walk in the park 0' }).click();
    await expect.poll(() => secondsPlayed(page), soon).toBeGreaterThan(0.2);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').isVisible(), soon).toBe(false);
    expect([troubles, loaded.length]).toEqual([[], 1]);
  });

  it('plays a video without any script', async () => {
    await using opened = await openDrive(makeVideos(12, poster), { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.getByLabel('Search by title or date').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Play Walk in the park 0' }).click();
    await page.waitForURL(/\/blobs\/sha256\/.*\.mp4$/);
    await expect
      .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth), soon)
      .toBe(320);
  });

  it('says so where the browser cannot play a file, and leads to it', async () => {
    await using opened = await openDrive(makeVideos(12, poster));
    const { page } = opened;
    await page.getByRole('link', { name: 'Play מסיבת יום הולדת 4' }).click();
    await page.getByText('Your browser cannot play this file.').waitFor();
    const link = await page
      .getByRole('link', { name: 'Open the file' })
      .evaluate((a: HTMLAnchorElement) => a.href);
    expect(link).toMatch(/\/blobs\/sha256\/..\/[0-9a-f]{64}\.mp4$/);
  });

  it('shows a hostile title as what it is', async () => {
    await using opened = await openDrive(makeVideos(12, poster));
    const { page, troubles } = opened;
    const shown = await page.locator('.card bdi').nth(1).textContent();
    expect(shown).toBe(hostile.replace('\u202e', ''));
    expect(await page.title()).toBe(enOpenMe.title);
    expect(await page.locator('img:not([src^="data:image/webp"])').count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  it.each([
    ['on a desktop', {}],
    ['on a phone by night', phone],
  ])('has room for every name %s, and all of it within reach', async (_, options) => {
    await using opened = await openDrive(makeVideos(40, poster), options);
    const { page } = opened;
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toMatch(/^(A|INPUT)$/);
  });

  it('opens with 10,000 videos in under three seconds of the browser’s work, and finds one among them', async () => {
    const bytes = (poster.base64.length * 3) / 4;
    const posters = countPosters(new Array(10_000).fill(bytes));
    expect(posters).toBeGreaterThan(200);
    const videos = makeVideos(10_000, poster, posters);
    await using opened = await openDrive(videos);
    const { page, troubles } = opened;
    await page.locator('.card').first().waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    // The browser's own work: a machine that is busy with other tests says nothing about the page.
    expect(await workedSeconds(page)).toBeLessThan(3);
    await page.getByLabel('Search by title or date').fill('agyptische 9996');
    await expect.poll(() => page.locator('.card:visible').count(), soon).toBe(1);
    await page.getByLabel('Search by title or date').fill('nothing has this');
    await page.getByText('No video has that in its title or date.').waitFor();
    expect(troubles).toEqual([]);
  });
});

/** How long the thread of a page has computed since it was opened, in seconds. */
async function workedSeconds(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const time = metrics.find(({ name }) => name === 'ThreadTime');
  if (time === undefined) throw new Error('the browser does not say');
  return time.value;
}

/** A still as Reelhold makes them. */
async function makePoster(to: string): Promise<OpenMePoster> {
  const file = join(to, 'poster.webp');
  const source = 'gradients=size=480x270:rate=1:duration=1:seed=7,noise=alls=12';
  await execa('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-frames:v',
    '1',
    '-quality',
    '70',
    file,
  ]);
  return { type: 'image/webp', base64: (await readFile(file)).toString('base64') };
}
