import { describeError, type ReelholdError, translateError } from '#core/errors.ts';
import { type LibraryFile, libraryFiles, planLibrary } from '#core/library-path.ts';
import type { Catalogue, StaleVideo } from '#core/ports/catalogue.ts';
import type { Library } from '#core/ports/library.ts';
import type { Log } from '#core/ports/log.ts';
import type { Handler } from '#daemon/worker.ts';

const batchSize = 250;

interface Preparation {
  readonly video: StaleVideo;
  readonly make: readonly LibraryFile[];
  readonly remove: readonly string[];
  readonly error: ReelholdError | null;
}

/** Brings the readable tree to what the catalogue says, video by video. */
export function createRefreshLibrary(deps: {
  readonly library: Library;
  readonly catalogue: Catalogue;
  readonly log: Log;
}): Handler {
  const { library, catalogue, log } = deps;

  /** Clears the way for a video's files, and says what is to be made and to be forgotten. */
  const prepare = async (video: StaleVideo): Promise<Preparation> => {
    const entries = catalogue.library.entriesOf(video.id);
    const present = entries.filter((entry) => entry.state !== 'outdated');
    const wanted = video.trashed ? [] : libraryFiles(video);
    const plan = planLibrary(wanted, present);
    const isGoing = new Set([...plan.remove, ...plan.make.map((file) => file.path)]);
    try {
      for (const entry of entries.filter((candidate) => isGoing.has(candidate.path))) {
        await library.remove(entry, { evenIfWritten: entry.state === 'outdated' });
      }
      return { video, ...plan, error: null };
    } catch (cause) {
      const error = translateError(cause, { operation: 'clear in the library', object: video.folder });
      return { video, make: [], remove: [], error };
    }
  };

  /** Gives why videos could not be shown; those that another try may mend stay stale. */
  const refresh = async (videos: readonly StaleVideo[]): Promise<readonly ReelholdError[]> => {
    const preparations = await Promise.all(videos.map(prepare));
    const made = await library.make(preparations.flatMap(({ make }) => make));
    const failures: { readonly video: StaleVideo; readonly error: ReelholdError }[] = [];
    catalogue.looselyTogether(() => {
      let next = 0;
      for (const { video, make, remove, error } of preparations) {
        const results = made.slice(next, next + make.length);
        next += make.length;
        for (const path of remove) catalogue.library.drop(path);
        for (const entry of results) if (!(entry instanceof Error)) catalogue.library.put(video.id, entry);
        const failure = error ?? results.find((result) => result instanceof Error);
        if (failure !== undefined) failures.push({ video, error: failure });
        if (failure?.retryable !== true) catalogue.library.markFresh(video.id);
      }
    });
    for (const { video, error } of failures) {
      const facts = { folder: video.folder, error: describeError(error) };
      log.warn(facts, 'A video could not be shown in the library; it is safe in the vault.');
    }
    return failures.map(({ error }) => error);
  };

  return async (_operation, { signal }) => {
    const failures: ReelholdError[] = [];
    for (let afterId = ''; ; ) {
      const videos = catalogue.library.stale(batchSize, afterId);
      const last = videos.at(-1);
      if (last === undefined) break;
      signal.throwIfAborted();
      failures.push(...(await refresh(videos)));
      afterId = last.id;
    }
    for (const error of failures) if (error.retryable) throw error;
    return failures.length === 0 ? undefined : `${failures.length} could not be shown`;
  };
}
