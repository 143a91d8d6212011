import type { Damage } from '#core/damage.ts';
import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import { spellingsOf } from '#core/hash-list.ts';
import { damageOf, type HoldBackCause } from '#core/hold-back.ts';
import type { ImportPlace } from '#core/import-place.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { type FileStat, fingerprint, lastingFingerprint } from '#core/settle.ts';
import { statInboxFile } from '#daemon/inbox/walk.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { noRoom } from '#daemon/operations/take-file.ts';
import type { SpaceGuard } from '#daemon/space-guard.ts';
import type { SourceLook } from './source-look.ts';

/** A file of an old archive; paths are in the form of `core/file-name.ts`. */
export interface ImportFile {
  readonly path: string;
  /** The archive's folder: nothing outside of it is read, whatever links say. */
  readonly within: string;
  /** As it was found; decides nothing but turns and progress. */
  readonly sizeBytes: number;
  readonly place: ImportPlace;
}

/** What became of a file of an import. */
export type ImportOutcome =
  | {
      readonly kind: TakeOutcome['kind'];
      /** What was wrong with it before it reached us. */
      readonly damaged?: Damage;
      /** The list of hashes that names it names files that are not there; or one is beside it that cannot be read. */
      readonly list?: 'incomplete' | 'unreadable';
    }
  /** An import that was interrupted had taken it. */
  | {
      readonly kind: 'taken-before';
      /** Its video was put into the trash since, and stays there. */
      readonly trashed?: true;
    }
  /** A list of hashes of which no video is held. */
  | { readonly kind: 'list-of-none' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint: string | null;
      /** Other files would fail as well. */
      readonly endsImport: boolean;
    };

export interface FileImporterDeps {
  readonly intake: Intake;
  readonly space: SpaceGuard;
  readonly look: SourceLook;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
}

/** Takes one file of an old archive, as what its place says, whatever is wrong with it; the original stays. */
export function createFileImporter(deps: FileImporterDeps) {
  const { intake, space, look, catalogue, clock } = deps;

  /** Null where nothing that it belongs to is held. */
  const find = async ({ place, within }: ImportFile): Promise<{ belongs: Belongs | null } | null> => {
    switch (place.kind) {
      case 'video':
        return { belongs: null };
      case 'project':
        return { belongs: place };
      case 'list': {
        const videos = await videosOf(within, place.folder);
        return videos.length === 0 ? null : { belongs: { kind: 'listed', videos } };
      }
      default: {
        const video =
          place.kind === 'beside' ? catalogue.imports.videoOf(place.file) : videoOfName(place.keys);
        return video === null ? null : { belongs: { kind: 'beside', video, partKind: place.partKind } };
      }
    }
  };

  const isTrashed = (path: string): boolean => {
    const video = catalogue.imports.videoOf(path);
    return video !== null && catalogue.archive.video(video)?.trashed === true;
  };

  const videoOfName = (keys: readonly string[]): string | null =>
    keys.map((key) => catalogue.archive.videoOfName(key, [])).find((video) => video !== null) ?? null;

  /** The videos that the lists of a folder name, as far as they were taken. */
  const videosOf = async (within: string, folder: string): Promise<readonly string[]> => {
    const named = await look.namedIn(within, belowOf(within, folder));
    const found = named.flatMap(
      (path) =>
        spellingsOf(absolute(within, path))
          .map((spelling) => catalogue.imports.videoOf(spelling))
          .find((video) => video !== null) ?? [],
    );
    return [...new Set(found)];
  };

  return async (
    file: ImportFile,
    signal: AbortSignal,
    onProgress: (bytesDone: number) => void,
  ): Promise<ImportOutcome> => {
    const { path, within, place } = file;
    const below = { path: belowOf(within, path), stat: await statSource(file) };
    const { stat } = below;
    if (catalogue.imports.takenAtMs(path, lastingFingerprint(stat)) !== null)
      return { kind: 'taken-before', ...(isTrashed(path) ? { trashed: true } : {}) };
    const found = await find(file);
    if (found === null && place.kind === 'list') return { kind: 'list-of-none' };
    if (found === null) throw withoutVideo(path);
    const { cause, expects } = await look.at(within, below);
    using room = await space.admit(stat.sizeBytes);
    if (room === null) throw noRoom(path);
    const { outcome, damaged } = await intake.take({
      source: { path, within },
      continues: null,
      belongs: found.belongs,
      sizeBytes: stat.sizeBytes,
      settledAs: fingerprint(stat),
      damaged: cause === null ? null : damageOf(cause),
      expects,
      signal,
      onProgress(bytesDone) {
        room.use(bytesDone);
        onProgress(bytesDone);
      },
      alsoRecord: ({ staged, outcome: became }) => {
        const read = { path, sizeBytes: staged.sizeBytes, fingerprint: lastingFingerprint(staged.stat) };
        const id = 'version' in became ? became.version : became.part;
        catalogue.imports.noteTaken(read, id, clock.nowMs());
      },
    });
    return { kind: outcome.kind, ...(damaged === null ? {} : { damaged }), ...listOf(cause) };
  };
}

function listOf(cause: HoldBackCause | null): { readonly list?: 'incomplete' | 'unreadable' } {
  if (cause?.kind === 'list') return { list: 'incomplete' };
  return cause?.kind === 'unread-list' ? { list: 'unreadable' } : {};
}

function belowOf(within: string, path: string): string {
  return within === '/' ? path.slice(1) : path.slice(within.length + 1);
}

function absolute(within: string, below: string): string {
  return `${within === '/' ? '' : within}/${below}`;
}

async function statSource({ path, within }: ImportFile): Promise<FileStat> {
  const stat = await statInboxFile(within, belowOf(within, path));
  if (stat !== null) return stat;
  const facts = { kind: 'missing', operation: 'add', object: displayName(path), side: 'source' } as const;
  throw new ReelholdError(facts, 'it is not there');
}

function withoutVideo(path: string): ReelholdError {
  const hint = 'See what is said of that video; when it is held, run the same command again.';
  const facts = {
    kind: 'unsupported',
    operation: 'add',
    object: displayName(path),
    side: 'source',
    hint,
  } as const;
  return new ReelholdError(facts, 'the video that it belongs to could not be taken');
}
