import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasChromium, startChromium } from '#tests/support/browser.ts';
import { runDaemon } from './running-daemon.ts';
import { openPage } from './watched-page.ts';

if (!hasChromium) console.warn('SKIPPED: tests/e2e needs chromium (apt-get install chromium)');

const soon = { timeout: 300_000 };

describe.skipIf(!hasChromium)('a file that is no video, in a real browser', () => {
  it('is taken by a click on its button, in place', async () => {
    const [browser, daemon] = await Promise.all([startChromium(), runDaemon({ basePath: '/reel' })]);
    try {
      await writeFile(join(daemon.inbox, 'notes <b>.txt'), 'remember');
      await daemon.stop(); // so that it is seen at the start
      await daemon.start();
      await using opened = await openPage(browser, daemon.page);
      const { page, troubles } = opened;
      await page.getByText('One file is not a video').click(soon);
      await page.getByRole('button', { name: 'Take it anyway: notes <b>.txt' }).click();
      await page.getByText('is still being copied in').first().waitFor(soon);
      await page.getByRole('link', { name: 'Play notes <b>' }).waitFor(soon);
      await page.getByText('One file is not a video').waitFor({ ...soon, state: 'detached' });
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
      await daemon[Symbol.asyncDispose]();
    }
  });
});
