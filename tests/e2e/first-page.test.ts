import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, startChromium } from '#tests/support/browser.ts';
import { type ClipOptions, hasFfmpeg, makeClip } from '#tests/support/clips.ts';
import { type RunningDaemon, runDaemon } from './running-daemon.ts';
import { openPage } from './watched-page.ts';

const canRun = hasChromium && hasFfmpeg;
if (!canRun) console.warn('SKIPPED: tests/e2e needs chromium and ffmpeg (apt-get install chromium ffmpeg)');

const soon = { timeout: 300_000, interval: 100 };
const longName = `${'A very long name '.repeat(14)}end.mp4`;

let browser: Browser;
let daemon: RunningDaemon;
let clips: string;

/** Makes a clip elsewhere and moves it into the inbox; another seed makes another video. */
async function drop(inbox: string, name: string, options: ClipOptions = {}): Promise<string> {
  const clip = await makeClip(clips, { seconds: 3, width: 320, height: 180, ...options });
  await copyFile(clip, join(inbox, name));
  return clip;
}

const card = (page: Page, title: string) =>
  page.locator('.card', { has: page.getByText(title, { exact: true }) });

/** Position and picture of the video that is open in the list or on its own page. */
const playing = (page: Page) =>
  page.locator('video').evaluate((video: HTMLVideoElement) => ({
    seconds: video.currentTime,
    width: video.videoWidth,
    isKept: video.dataset.kept === 'yes',
  }));

describe.skipIf(!canRun)('the first page, in a real browser', () => {
  beforeAll(async () => {
    clips = await mkdtemp(join(tmpdir(), 'reelhold-clips-'));
    [browser, daemon] = await Promise.all([startChromium(), runDaemon()]);
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.[Symbol.asyncDispose]();
    await rm(clips, { recursive: true, force: true });
  });

  it('shows a video that was copied into the inbox, without a reload, and plays it', async () => {
    await using opened = await openPage(browser, daemon.page);
    const { page, troubles, loaded } = opened;
    await page.getByText('No videos yet.').waitFor();
    const clip = await drop(daemon.inbox, 'Walk in the park.mp4', { seconds: 20 });
    await card(page, 'Walk in the park').waitFor(soon);
    await page.getByText('Saved here only. If this NAS breaks, your video is gone.').waitFor();
    expect(await page.title()).toBe('(!) Reelhold');
    // Its still and its length come a moment later, by themselves.
    await card(page, 'Walk in the park').locator('img').waitFor(soon);
    await page.getByText('0:20').waitFor();

    await page.getByRole('link', { name: 'Play Walk in the park' }).click();
    await expect.poll(async () => (await playing(page)).seconds, soon).toBeGreaterThan(0.2);
    expect((await playing(page)).width).toBe(320);
    await page.locator('video').evaluate((video: HTMLVideoElement) => {
      video.dataset.kept = 'yes';
    });

    // A new version comes: the page says so, and the player plays on.
    await copyFile(clip, join(clips, 'next'));
    await appendFile(join(clips, 'next'), 'more');
    await copyFile(join(clips, 'next'), join(daemon.inbox, 'Walk in the park.mp4'));
    await page.getByText('Version 2').waitFor(soon);
    const before = await playing(page);
    expect(before.isKept).toBe(true);
    await expect.poll(async () => (await playing(page)).seconds, soon).toBeGreaterThan(before.seconds);

    await page.keyboard.press('Escape');
    await page.getByText('2 versions').waitFor();
    expect(await page.locator('video').count()).toBe(0);
    expect(troubles).toEqual([]);
    expect(loaded).toEqual([daemon.page]);
  });

  it('works without scripts, with a page for each video', async () => {
    await using opened = await openPage(browser, daemon.page, { javaScriptEnabled: false });
    const { page, troubles } = opened;
    await page.getByRole('link', { name: 'Play Walk in the park' }).click();
    await page.getByRole('heading', { level: 1, name: 'Walk in the park' }).waitFor();
    await expect.poll(async () => (await playing(page)).width, soon).toBe(320);
    await page.getByRole('link', { name: 'Play version 1 of' }).click();
    expect(page.url()).toContain('?version=');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download version 1 of' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Walk in the park.mp4');
    const original = await makeClip(clips, { seconds: 20, width: 320, height: 180 });
    expect((await readFile(await download.path())).equals(await readFile(original))).toBe(true);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  it('says so where the browser cannot play a video, and offers the file', async () => {
    await using opened = await openPage(browser, daemon.page);
    const { page } = opened;
    await drop(daemon.inbox, 'Old camcorder.avi', { container: 'avi', seed: 5 });
    await card(page, 'Old camcorder').waitFor(soon);
    await page.getByRole('link', { name: 'Play Old camcorder' }).click();
    const note = page.getByRole('alert');
    await note
      .getByText('Your browser cannot play this kind of video. The file is fine: download it.')
      .waitFor(soon);
    expect(await note.getByText('cannot be read just now').isVisible()).toBe(false);
    expect(await note.getByRole('link', { name: 'Download' }).getAttribute('href')).toContain('?download=1');
  });

  it.each([
    ['mov', 'h264'],
    ['mkv', 'h264'],
    ['webm', 'vp9'],
    ['mp4', 'av1'],
  ] as const)('plays %s with %s', async (container, videoCodec) => {
    const title = `Kind ${container} ${videoCodec}`;
    await drop(daemon.inbox, `${title}.${container}`, { container, videoCodec, seed: 20 });
    await using opened = await openPage(browser, daemon.page);
    const { page } = opened;
    await card(page, title).waitFor(soon);
    await page.getByRole('link', { name: `Play ${title}` }).click();
    await expect.poll(async () => (await playing(page)).seconds, soon).toBeGreaterThan(0);
    expect((await playing(page)).width).toBe(320);
    expect(await page.getByRole('alert').isVisible()).toBe(false);
  });

  it('copies the address of the inbox', async () => {
    await using opened = await openPage(browser, daemon.page, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    await page.getByRole('button', { name: 'Copy the address of your inbox' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(daemon.inbox);
  });

  it('fits a narrow phone, whatever the names', async () => {
    await drop(daemon.inbox, longName, { seed: 7 });
    await drop(daemon.inbox, `${'x'.repeat(240)}.mp4`, { seed: 8 });
    await using opened = await openPage(browser, daemon.page, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    const { page } = opened;
    await page.getByText('A very long name').first().waitFor(soon);
    await page.getByText('x'.repeat(240)).first().waitFor(soon);
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
    await page.locator('.card-link').first().tap();
    await page.locator('video').waitFor();
    await page.locator('summary').first().tap();
    expect(await width()).toBe(360);
    await page.goto(`${daemon.page}nothing`);
    expect(await width()).toBe(360);
  });

  it('is dark in the dark', async () => {
    const brightness = async (colorScheme: 'light' | 'dark') => {
      await using opened = await openPage(browser, daemon.page, { colorScheme });
      return await opened.page.evaluate(() => {
        const [red = 0, green = 0, blue = 0] =
          getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
        return (red + green + blue) / 3;
      });
    };
    expect(await brightness('light')).toBeGreaterThan(220);
    expect(await brightness('dark')).toBeLessThan(40);
  });

  it('can be used with the keyboard alone', async () => {
    await using opened = await openPage(browser, daemon.page);
    const { page } = opened;
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    const link = page.getByRole('link', { name: 'Play Walk in the park' });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('video').waitFor();
    // The focus stays where it was: on the link that closes it again.
    await expect.poll(() => page.locator(':focus').textContent(), soon).toBe('Close');
    await page.keyboard.press('Enter');
    await page.locator('video').waitFor({ state: 'detached' });
    await expect.poll(() => link.evaluate((element) => element === document.activeElement), soon).toBe(true);
  });

  it('shows older videos in place, and keeps them when new ones come', async () => {
    const clip = await makeClip(clips, { seed: 9 });
    for (let n = 0; n < 26; n += 1) {
      const file = join(clips, randomUUID());
      await copyFile(clip, file);
      await appendFile(file, String(n));
      await rename(file, join(daemon.inbox, `Reel ${String.fromCharCode(65 + n)}.mp4`));
    }
    await using opened = await openPage(browser, daemon.page);
    const { page, loaded } = opened;
    await expect.poll(() => page.locator('.card').count(), soon).toBe(24);
    await page.getByRole('link', { name: 'Show older' }).click();
    await expect.poll(() => page.locator('.card').count(), soon).toBe(34);
    await drop(daemon.inbox, 'Newest of all.mp4', { seed: 11 });
    await card(page, 'Newest of all').waitFor(soon);
    expect(await page.locator('.card').count()).toBe(35);
    expect(await page.getByRole('link', { name: 'Show older' }).count()).toBe(0);
    expect(loaded).toEqual([daemon.page]);
  });

  it('is live however late its scripts come', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.route(/hx-sse/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    const stream = page.waitForRequest(/\/events$/, soon);
    await page.goto(daemon.page);
    expect((await (await stream).response())?.status()).toBe(200);
  });

  it('says when it has lost Reelhold, and catches up by itself', async () => {
    await daemon.start(); // another try may have left it stopped
    await using opened = await openPage(browser, daemon.page);
    const { page, loaded } = opened;
    const lost = page.getByText('No connection to Reelhold.');
    await card(page, 'Newest of all').waitFor();
    expect(await lost.isVisible()).toBe(false);
    await daemon.stop();
    await lost.waitFor(soon);
    await drop(daemon.inbox, 'While it was away.mp4', { seed: 12 });
    await daemon.start();
    await lost.waitFor({ ...soon, state: 'hidden' });
    await card(page, 'While it was away').waitFor(soon);
    expect(loaded).toEqual([daemon.page]);
  });

  it('works below a path of its own', async () => {
    await using below = await runDaemon({ basePath: '/videos/reel' });
    await using opened = await openPage(browser, below.page);
    const { page, troubles, loaded } = opened;
    await drop(below.inbox, 'Below.mp4');
    await card(page, 'Below').locator('img').waitFor(soon);
    await page.getByRole('link', { name: 'Play Below' }).click();
    await expect.poll(async () => (await playing(page)).seconds, soon).toBeGreaterThan(0);
    expect(troubles).toEqual([]);
    expect(loaded).toEqual([below.page]);
  });
});
