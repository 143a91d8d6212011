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
