import type { BlobStore } from '#core/ports/blob-store.ts';
import type { KnownEntry } from '#core/ports/catalogue.ts';
import type { Library } from '#core/ports/library.ts';
import { requestShownAgain } from '#daemon/request-library.ts';
import type { Handler } from '#daemon/worker.ts';
import { type FindingDeps, recordAndHeal } from './read-back.ts';

const pageSize = 500;

export interface LibraryGuard {
  /** Looks at one path of the tree, as a watcher hinted. */
  look(path: string, signal: AbortSignal): Promise<void>;
  /** Looks at every entry. */
  readonly checkAll: Handler;
}

/**
 * Notices what others did to the readable tree. Deleting there means nothing for the vault; writing through a
 * hard link does: the blob behind it is read back, and reported where it is no longer what was taken.
 */
export function createLibraryGuard(
  deps: FindingDeps & { readonly library: Library; readonly store: BlobStore },
): LibraryGuard {
  const { library, store, catalogue, clock, log } = deps;

  const checkEntry = async (entry: KnownEntry, signal: AbortSignal): Promise<void> => {
    if (entry.state === 'outdated') return; // about to be made again
    const state = await library.check(entry);
    if (state === 'outdated') requestShownAgain(catalogue, entry.digest, clock.nowMs());
    else if (state !== entry.state) catalogue.library.setState(entry.path, state);
    if (state !== 'written') return;
    if (entry.link !== 'hardlink') {
      log.warn(
        { path: entry.path },
        'A file in the library was changed by somebody; the video in the vault is untouched.',
      );
      return;
    }
    const verdict = await store.verify(entry, signal);
    if (verdict === 'good') {
      log.warn(
        { path: entry.path },
        'A file in the library was replaced by somebody; the video in the vault is untouched.',
      );
      return;
    }
    await recordAndHeal(deps, { [verdict]: [entry.digest] });
    log.error(
      { path: entry.path, digest: entry.digest },
      'Somebody wrote into a file of the library, and thereby into the vault. Share the library read-only.',
    );
  };

  /** Writes the row only where it changes, so that looking costs the disk nothing. */
  const noteCounts = () => {
    const counts = catalogue.library.countStates();
    catalogue.notes.setCondition('library', counts, clock.nowMs());
    return counts;
  };

  return {
    async look(path, signal) {
      const entry = catalogue.library.entryAt(path);
      if (entry === null) return;
      await checkEntry(entry, signal);
      noteCounts();
    },
    async checkAll(_operation, { signal }) {
      let after = '';
      for (;;) {
        const entries = catalogue.library.entries(after, pageSize);
        if (entries.length === 0) break;
        for (const entry of entries) await checkEntry(entry, signal);
        after = entries.at(-1)?.path ?? after;
      }
      const counts = noteCounts();
      return `${counts.written} written to, ${counts.gone} gone`;
    },
  };
}
