import { belongingOf } from '#core/belonging.ts';
import { describeError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { InboxKind } from '#core/inbox-mode.ts';
import { findLateHeld, findLateStaying, type OfProject, type PlaceOf } from '#core/late-files.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { folderOf, nameOf } from './hold-path.ts';
import { folderOfKey, type LookNames } from './names.ts';
import { placeFile } from './place-file.ts';

/** What was taken for itself out of a folder of a loose inbox that shows itself as a project only afterwards. */
export interface LateFiles {
  /** Notes what was taken, as what: where it may be late, a look through everything is asked for. */
  noteTaken(path: string, belongs: Belongs | null): void;
  /**
   * Gives projects what waits in the hold and is theirs. Gives the paths of what stays in the inbox and is theirs: to
   * be taken again.
   */
  find(names: LookNames): Promise<readonly string[]>;
}

const soonMs = 1_000;
const retryMs = 60_000;
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
  /** Folders of which something was taken as of a project, and nothing for itself since then. */
  const shown = new Set<string>();

  const placeBy =
    (names: LookNames): PlaceOf =>
    (path) => {
      if (names.projectOf(folderOf(path)) === null) return null;
      const placed = placeFile(belongingOf(path, names), { inbox, catalogue, names });
      return placed.kind === 'take' && placed.belongs?.kind === 'project' ? placed.belongs : null;
    };

  const joinHeld = async (names: LookNames): Promise<void> => {
    const held = catalogue.holds
      .list(inbox)
      .filter(({ path, belongs }) => folderOf(path) !== '' && belongs?.kind !== 'project');
    // The folder itself may have left with all that was in it.
    for (const folder of new Set(held.map(({ path }) => folderOf(path)))) await names.prepare(folder);
    const late = findLateHeld(held, placeBy(names), clock.nowMs()).map(({ file: hold, belongs }) => ({
      ...{ hold, belongs, digest: hold.digest, sizeBytes: hold.sizeBytes },
      name: nameOf(hold.path),
    }));
    let joined = 0;
    for (let start = 0; start < late.length; start += crowd) {
      joined += await intake.join(late.slice(start, start + crowd), ({ hold, belongs }, { video }) =>
        catalogue.holds.setBelongs({ ...hold, belongs, video }),
      );
    }
    if (joined > 0) tell(joined, late[0]?.belongs.folder ?? '');
  };

  const tell = (files: number, folder: string) =>
    log.info(
      { files, folder: displayName(folder) },
      'Files that were taken before their folder showed itself as a project are of the project, too.',
    );

  const findStaying = (names: LookNames): readonly string[] => {
    const { archive, sightings } = catalogue;
    // A video may have thousands of files.
    const videoBy = once((id) => archive.video(id));
    const staying = sightings
      .list(inbox)
      .filter(({ state, path }) => state === 'taken' && names.projectOf(folderOf(path)) !== null)
      .map(({ path, changedAtMs, versionId }) => {
        const id = versionId == null ? null : archive.videoOfVersion(versionId);
        return { path, takenAtMs: changedAtMs, video: id === null ? null : videoBy(id) };
      });
    const projectBy = once((folder) => names.videoOfProject(folder));
    const videoOf = ({ key }: OfProject) => projectBy(folderOfKey(inbox, key));
    const late = findLateStaying(staying, placeBy(names), videoOf, clock.nowMs());
    return late.map(({ path }) => path);
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
        if (shown.delete(folder)) deps.wantLook(soonMs);
      }
    },
    async find(names) {
      if (kind !== 'loose') return [];
      try {
        await joinHeld(names);
        return findStaying(names);
      } catch (error) {
        log.warn(
          { error: describeError(error) },
          'A project could not be given yet what was taken before it.',
        );
        deps.wantLook(retryMs);
        return [];
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
