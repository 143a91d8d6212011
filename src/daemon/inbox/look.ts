import { setImmediate as breathe } from 'node:timers/promises';
import { type Belonging, belongingOf } from '#core/belonging.ts';
import { describeError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { folderOf } from '#core/inbox-path.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { InboxState } from './inbox-state.ts';
import type { LateFiles } from './late-files.ts';
import { createLeftFiles, isWanted } from './left-files.ts';
import { createLookNames, type LookNames } from './names.ts';
import { type Placed, placeFile } from './place-file.ts';
import type { Sightings } from './sightings.ts';
import type { OfferedFile, Taker } from './taker.ts';
import { type InboxFile, listNames, statAll, walkInbox } from './walk.ts';

/** Looks at files of an inbox, keeps their sightings true, and offers those that have settled. */
export interface Look {
  /** At these; `isEvent` starts their quiet time over. What cannot be looked at now is tried again. */
  at(paths: readonly string[], isEvent: boolean): Promise<void>;
  /** At everything there is. */
  around(): Promise<void>;
  /** The video of which a file is, as it would be taken now; null for a video of its own. */
  belongsOf(path: string): Promise<Belongs | null>;
}

const isOfProject = (placed: Placed) => placed.kind === 'take' && placed.belongs?.kind === 'project';

const retryMs = 60_000;
/** As many files as are noted in one go, for which the page waits. */
const crowd = 64;

export function createLook(deps: {
  readonly inbox: string;
  readonly kind: InboxKind;
  readonly state: InboxState;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly taker: Taker;
  readonly late: LateFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Told that a file came, went or changed that is not taken by itself. */
  readonly onLeft: () => void;
  /** Told that a folder has shown itself as a project: what was passed over in it belongs to it now. */
  readonly onProject: () => void;
}): Look {
  const { inbox, state, catalogue, sightings, taker, late, log } = deps;
  const projectsSeen = new Set<string>();

  const readNames = (): LookNames =>
    createLookNames({ ...deps, list: (folder) => listNames(state.root(), folder) });

  /** As its name says, whatever the owner asked for. */
  const place = (belonging: Belonging, names: LookNames): Placed =>
    placeFile(belonging, { inbox, catalogue, names });

  /** What belongs nowhere is taken where the owner asked for it. */
  const placeOrWanted = (path: string, belonging: Belonging, names: LookNames): Placed => {
    const placed = place(belonging, names);
    const isAsked = placed.kind === 'none' && isWanted(catalogue.sightings.find(inbox, path));
    return isAsked ? { kind: 'take', belongs: null } : placed;
  };

  const noteProject = (belonging: Belonging) => {
    if (belonging.kind !== 'project' || deps.kind === 'projects' || projectsSeen.has(belonging.folder))
      return;
    projectsSeen.add(belonging.folder);
    deps.onProject();
  };

  /** What is being taken is looked at when that is over; what belongs to a video waits until that was taken. */
  const see = (files: readonly InboxFile[], names: LookNames, isEvent: boolean): OfferedFile[] =>
    catalogue.looselyTogether(() =>
      files.flatMap((file) => {
        if (taker.defer(file.path)) return [];
        const placed = placeOrWanted(file.path, belongingOf(file.path, names), names);
        const hasSettled = sightings.see(file, isEvent, isOfProject(placed));
        if (!hasSettled) taker.withdraw(file.path);
        if (placed.kind === 'wait') sightings.waitForVideo(file.path);
        if (placed.kind === 'wait' && hasSettled) sightings.delay(file.path, 0);
        return placed.kind === 'take' && hasSettled ? [{ ...file, belongs: placed.belongs }] : [];
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

  const isOpen = (path: string): boolean => {
    const row = catalogue.sightings.find(inbox, path);
    return row !== null && row.state !== 'taken';
  };

  /**
   * Of these paths those that are taken, or wait for the video they belong to; of the others the rows go. A folder that
   * cannot be looked at hides only itself.
   */
  const choose = async (
    paths: readonly string[],
    names: LookNames,
    onUnreadable: (folder: string, inFolder: readonly string[], error: unknown) => void,
  ): Promise<readonly string[]> => {
    const chosen = new Set<string>();
    const others: string[] = [];
    for (const [folder, inFolder] of Map.groupBy(paths, folderOf)) {
      try {
        await names.prepare(folder);
      } catch (error) {
        onUnreadable(folder, inFolder, error);
        continue;
      }
      for (const path of [...inFolder, ...besideThese(inFolder, folder, names)]) {
        const belonging = belongingOf(path, names);
        noteProject(belonging);
        const { kind } = placeOrWanted(path, belonging, names);
        if (kind === 'take' || kind === 'wait') chosen.add(path);
        else if (kind === 'none') others.push(path);
      }
    }
    if (others.length > 0) deps.onLeft();
    await forget(others.filter(isOpen));
    return [...chosen];
  };

  /** What was passed over while its video was not there. */
  const besideThese = (paths: readonly string[], folder: string, names: LookNames): readonly string[] => {
    if (names.projectOf(folder) !== null) return [];
    const looked = new Set(paths);
    const isTheirs = (belonging: Belonging) =>
      belonging.kind === 'beside' && belonging.file !== null && looked.has(belonging.file);
    return names
      .sidecarsIn(folder)
      .map((name) => (folder === '' ? name : `${folder}/${name}`))
      .filter((path) => !looked.has(path) && isTheirs(belongingOf(path, names)));
  };

  /** Files that somebody took out of the inbox; what could not be asked for, or came just now, is not gone. */
  const forgetVanished = async (
    seen: ReadonlySet<string>,
    isEmpty: boolean,
    names: LookNames,
  ): Promise<void> => {
    const unseen = catalogue.sightings
      .list(inbox)
      // An empty folder may be a drive that is not mounted: what was taken from it is not to be taken anew.
      .filter((row) => !seen.has(row.path) && !(isEmpty && row.state === 'taken'))
      .map((row) => row.path);
    const there = new Set<string>();
    const files = await statAll(state.root(), unseen, (_error, path) => there.add(path));
    for (const { path } of files) there.add(path);
    await forget(unseen.filter((path) => !there.has(path)));
    await choose(
      files.map(({ path }) => path),
      names,
      () => {}, // the look through everything has told it
    );
  };

  const putOff = (folder: string, inFolder: readonly string[], error: unknown) => {
    for (const path of inFolder) sightings.delay(path, retryMs);
    log.warn(
      { folder: displayName(folder), files: inFolder.length, error: describeError(error) },
      'A folder in the inbox could not be looked at.',
    );
  };

  const at = async (paths: readonly string[], isEvent: boolean): Promise<void> => {
    const names = readNames();
    const candidates = await choose(
      paths.filter((path) => path !== ''),
      names,
      putOff,
    );
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
      for (const file of see(files.slice(start, start + crowd), names, isEvent)) taker.offer(file);
      await breathe();
    }
  };

  return {
    at,
    async around() {
      if (!state.isThere()) return state.noteGone();
      if (!(await state.isSame())) return;
      const names = readNames();
      const seen = new Set<string>();
      const settled: OfferedFile[] = [];
      const onFiles = (files: readonly InboxFile[]) => {
        for (const { path } of files) seen.add(path);
        settled.push(...see(files, names, false));
      };
      const left = createLeftFiles({ inbox, root: state.root(), catalogue, onWanted: onFiles });
      const report = await walkInbox(state.root(), {
        async judgeFolder(folder, own) {
          await names.prepareWith(folder, own);
          return {
            of(path) {
              const { kind } = place(belongingOf(path, names), names);
              return kind === 'ignored' || kind === 'none' ? kind : 'taken';
            },
            isOfProject: names.projectOf(folder) !== null,
          };
        },
        onTaken: onFiles,
        onOthers: left.add,
      });
      if (!(await state.isSame())) return;
      state.noteLooked(report, left.list());
      await forgetVanished(seen, report.isEmpty, names);
      // Only now is it known whose the inbox is.
      for (const file of settled) taker.offer(file);
      await late.join(names);
    },
    async belongsOf(path) {
      const names = readNames();
      await names.prepare(folderOf(path));
      const placed = place(belongingOf(path, names), names);
      return placed.kind === 'take' ? placed.belongs : null;
    },
  };
}
