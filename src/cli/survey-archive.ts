import { createArchiveRows } from '#catalogue/archive-rows.ts';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import type { FoundFile, ImportPlan } from '#catalogue/import-plan.ts';
import { createImportRows, heldFiles } from '#catalogue/import-rows.ts';
import { belongingOf, looksLikeProject } from '#core/belonging.ts';
import { describeError } from '#core/errors.ts';
import { splitExtension } from '#core/file-name.ts';
import { type ImportKind, importPlaceOf, importTurn } from '#core/import-place.ts';
import { nameKeyOf } from '#core/name-key.ts';
import { lastingFingerprint } from '#core/settle.ts';
import { indexVideos } from '#core/sidecar-names.ts';
import {
  type ArchiveFile,
  type ArchiveVisitor,
  type PassedOver,
  walkArchive,
} from '#daemon/import/walk-archive.ts';
import { createTreeNames } from '#daemon/inbox/tree-names.ts';
import { listNames } from '#daemon/inbox/walk.ts';

/** What was seen on the way through an old archive, beside the files that are planned. */
export interface Survey {
  folders: number;
  readonly passedOver: Record<PassedOver, number>;
  /** How often each ending stood behind a name that is no video's, and belongs to none. */
  readonly endings: Map<string, number>;
  unreadable: number;
  /** The first of them, in words. */
  readonly unreadableSaid: string[];
  /** Folders that the owner named, and that look like one video's project each. */
  readonly likeProjects: string[];
}

/** Of so many endings each is counted; of more only all together. */
const endingsAtMost = 1000;
const unreadableSaidAtMost = 20;

export interface SurveyDeps {
  readonly roots: readonly string[];
  readonly kind: ImportKind;
  /** As for `walkArchive`. */
  readonly own: ReadonlySet<string>;
  readonly plan: ImportPlan;
  /** Null where there is none yet, so that nothing was taken. */
  readonly catalogue: CatalogueDatabase | null;
  readonly signal: AbortSignal;
  readonly onFiles: (count: number) => void;
}

/** Walks through the archives and plans what is found. */
export async function surveyArchives(deps: SurveyDeps): Promise<Survey> {
  const { roots, kind, plan, catalogue, signal } = deps;
  const survey: Survey = {
    folders: 0,
    passedOver: {
      ...{ system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
      ...{ 'not-a-video': 0, link: 0, special: 0, empty: 0, own: 0 },
    },
    endings: new Map(),
    unreadable: 0,
    unreadableSaid: [],
    likeProjects: [],
  };
  const toFound = createToFound(catalogue);
  for (const within of roots) {
    const judge = createJudge(within, kind);
    const visitor: ArchiveVisitor = {
      ...judge,
      judgeFolder(folder, names) {
        survey.folders += 1;
        if (folder === '' && kind === 'loose' && looksLikeProject(names)) survey.likeProjects.push(within);
        return judge.judgeFolder(folder, names);
      },
      onFiles(files) {
        plan.add(files.map((file) => toFound(within, file)));
        deps.onFiles(files.length);
      },
      onPassedOver: (reason, path) => notePassedOver(survey, reason, path),
      onUnreadable(error) {
        survey.unreadable += 1;
        if (survey.unreadableSaid.length < unreadableSaidAtMost)
          survey.unreadableSaid.push(describeError(error));
      },
    };
    await walkArchive(within, deps.own, visitor, signal);
  }
  const archive = catalogue === null ? null : createArchiveRows(catalogue.db);
  plan.settle(
    (nameKey) => archive?.videoOfName(nameKey, []) != null,
    (path) => notePassedOver(survey, 'not-a-video', path),
  );
  if (catalogue !== null) plan.addHeld(heldFiles(catalogue));
  return survey;
}

/** Judges by names, as an inbox does, of which the archive's folder is the top; a single project's is below it. */
function createJudge(within: string, kind: ImportKind): Pick<ArchiveVisitor, 'judgeFolder' | 'onFolderLeft'> {
  const slash = kind === 'project' ? within.lastIndexOf('/') : within.length;
  const base = within.slice(0, slash);
  const top = within.slice(slash + 1);
  const inBase = (path: string) => [top, path].filter((part) => part !== '').join('/');
  const names = createTreeNames({
    kind: kind === 'loose' ? 'loose' : 'projects',
    list: (folder) => listNames(base, folder),
    isKnownProject: () => false,
    takenFrom: () => indexVideos([]),
  });
  return {
    async judgeFolder(folder, own) {
      await names.prepareWith(inBase(folder), own);
      return {
        placeOf: (path) => importPlaceOf(belongingOf(inBase(path), names), base),
        isOfProject: names.projectOf(inBase(folder)) !== null,
      };
    },
    onFolderLeft: (folder) => names.leave(inBase(folder)),
  };
}

function createToFound(catalogue: CatalogueDatabase | null) {
  const imports = catalogue === null ? null : createImportRows(catalogue.db);
  return (within: string, { path: below, stat, place }: ArchiveFile): FoundFile => {
    const path = `${within === '/' ? '' : within}/${below}`;
    return {
      ...{ path, within, sizeBytes: stat.sizeBytes, place, turn: importTurn(place, below) },
      nameKey: nameKeyOf(below.slice(below.lastIndexOf('/') + 1)),
      mtimeMs: Number(stat.mtimeNs / 1_000_000n),
      takenAtMs: imports?.takenAtMs(path, lastingFingerprint(stat)) ?? null,
    };
  };
}

function notePassedOver(survey: Survey, reason: PassedOver, path: string): void {
  survey.passedOver[reason] += 1;
  if (reason !== 'not-a-video') return;
  const { ext } = splitExtension(path.slice(path.lastIndexOf('/') + 1));
  const key = survey.endings.has(ext) || survey.endings.size < endingsAtMost ? ext : '';
  survey.endings.set(key, (survey.endings.get(key) ?? 0) + 1);
}
