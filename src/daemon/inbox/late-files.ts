import { setImmediate as breathe } from 'node:timers/promises';
import { belongingOf } from '#core/belonging.ts';
import type { Damage } from '#core/damage.ts';
import type { Digest } from '#core/digest.ts';
import { describeError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { folderOf, nameOf } from '#core/inbox-path.ts';
import {
  findLate,
  type KnownOfProjects,
  lateSinceMs,
  mayBeLate,
  type OfProject,
  type TakenFrom,
} from '#core/late-files.ts';
import { retryDelayMs } from '#core/operation.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue, Hold, TakenSighting } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { folderOfKey, type LookNames } from './names.ts';
import { placeFile } from './place-file.ts';

/** What was taken for itself out of a folder of a loose inbox that shows itself as a project only afterwards. */
export interface LateFiles {
  /** Notes what was taken, as what: where it may be late, a look through everything is asked for. */
  noteTaken(path: string, belongs: Belongs | null): void;
  /** Gives projects what is theirs of what waits in the hold, or was taken a short while ago and stays in the inbox. */
  join(names: LookNames): Promise<void>;
}

interface Lone extends TakenFrom {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly damaged: Damage | null;
  /** Changes its row, so that it joins once. */
  readonly note: (belongs: OfProject, video: string) => void;
}

const soonMs = 1_000;
/** As many as are recorded in one go, for which the page waits. */
const crowd = 250;

export function createLateFiles(deps: {
  readonly inbox: string;
  readonly kind: InboxKind;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Log;
  readonly wantLook: (inMs: number) => void;
}): LateFiles {
  const { inbox, kind, catalogue, intake, clock, log } = deps;
  /** Folders of which something was taken as of a project. */
  const shown = new Set<string>();
  const unreadable = new Set<string>();
  let failures = 0;

  /** The folder itself may have left with all that was in it. One that cannot be read hides only what is in it. */
  const prepare = async (folders: ReadonlySet<string>, names: LookNames): Promise<void> => {
    for (const folder of folders) {
      try {
        await names.findProject(folder);
        unreadable.delete(folder);
      } catch (error) {
        if (!unreadable.has(folder)) tellUnreadable(folder, error);
        unreadable.add(folder);
      }
    }
  };

  const tellUnreadable = (folder: string, error: unknown) =>
    log.warn(
      { folder: displayName(folder), error: describeError(error) },
      'A folder could not be looked at to find out whether what was taken from it is a project’s.',
    );

  const listHeld = async (names: LookNames): Promise<readonly Lone[]> => {
    const held = catalogue.holds.list(inbox).filter(mayBeLate);
    await prepare(new Set(held.map(({ path }) => folderOf(path))), names);
    return held.filter(({ path }) => names.projectOf(folderOf(path)) !== null).map(ofHold);
  };

  const ofHold = (hold: Hold): Lone => ({
    ...hold,
    takenAtMs: hold.heldAtMs,
    damaged: null,
    note: (belongs, video) => catalogue.holds.setBelongs({ ...hold, belongs, video }),
  });

  /** Only below projects: an inbox may have very many files, and is asked at each look. */
  const listStaying = (names: LookNames): readonly Lone[] => {
    const sinceMs = lateSinceMs(clock.nowMs());
    return [...names.projectsFound()]
      .flatMap((project) => catalogue.sightings.takenBelow(inbox, project, sinceMs))
      .map(ofSighting);
  };

  /** The look has just found that it is still what was taken. */
  const ofSighting = (row: TakenSighting): Lone => ({
    ...row,
    takenAtMs: row.changedAtMs,
    note: () => catalogue.sightings.noteJoined(row),
  });

  const knownBy = (names: LookNames): KnownOfProjects => {
    const projectOf = once((folder) => names.videoOfProject(folder));
    return {
      placeOf(path) {
        if (names.projectOf(folderOf(path)) === null) return null;
        const placed = placeFile(belongingOf(path, names), { inbox, catalogue, names });
        return placed.kind === 'take' && placed.belongs?.kind === 'project' ? placed.belongs : null;
      },
      videoOf: ({ key }) => projectOf(folderOfKey(inbox, key)),
      standing: once(catalogue.archive.standing),
    };
  };

  const joinAll = async (names: LookNames): Promise<void> => {
    const lone = [...(await listHeld(names)), ...listStaying(names)];
    const known = knownBy(names);
    for (let start = 0; start < lone.length; start += crowd) {
      const late = findLate(lone.slice(start, start + crowd), known, clock.nowMs());
      const joining = late.map(({ file, belongs }) => ({ ...file, name: nameOf(file.path), belongs }));
      if (joining.length > 0) await joinThese(joining);
      await breathe();
    }
  };

  const joinThese = async (files: readonly (Lone & { name: string; belongs: OfProject })[]) => {
    const joined = await intake.join(files, ({ note, belongs }, { video }) => note(belongs, video));
    if (joined === 0) return;
    log.info(
      { files: joined, folder: displayName(files[0]?.belongs.folder ?? '') },
      'Files that were taken before their folder showed itself as a project are of the project, too.',
    );
  };

  return {
    noteTaken(path, belongs) {
      if (kind !== 'loose') return;
      if (belongs?.kind === 'project') {
        const folder = folderOfKey(inbox, belongs.key);
        if (!shown.has(folder)) deps.wantLook(soonMs);
        shown.add(folder);
        return;
      }
      for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
        // It was on its way already when its folder showed itself.
        if (shown.has(folder)) deps.wantLook(soonMs);
      }
    },
    async join(names) {
      if (kind !== 'loose') return;
      try {
        await joinAll(names);
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn(
          { error: describeError(error) },
          'A project could not be given yet what was taken before it.',
        );
        deps.wantLook(retryDelayMs(failures));
      }
    },
  };
}

/** Asks for each name once. */
function once<T>(ask: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, ask(name));
    return known.get(name) as T;
  };
}
