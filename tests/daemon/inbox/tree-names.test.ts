import { describe, expect, it } from 'vitest';
import type { FolderNames } from '#core/camera-cards.ts';
import { type FailureKind, ReelholdError } from '#core/errors.ts';
import { indexVideos } from '#core/sidecar-names.ts';
import { createTreeNames } from '#daemon/inbox/tree-names.ts';

/** A tree of which one folder cannot be listed. */
const treeWithout = (closed: string, kind: FailureKind, folders: Readonly<Record<string, FolderNames>>) =>
  createTreeNames({
    kind: 'loose',
    isKnownProject: () => false,
    takenFrom: () => indexVideos([]),
    async list(folder) {
      if (folder === closed) throw new ReelholdError({ kind, operation: 'list', object: folder }, 'no');
      return folders[folder] ?? { files: [], folders: [] };
    },
  });
const withCard: Readonly<Record<string, FolderNames>> = {
  '': { files: [], folders: ['Rome'] },
  Rome: { files: ['Rome.prproj'], folders: ['DCIM'] },
};

describe('a folder that has to be looked into to judge another, and cannot be', () => {
  it.each(['denied', 'io'] as const)('hides only itself where that is its own matter: %s', async (kind) => {
    const tree = treeWithout('Rome/DCIM', kind, withCard);
    await tree.prepare('Rome');
    expect(tree.projectOf('Rome')).toBe('Rome');
  });

  it.each(['busy', 'unreachable'] as const)('is asked for again where everything is: %s', async (kind) => {
    const tree = treeWithout('Rome/DCIM', kind, withCard);
    await expect(tree.prepare('Rome')).rejects.toMatchObject({ kind });
  });
});

describe('a folder of which the names are asked for', () => {
  it('fails where it cannot be listed', async () => {
    await expect(treeWithout('Rome', 'denied', withCard).prepare('Rome')).rejects.toThrow('list Rome: no');
  });
});
