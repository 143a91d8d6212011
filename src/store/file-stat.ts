import type { BigIntStats } from 'node:fs';
import type { FileStat } from '#core/settle.ts';

export function toFileStat(stat: BigIntStats): FileStat {
  return {
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    inode: stat.ino,
    blocks: stat.blocks,
  };
}

/**
 * One line that tells whether a file of the readable tree is as it was made: size, mtime, inode. Without the
 * ctime, which another hard link to the same file changes.
 */
export function treeFingerprint(stat: Pick<BigIntStats, 'size' | 'mtimeNs' | 'ino'>): string {
  return [stat.size, stat.mtimeNs, stat.ino].join(':');
}
