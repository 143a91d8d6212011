import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, parseBlobPath } from '#core/digest.ts';
import type { CipherEntry, CipherLedger } from '#core/ports/cipher-ledger.ts';
import { cipherGroups } from './cipher-groups.ts';
import type { CipherNames } from './cipher-names.ts';
import type { CipherSpool } from './cipher-spool.ts';
import type { RcloneCall } from './rclone.ts';
import type { RemoteFolder } from './remote-folder.ts';
import { hashSource } from './source-hashes.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object' | 'onStats'>;

/** Reads encrypted files of which nothing was written down, as where both journal and catalogue were lost. */
export interface CipherLearner {
  /**
   * Digests of the blobs among these paths, as `RemoteFolder.digests` gives them, as far as they could be read here.
   * What has the digest of its name is in the ledger from then on.
   */
  learn(paths: readonly string[], call: Call): Promise<ReadonlyMap<string, string>>;
}

export interface LearnerParts {
  readonly base: RemoteFolder;
  readonly names: CipherNames;
  readonly spool: CipherSpool;
  readonly spoolDir: string;
  readonly ledger: CipherLedger;
  /** The other hash that the provider gives of what stands there. */
  readonly hashType: (call: Call) => Promise<string | null>;
}

/** What may be taken of the room that is left on the vault's disk. */
const shareOfRoom = 0.5;

interface Stranger {
  readonly path: string;
  readonly cipherPath: string;
  /** Of what is to come here. */
  readonly sizeBytes: number;
}

/**
 * The encrypted bytes are brought here once, hashed, and decrypted here: so that one download both proves the file and
 * tells what stands there.
 */
export function createCipherLearner(parts: LearnerParts): CipherLearner {
  const { base, names, spool, spoolDir, ledger } = parts;

  const findStrangers = async (paths: readonly string[], call: Call): Promise<readonly Stranger[]> => {
    const unknown: string[] = [];
    for (const path of paths) {
      if (parseBlobPath(path) !== null && (await ledger.find(path)) === null) unknown.push(path);
    }
    if (unknown.length === 0) return [];
    const cipherPaths = await names.encrypt(unknown, call);
    const listed = await base.stat([...cipherPaths.values()], null, call);
    const roomBytes = await readRoom(spoolDir);
    return unknown.flatMap((path) => {
      const cipherPath = cipherPaths.get(path) ?? '';
      const sizeBytes = listed.found.get(cipherPath)?.sizeBytes ?? null;
      if (sizeBytes === null || sizeBytes > roomBytes * shareOfRoom) return [];
      return [{ path, cipherPath, sizeBytes }];
    });
  };

  const learnGroup = async (group: readonly Stranger[], call: Call, found: Map<string, string>) => {
    const hashType = await parts.hashType(call);
    await spool.withScratch(async (folder, crypt) => {
      const fetched = await base.fetchInto(
        group.map(({ cipherPath }) => cipherPath),
        folder,
        call,
      );
      // What did not come whole would look damaged.
      if (fetched !== null) return;
      const read = await crypt.digests(
        group.map(({ path }) => path),
        call,
      );
      const entries: CipherEntry[] = [];
      for (const { path, cipherPath } of group) {
        const hex = read.found.get(path);
        if (hex === undefined) continue;
        found.set(path, hex);
        const ref = parseBlobPath(path);
        if (ref === null || hex !== hexOf(ref.digest)) continue;
        const made = await hashSource(join(folder, cipherPath), path, hashType, call.signal);
        entries.push({
          ...{ path, cipherPath, cipherSizeBytes: made.sizeBytes },
          ...{ cipherDigest: made.digest, cipherHashes: made.hashes },
        });
      }
      await ledger.record(entries);
    });
  };

  return {
    async learn(paths, call) {
      const found = new Map<string, string>();
      for (const group of cipherGroups(await findStrangers(paths, call))) {
        await learnGroup(group, call, found);
      }
      return found;
    },
  };
}

async function readRoom(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
