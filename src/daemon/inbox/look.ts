import { setImmediate as breathe } from 'node:timers/promises';
import { judgeName } from '#core/candidates.ts';
import { describeError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Log } from '#core/ports/log.ts';
import type { InboxState } from './inbox-state.ts';
import { createLeftFiles, isWanted } from './left-files.ts';
import type { Sightings } from './sightings.ts';
import type { Taker } from './taker.ts';
import { type InboxFile, statAll, walkInbox } from './walk.ts';

/** Looks at files of an inbox, keeps their sightings true, and offers those that have settled. */
export interface Look {
  /** At these; `isEvent` starts their quiet time over. What cannot be looked at now is tried again. */
  at(paths: readonly string[], isEvent: boolean): Promise<void>;
  /** At everything there is. */
  around(): Promise<void>;
}

const retryMs = 60_000;
/** As many files as are noted in one go, for which the page waits. */
const crowd = 64;

export function createLook(deps: {
  readonly inbox: string;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly taker: Taker;
  readonly log: Log;
  /** Told that a file came, went or changed that is not taken by itself. */
  readonly onLeft: () => void;
}): Look {
  const { state, catalogue, sightings, taker, log } = deps;

  /** A video, or what the owner asked for. */
  const isCandidate = (path: string) =>
    judgeName(path) === 'video' || isWanted(catalogue.sightings.find(deps.inbox, path));

  /** What is being taken is looked at when that is over. */
  const see = (files: readonly InboxFile[], isEvent: boolean): InboxFile[] =>
    catalogue.looselyTogether(() =>
      files.filter((file) => {
        if (taker.defer(file.path)) return false;
        const hasSettled = sightings.see(file, isEvent);
        if (!hasSettled) taker.withdraw(file.path);
        return hasSettled;
      }),
    );

  const forget = async (paths: readonly string[]): Promise<void> => {
    if (paths.length === 0 || !(await state.isSame())) return;
    catalogue.looselyTogether(() => {
      for (const path of paths) {
        taker.forget(path);
        sightings.forget(path);
      }
    });
  };

  /** Files that somebody took out of the inbox; what could not be asked for, or came just now, is not gone. */
  const forgetVanished = async (seen: ReadonlySet<string>, isEmpty: boolean): Promise<void> => {
    const unseen = catalogue.sightings
      .list(deps.inbox)
      // An empty folder may be a drive that is not mounted: what was taken from it is not to be taken anew.
      .filter((row) => !seen.has(row.path) && !(isEmpty && row.state === 'taken'))
      .map((row) => row.path);
    const there = new Set<string>();
    const files = await statAll(state.root(), unseen, (_error, path) => there.add(path));
    for (const { path } of files) there.add(path);
    await forget(unseen.filter((path) => !there.has(path)));
  };

  return {
    async at(paths, isEvent) {
      const candidates = paths.filter((path) => path !== '' && isCandidate(path));
      if (paths.some((path) => judgeName(path) === 'not-a-video')) deps.onLeft();
      const failed = new Set<string>();
      const files = await statAll(state.root(), candidates, (error, path) => {
        failed.add(path);
        sightings.delay(path, retryMs);
        log.warn(
          { file: displayName(path), error: describeError(error) },
          'A file in the inbox could not be looked at.',
        );
      });
      const there = new Set(files.map(({ path }) => path));
      await forget(candidates.filter((path) => !there.has(path) && !failed.has(path)));
      for (let start = 0; start < files.length; start += crowd) {
        for (const file of see(files.slice(start, start + crowd), isEvent)) taker.offer(file);
        await breathe();
      }
    },
    async around() {
      if (!state.isThere()) return state.noteGone();
      if (!(await state.isSame())) return;
      const seen = new Set<string>();
      const settled: InboxFile[] = [];
      const onFiles = (files: readonly InboxFile[]) => {
        for (const { path } of files) seen.add(path);
        settled.push(...see(files, false));
      };
      const { inbox } = deps;
      const left = createLeftFiles({ inbox, root: state.root(), catalogue, onWanted: onFiles });
      const report = await walkInbox(state.root(), { onVideos: onFiles, onOthers: left.add });
      if (!(await state.isSame())) return;
      state.noteLooked(report, left.list());
      await forgetVanished(seen, report.isEmpty);
      // Only now is it known whose the inbox is.
      for (const file of settled) taker.offer(file);
    },
  };
}
