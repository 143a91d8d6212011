import type { FileSystemReach } from './mount-info.ts';

/**
 * Why watching an inbox is not enough, so that all of it is looked through every few minutes too: it lies on a network
 * drive, or on a mount that may change by itself; the system's limit of watches or watchers was reached; it has names
 * that a watcher cannot say; part of it cannot be looked at; or the watcher failed for another reason.
 */
export type WatchGap =
  | 'network'
  | 'fuse'
  | 'watch-limit'
  | 'watcher-limit'
  | 'odd-names'
  | 'unreadable'
  | 'trouble';

/** How an inbox is looked at; `type` is its file system, as the kernel names it, where that is the reason. */
export interface Watching {
  readonly gap: WatchGap | null;
  readonly type: string | null;
}

export interface WatchFacts {
  readonly reach: FileSystemReach;
  readonly type: string;
  /** The gap that the watcher's first error stands for, if it had any. */
  readonly trouble: WatchGap | null;
  readonly hasOddNames: boolean;
  readonly hasUnreadable: boolean;
}

/** Decides how an inbox is looked at, and says the one reason that explains most. */
export function watchingOf(facts: WatchFacts): Watching {
  if (facts.reach !== 'local') return { gap: facts.reach, type: facts.type };
  const gap = facts.trouble ?? (facts.hasUnreadable ? 'unreadable' : facts.hasOddNames ? 'odd-names' : null);
  return { gap, type: null };
}

/** What an error of the watcher stands for: inotify gives ENOSPC for too many watches, EMFILE for too many watchers. */
export function gapOfError(code: string | undefined): WatchGap {
  if (code === 'ENOSPC') return 'watch-limit';
  return code === 'EMFILE' || code === 'ENFILE' ? 'watcher-limit' : 'trouble';
}

/** What the owner types on the host to raise the limit; a container has its host's. */
export const raiseLimit: Readonly<Partial<Record<WatchGap, string>>> = {
  'watch-limit':
    "echo 'fs.inotify.max_user_watches=524288' | sudo tee /etc/sysctl.d/90-reelhold.conf && sudo sysctl --system",
  'watcher-limit':
    "echo 'fs.inotify.max_user_instances=1024' | sudo tee /etc/sysctl.d/90-reelhold.conf && sudo sysctl --system",
};
