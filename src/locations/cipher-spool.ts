import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cipherSize } from '#core/cipher-size.ts';
import { hexOf } from '#core/digest.ts';
import { codeOf, type ReelholdError } from '#core/errors.ts';
import type { CipherEntry } from '#core/ports/cipher-ledger.ts';
import type { OutgoingFile } from '#core/ports/location.ts';
import type { CipherNames } from './cipher-names.ts';
import { mapInOrder } from './map-in-order.ts';
import type { Rclone, RcloneCall } from './rclone.ts';
import { createRemoteFolder, placeError, type RemoteFolder } from './remote-folder.ts';
import { settle } from './settle.ts';
import { hashSource } from './source-hashes.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

/** A local folder of encrypted files that wait for their upload, under the names that they will have. */
export interface CipherSpool {
  /** Whether what was encrypted for this entry is still here. */
  holds(entry: CipherEntry): Promise<boolean>;
  file(cipherPath: string): string;
  /**
   * Encrypts files, once, decrypts them again and compares. What does not come out right is left out; nothing
   * is under its name before it was.
   */
  encrypt(
    files: readonly OutgoingFile[],
    hashType: string | null,
    call: Call,
  ): Promise<ReadonlyMap<OutgoingFile, CipherEntry | ReelholdError>>;
  /** Makes what was encrypted findable, once it is written down what it is; the rest of it goes. */
  keep(entries: readonly CipherEntry[]): Promise<void>;
  remove(cipherPath: string): Promise<void>;
  /** Runs with an empty folder beside what waits, and with what decrypts the files in it; one at a time. */
  withScratch<T>(run: (folder: string, crypt: RemoteFolder) => Promise<T>): Promise<T>;
}

const draftPrefix = '.draft-';
const scratchPrefix = '.read-';

/** `section`: the remote of the configuration that encrypts; here it does so over a folder of this machine. */
export function createCipherSpool(
  rclone: Rclone,
  section: string,
  spoolDir: string,
  names: CipherNames,
): CipherSpool {
  const file = (cipherPath: string) => join(spoolDir, cipherPath);
  const drafts = new Map<string, string>();
  let draftFolder: string | null = null;

  /** Makes an empty folder, and removes those of its kind that a killed process left. */
  const startFolder = async (prefix: string): Promise<string> => {
    await mkdir(spoolDir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(spoolDir)) {
      if (name.startsWith(prefix)) await rm(join(spoolDir, name), { recursive: true, force: true });
    }
    const folder = join(spoolDir, `${prefix}${randomBytes(6).toString('hex')}`);
    await mkdir(folder);
    return folder;
  };

  const cryptOver = (folder: string) =>
    createRemoteFolder(rclone, `${section},remote="${folder.replaceAll('"', '""')}":`, true);

  return {
    file,

    async holds({ cipherPath, cipherSizeBytes }) {
      try {
        return (await stat(file(cipherPath))).size === cipherSizeBytes;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      }
    },

    async encrypt(files, hashType, asked) {
      const call = { ...asked, staysHere: true };
      drafts.clear();
      const draft = await startFolder(draftPrefix);
      draftFolder = draft;
      const crypt = cryptOver(draft);
      const paths = files.map(({ path }) => path);
      const cipherPaths = await names.encrypt(paths, call);
      const draftOf = ({ path }: OutgoingFile) => join(draft, cipherPaths.get(path) ?? '');
      const added = await crypt.add(files, { ...call, skipsHash: true });
      // rclone decrypts what was made, and its bytes are hashed here meanwhile.
      const decrypting = settle(crypt.digests(paths, call));
      const hashed = await mapInOrder(files, 1, (one) =>
        settle(hashSource(draftOf(one), one.path, hashType, call.signal)),
      );
      const decrypted = (await decrypting)();
      const results = new Map<OutgoingFile, CipherEntry | ReelholdError>();
      for (const [index, one] of files.entries()) {
        if (decrypted.found.get(one.path) !== hexOf(one.digest)) {
          const failure = added.failure ?? decrypted.failure;
          const object = { operation: 'encrypt', object: one.path };
          const wrong = placeError('io', object.operation, object.object, 'it does not come out as it was');
          results.set(one, failure === null ? wrong : rclone.error(failure, object));
          continue;
        }
        const cipherPath = cipherPaths.get(one.path) ?? '';
        const made = hashed[index]?.();
        if (made?.sizeBytes !== cipherSize(one.sizeBytes))
          throw new RangeError(`${one.path} is of another size`);
        drafts.set(cipherPath, draftOf(one));
        results.set(one, {
          ...{ path: one.path, cipherPath, cipherSizeBytes: made.sizeBytes },
          ...{ cipherDigest: made.digest, cipherHashes: made.hashes },
        });
      }
      return results;
    },

    async keep(entries) {
      for (const { cipherPath } of entries) {
        const draft = drafts.get(cipherPath);
        if (draft === undefined) continue;
        await mkdir(dirname(file(cipherPath)), { recursive: true, mode: 0o700 });
        await rename(draft, file(cipherPath));
      }
      // What did not come out right is not kept.
      if (draftFolder !== null) await rm(draftFolder, { recursive: true, force: true });
      draftFolder = null;
    },

    async remove(cipherPath) {
      await rm(file(cipherPath), { force: true });
    },

    async withScratch(run) {
      const folder = await startFolder(scratchPrefix);
      try {
        return await run(folder, cryptOver(folder));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
