import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FailureFacts, translateError } from '#core/errors.ts';
import { syncDirectory, writeFlushed } from './durable.ts';

const probeBytes = 256 * 1024;

/** Writes to a folder and flushes, as a taken video would be; fails with a `ReelholdError` where that fails. */
export async function probeDisk(folder: string, side?: FailureFacts['side']): Promise<void> {
  const probe = join(folder, '.reelhold-probe');
  try {
    await rm(probe, { force: true }); // left by a try that the disk cut short
    try {
      await writeFlushed(probe, Buffer.alloc(probeBytes, 1));
      await syncDirectory(folder);
    } finally {
      await rm(probe, { force: true });
    }
  } catch (error) {
    const facts = { operation: 'write to', object: folder };
    throw translateError(error, side === undefined ? facts : { ...facts, side });
  }
}
