import { isProjectName } from './project-files.ts';

/** Who else uses an inbox, so that nothing may be removed from it. */
export type InboxOwner = 'syncthing' | 'sync' | 'project-open' | 'project-recent';

/** What a name stands for: a sync program's mark, an editor's mark that it has a file open, an editor's project. */
export type SignKind = 'syncthing' | 'sync' | 'lock' | 'project';

/** A file or folder of an inbox whose name says that another program is at work there. */
export interface Sign {
  readonly kind: SignKind;
  /** Below the inbox. */
  readonly path: string;
  /** When it was last changed, ms of the wall clock. */
  readonly changedAtMs: number;
}

export interface OwnerFound {
  readonly by: InboxOwner;
  /** What shows it, below the inbox. */
  readonly path: string;
}

/**
 * A project that was changed in the last days is being worked on, whether its program is open or not.
 *
 * @internal
 */
export const recentProjectMs = 7 * 24 * 60 * 60_000;

/** Marks of programs that carry a removal to every other device: Resilio, Dropbox, Synology Drive, Google Drive. */
const syncMarks: ReadonlySet<string> = new Set([
  ...['.sync', '.dropbox', '.dropbox.cache', '.synologyworkingdirectory'],
  ...['.tmp.drivedownload', '.tmp.driveupload'],
]);

/** Nextcloud's and ownCloud's journals, older and newer. */
const syncJournal = /^\.(sync|_sync|owncloudsync)(_[0-9a-f]+)?\.(db|log)$/;

/** What editors leave beside a file while it is open: Premiere, Avid, LibreOffice and its kin. */
const editorLock = /^[^.].*\.(prlock|lck)$|^\.~lock\..*#$/s;

/**
 * What a name in an inbox is a sign of, at any depth; null for none. A phone is most often synced into a folder of its
 * own, and what leaves that leaves the phone; a mark that was copied in with a folder cannot be told from such a one.
 */
export function signOf(name: string): SignKind | null {
  const folded = name.toLowerCase();
  if (folded === '.stfolder') return 'syncthing';
  if (syncMarks.has(folded) || syncJournal.test(folded)) return 'sync';
  if (editorLock.test(folded)) return 'lock';
  return isProjectName(folded) ? 'project' : null;
}

/**
 * Decides from its signs whose an inbox is; null for nobody's but the owner's. A project counts only while it is open
 * or was changed lately: one that is finished may be put into an inbox, to be taken.
 */
export function ownerOf(signs: readonly Sign[], nowMs: number): OwnerFound | null {
  const find = (kind: SignKind) => signs.find((sign) => sign.kind === kind);
  const sync = find('syncthing') ?? find('sync');
  if (sync !== undefined) return { by: sync.kind as 'syncthing' | 'sync', path: sync.path };
  const lock = find('lock');
  if (lock !== undefined) return { by: 'project-open', path: lock.path };
  const isRecent = ({ kind, changedAtMs }: Sign) =>
    kind === 'project' && nowMs - changedAtMs < recentProjectMs;
  const recent = signs.find(isRecent);
  return recent === undefined ? null : { by: 'project-recent', path: recent.path };
}
