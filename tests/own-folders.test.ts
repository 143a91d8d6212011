import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FolderSettings, ownFolderAt } from '#own-folders.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const settings = (): FolderSettings => ({
  inboxes: [{ dir: at('nas', 'inbox') }, { dir: at('nas', 'phones') }],
  ...{ vaultDir: at('nas', 'vault'), libraryDir: at('nas', 'library'), libraryMode: 'auto' },
  configDir: at('settings', 'reelhold'),
});
beforeEach(() => {
  for (const path of ['nas/inbox', 'nas/vault/sub', 'nas/library', 'settings/reelhold', 'nas-2', 'drive'])
    mkdirSync(at(path), { recursive: true });
});

describe('a folder that is to be a drive', () => {
  it.each([
    ['nas/inbox', 'an inbox'],
    ['nas/phones/below', 'an inbox'],
    ['nas/vault', 'the vault'],
    ['nas/vault/sub', 'the vault'],
    ['nas/library', 'the library'],
    ['settings/reelhold', 'the settings'],
    ['nas', 'an inbox is in it'],
  ])('is known to be of Reelhold’s own: %s', (path, words) => {
    expect(ownFolderAt(settings(), at(path))).toContain(words);
  });

  it.each(['drive', 'nas-2', 'settings', 'nas/inbox-2'])('is no business of Reelhold’s: %s', (path) => {
    expect(ownFolderAt(settings(), at(path))).toBeNull();
  });

  it('is known though a link leads there', () => {
    symlinkSync(at('nas', 'inbox'), at('link'));
    expect(ownFolderAt(settings(), at('link'))).toContain('an inbox');
  });
});
