import { join } from 'node:path';
import type { SourceFile } from '#core/ports/blob-store.ts';
import type { ByteSource } from '#core/ports/byte-source.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { findRealFolder } from '#daemon/find-real-folder.ts';

/** Originals that wait in an inbox's hold. */
export function createHeldOriginals(deps: {
  readonly catalogue: Catalogue;
  readonly inbox: string;
  readonly root: string;
}): ByteSource {
  return {
    async *find(digest) {
      const held = deps.catalogue.holds.list(deps.inbox).filter((hold) => hold.digest === digest);
      yield* await filesBelow(
        deps.root,
        held.map((hold) => hold.heldPath),
      );
    },
  };
}

/** Files of the readable tree that have bytes of their own: a hard link shows the vault's. */
export function createLibraryCopies(deps: {
  readonly catalogue: Catalogue;
  readonly root: string;
}): ByteSource {
  return {
    async *find(digest) {
      const entries = deps.catalogue.library.entriesShowing(digest);
      const own = entries.filter(({ link, state }) => link !== 'hardlink' && state !== 'gone');
      yield* await filesBelow(
        deps.root,
        own.map(({ path }) => path),
      );
    },
  };
}

/** None where the folder itself is away; fails where it cannot be looked at. */
async function filesBelow(root: string, paths: readonly string[]): Promise<SourceFile[]> {
  if (paths.length === 0) return [];
  const within = await findRealFolder(root);
  return within === null ? [] : paths.map((path) => ({ path: join(within, path), within }));
}
