import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, of the console (broken content policies are among them) and of the network. */
  readonly troubles: string[];
  /** Addresses of whole pages that were loaded. */
  readonly loaded: string[];
}

/** Opens a page in a profile of its own, and notes everything that goes wrong on it. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  const loaded: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('response', (answer) => {
    if (answer.status() >= 400) troubles.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('framenavigated', (frame) => loaded.push(frame.url()));
  await page.goto(url);
  return { page, troubles, loaded, [Symbol.asyncDispose]: () => context.close() };
}
