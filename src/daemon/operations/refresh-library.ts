import { describeError } from '#core/errors.ts';
import { libraryFiles, planLibrary } from '#core/library-path.ts';
import type { Catalogue, StaleVideo } from '#core/ports/catalogue.ts';
import type { Library, LibraryEntry } from '#core/ports/library.ts';
import type { Log } from '#core/ports/log.ts';
import type { Handler } from '#daemon/worker.ts';

const batchSize = 100;

/** Brings the readable tree to what the catalogue says, video by video. */
export function createRefreshLibrary(deps: {
  readonly library: Library;
  readonly catalogue: Catalogue;
  readonly log: Log;
}): Handler {
  const { library, catalogue, log } = deps;

  /** Does what the file system has to do, and gives what has to be written down then. */
  const refresh = async (video: StaleVideo): Promise<() => void> => {
    const entries = catalogue.library.entriesOf(video.id);
    const present = entries.filter((entry) => entry.state !== 'outdated');
    const wanted = video.trashed ? [] : libraryFiles(video);
    const plan = planLibrary(wanted, present);
    const isGoing = new Set([...plan.remove, ...plan.make.map((file) => file.path)]);
    for (const entry of entries.filter((candidate) => isGoing.has(candidate.path))) {
      await library.remove(entry, { evenIfWritten: entry.state === 'outdated' });
    }
    const made: LibraryEntry[] = [];
    for (const file of plan.make) made.push(await library.make(file));
    return () => {
      for (const path of plan.remove) catalogue.library.drop(path);
      for (const entry of made) catalogue.library.put(video.id, entry);
      catalogue.library.markFresh(video.id);
    };
  };

  const refreshOrSkip = async (video: StaleVideo) => {
    try {
      return { isShown: true, write: await refresh(video) };
    } catch (error) {
      log.warn(
        { folder: video.folder, error: describeError(error) },
        'A video could not be shown in the library; it is safe in the vault.',
      );
      return { isShown: false, write: () => catalogue.library.markFresh(video.id) };
    }
  };

  return async (_operation, { signal }) => {
    let failed = 0;
    for (;;) {
      const videos = catalogue.library.stale(batchSize);
      if (videos.length === 0) return failed === 0 ? undefined : `${failed} could not be shown`;
      signal.throwIfAborted();
      const results = await Promise.all(videos.map(refreshOrSkip));
      catalogue.together(() => {
        for (const { write } of results) write();
      });
      failed += results.filter(({ isShown }) => !isShown).length;
    }
  };
}
