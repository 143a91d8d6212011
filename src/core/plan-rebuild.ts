import type { ArchiveMark } from '#core/archive-format.ts';

/** What stands on the machine that an archive is to be made anew on. */
export interface RebuildFacts {
  /** The archive that this installation holds; null for a new one. */
  readonly knownArchive: string | null;
  readonly hasCatalogue: boolean;
  /** `unreadable` where something stands there that is no mark. */
  readonly vaultMark: ArchiveMark | 'unreadable' | null;
  /** Whether the vault's folder holds anything but an archive's own folders. */
  readonly hasOtherFiles: boolean;
  /** Whether there are blobs or journal segments in it. */
  readonly hasArchiveFiles: boolean;
}

export type RebuildRefusal =
  | 'holds-another-archive'
  | 'vault-of-another-archive'
  | 'unreadable-mark'
  | 'not-empty'
  | 'unknown-catalogue';

export type RebuildPlan =
  | { readonly kind: 'go' }
  | { readonly kind: 'refused'; readonly reason: RebuildRefusal };

/**
 * Whether an archive may be made anew here from a copy of it: where nothing of any other stands. What stands of it
 * already stays, as a rebuild that was interrupted goes on, and a vault that lacks some of it is filled.
 */
export function planRebuild(archive: string, facts: RebuildFacts): RebuildPlan {
  const refuse = (reason: RebuildRefusal): RebuildPlan => ({ kind: 'refused', reason });
  const isKnown = facts.knownArchive === archive;
  if (facts.knownArchive !== null && !isKnown) return refuse('holds-another-archive');
  if (facts.vaultMark === 'unreadable') return refuse('unreadable-mark');
  if (facts.vaultMark !== null) {
    if (facts.vaultMark.archive !== archive) return refuse('vault-of-another-archive');
  } else if (facts.hasOtherFiles || (facts.hasArchiveFiles && !isKnown)) {
    return refuse('not-empty');
  }
  return facts.hasCatalogue && facts.knownArchive === null ? refuse('unknown-catalogue') : { kind: 'go' };
}

/**
 * Whether an installation needs another writer's id before it writes to this archive: where somebody of its id has
 * written, as when settings came over from an older machine. Two of one id would number their records alike.
 */
export function needsNewWriter(writer: string, writersOfArchive: ReadonlySet<string>): boolean {
  return writersOfArchive.has(writer);
}
