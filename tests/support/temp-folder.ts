import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Tens of thousands of files take minutes to remove where the disk is busy. */
const removingMs = 10 * 60_000;

/** Gives each test of the file, or of the `describe` around it, an empty folder of its own, and removes it afterwards. */
export function useTempFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    // Real, as some systems' folder for passing files is a link.
    folder.path = realpathSync(mkdtempSync(join(tmpdir(), 'reelhold-test-')));
  });
  afterEach(() => {
    rmSync(folder.path, { recursive: true, force: true });
  }, removingMs);
  return folder;
}
