import type { Clock } from '#core/ports/clock.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';

/** What lies in the folders of an inbox: files come in crowds, so one look at their folder does for all of them. */
export interface FolderNames {
  /** The names in a folder below the inbox ('' is the inbox itself), as they were a moment ago. */
  in(folder: string): Promise<ReadonlySet<string>>;
}

export interface FolderNamesDeps {
  readonly root: () => string;
  readonly files: SourceFiles;
  readonly clock: Clock;
  /** For how long a look is believed. */
  readonly freshMs?: number;
}

export const usuallyFreshMs = 2_000;

export function createFolderNames({
  root,
  files,
  clock,
  freshMs = usuallyFreshMs,
}: FolderNamesDeps): FolderNames {
  const looks = new Map<string, { readonly atMs: number; readonly names: Promise<ReadonlySet<string>> }>();

  const list = async (folder: string) =>
    new Set(await files.list(folder === '' ? root() : `${root()}/${folder}`));

  const isFresh = ({ atMs }: { readonly atMs: number }) => clock.monotonicMs() - atMs < freshMs;

  const forgetOld = () => {
    for (const [folder, look] of looks) if (!isFresh(look)) looks.delete(folder);
  };

  return {
    in(folder) {
      const known = looks.get(folder);
      if (known !== undefined && isFresh(known)) return known.names;
      forgetOld();
      const names = list(folder);
      looks.set(folder, { atMs: clock.monotonicMs(), names });
      // A look that failed is no answer for the next one.
      names.catch(() => looks.delete(folder));
      return names;
    },
  };
}
