/** What `lstat` says of a file, as far as it shows that somebody is still writing. Times in nanoseconds. */
export interface FileStat {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  /** Allocated 512-byte blocks: a client that sets the full size first still fills them one by one. */
  readonly blocks: bigint;
}

/**
 * One line that two stats share exactly when it is one file with the same bytes: whoever writes changes the ctime. The
 * blocks are left out, as a file system may get round to them long after the last byte was written.
 */
export function fingerprint(stat: FileStat): string {
  return [stat.sizeBytes, stat.mtimeNs, stat.ctimeNs, stat.inode].join(':');
}

/** As {@link fingerprint}, with the blocks: they tell of a writer whose times a share tells late. */
export function settlingFingerprint(stat: FileStat): string {
  return `${fingerprint(stat)}:${stat.blocks}`;
}

/**
 * As {@link fingerprint}, without what a rename may change: the ctime on most file systems, and the inode on
 * those that make it up from the path (exFAT, some FUSE).
 */
export function contentFingerprint(stat: FileStat): string {
  return [stat.sizeBytes, stat.mtimeNs].join(':');
}

/**
 * As {@link fingerprint}, without what may be another when a drive is connected again: the inode (exFAT has none of
 * its own). Whoever writes to the file changes the ctime.
 */
export function lastingFingerprint(stat: FileStat): string {
  return [stat.sizeBytes, stat.mtimeNs, stat.ctimeNs].join(':');
}

export interface Quiet {
  readonly fingerprint: string;
  /** When the file was first seen as it is now, on the clock that `nowMs` comes from. */
  readonly sinceMs: number;
}

export interface Settling extends Quiet {
  readonly settled: boolean;
  /** When to look again at the earliest; null where only a change can settle it. */
  readonly lookAgainAtMs: number | null;
}

/**
 * Decides whether a file has stopped changing: nothing about it may move for `quietMs`.
 * Size alone is not enough, as a client that preallocates has the final size at once; mtime alone neither, as
 * many writers set an old one. A file of zero bytes never settles, but where `mayBeEmpty`. `nowMs` must come from a
 * clock that never jumps.
 */
export function settle(
  last: Quiet | undefined,
  stat: FileStat,
  nowMs: number,
  quietMs: number,
  mayBeEmpty = false,
): Settling {
  const print = settlingFingerprint(stat);
  const sinceMs = last?.fingerprint === print ? last.sinceMs : nowMs;
  if (stat.sizeBytes === 0 && !mayBeEmpty)
    return { fingerprint: print, sinceMs, settled: false, lookAgainAtMs: null };
  const settled = nowMs - sinceMs >= quietMs;
  return { fingerprint: print, sinceMs, settled, lookAgainAtMs: sinceMs + quietMs };
}
