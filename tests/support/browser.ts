import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const executablePath = spawnSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], {
  encoding: 'utf8',
}).stdout.trim();

/** Tells whether this machine has a Chromium; suites that need one skip themselves loudly if not. */
export const hasChromium = executablePath !== '';

/** Starts a headless Chromium that asks nobody outside for anything. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
