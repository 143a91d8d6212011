import type { DiskWork } from '#core/ports/disk-work.ts';
import { makeDirectory, replaceFile, syncDirectory } from './durable.ts';
import type { HashPool } from './hash-pool.ts';

/** The vault's own ways with files, for other places: copies and hashes go through its threads. */
export function createDiskWork(pool: HashPool): DiskWork {
  return {
    async copy(source, target, options) {
      const job = {
        kind: 'stage',
        source: Buffer.from(source),
        within: null,
        target,
        tryReflink: false,
        also: null,
      } as const;
      const reply = await pool.run(job, options);
      if (reply.kind !== 'staged') throw new TypeError(`a copy came back as ${reply.kind}`);
      return reply.hex;
    },
    async hashFromMedium(path, options) {
      const reply = await pool.run({ kind: 'hash', path }, options);
      if (reply.kind !== 'hashed') throw new TypeError(`a hash came back as ${reply.kind}`);
      return reply.hex;
    },
    makeFolder: makeDirectory,
    flushFolder: syncDirectory,
    replaceFile,
  };
}
