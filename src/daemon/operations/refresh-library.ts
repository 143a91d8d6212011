import { describeError } from '#core/errors.ts';
import { libraryFiles, planLibrary } from '#core/library-path.ts';
import type { Catalogue, StaleVideo } from '#core/ports/catalogue.ts';
import type { Library } from '#core/ports/library.ts';
import type { Log } from '#core/ports/log.ts';
import type { Handler } from '#daemon/worker.ts';

const batchSize = 250;

/** Brings the readable tree to what the catalogue says, video by video. */
export function createRefreshLibrary(deps: {
  readonly library: Library;
  readonly catalogue: Catalogue;
  readonly log: Log;
}): Handler {
  const { library, catalogue, log } = deps;

  /** Clears the way for a video's files, and says what is to be made and to be forgotten. */
  const prepare = async (video: StaleVideo) => {
    const entries = catalogue.library.entriesOf(video.id);
    const present = entries.filter((entry) => entry.state !== 'outdated');
    const wanted = video.trashed ? [] : libraryFiles(video);
    const plan = planLibrary(wanted, present);
    const isGoing = new Set([...plan.remove, ...plan.make.map((file) => file.path)]);
    for (const entry of entries.filter((candidate) => isGoing.has(candidate.path))) {
      await library.remove(entry, { evenIfWritten: entry.state === 'outdated' });
    }
    return { video, ...plan };
  };

  const warn = (video: StaleVideo, error: Error) => {
    const facts = { folder: video.folder, error: describeError(error) };
    log.warn(facts, 'A video could not be shown in the library; it is safe in the vault.');
  };

  /** Gives how many of the videos could not be shown. */
  const refresh = async (videos: readonly StaleVideo[]): Promise<number> => {
    const plans = await Promise.all(videos.map(prepare));
    const made = await library.make(plans.flatMap((plan) => plan.make));
    const failed = new Map<StaleVideo, Error>();
    catalogue.looselyTogether(() => {
      let next = 0;
      for (const { video, make, remove } of plans) {
        for (const path of remove) catalogue.library.drop(path);
        for (const result of made.slice(next, next + make.length)) {
          if (!(result instanceof Error)) catalogue.library.put(video.id, result);
          else failed.set(video, result);
        }
        next += make.length;
        catalogue.library.markFresh(video.id);
      }
    });
    for (const [video, error] of failed) warn(video, error);
    return failed.size;
  };

  return async (_operation, { signal }) => {
    let failed = 0;
    for (;;) {
      const videos = catalogue.library.stale(batchSize);
      if (videos.length === 0) return failed === 0 ? undefined : `${failed} could not be shown`;
      signal.throwIfAborted();
      failed += await refresh(videos);
    }
  };
}
