import { plainSize } from '#core/cipher-size.ts';
import { ReelholdError } from '#core/errors.ts';
import type { CipherEntry, CipherLedger } from '#core/ports/cipher-ledger.ts';
import type { ListedFile, OutgoingFile, PlaceContext, PutOutcome } from '#core/ports/location.ts';
import { type TrustedHash, trustedHash } from '#core/provider-hashes.ts';
import { totalBytes } from '#core/total-bytes.ts';
import { cipherGroups } from './cipher-groups.ts';
import { createCipherLearner } from './cipher-learner.ts';
import { createCipherNames } from './cipher-names.ts';
import { createCipherSpool } from './cipher-spool.ts';
import { addKeyCheck, checkKey } from './key-check.ts';
import type { RcloneCall } from './rclone.ts';
import { createRemoteFolder, placeError, type RemoteFolder } from './remote-folder.ts';
import type { Backend, RemoteStyle } from './remote-location.ts';
import { settle } from './settle.ts';
import { hashSource, type SourceHashes } from './source-hashes.ts';
import { upload } from './upload.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

/** Files that wait in the spool, made before or just now, and what became of the others. */
interface PreparedGroup {
  readonly files: readonly OutgoingFile[];
  readonly spooled: ReadonlyMap<OutgoingFile, CipherEntry>;
  readonly fresh: ReadonlyMap<OutgoingFile, CipherEntry>;
  readonly settled: ReadonlyMap<OutgoingFile, PutOutcome>;
  readonly trust: TrustedHash | null;
}

/** The remote of a location's configuration that encrypts; `remote` is the place's folder. */
export const cryptSection = 'reelhold-crypt';

export interface EncryptedParts {
  /** What the server sees. */
  readonly base: RemoteFolder;
  readonly backend: Backend;
  readonly ledger: CipherLedger;
  /** For this location alone, with room for the largest file. */
  readonly spoolDir: string;
}

/** The layout with names and contents encrypted by rclone crypt (docs/format.md, "Encrypted places"). */
export function createEncryptedStyle({ base, backend, ledger, spoolDir }: EncryptedParts): RemoteStyle {
  const crypt = createRemoteFolder(base.rclone, `${cryptSection}:`);
  const names = createCipherNames(crypt);
  const spool = createCipherSpool(base.rclone, cryptSection, spoolDir, names);

  const baseTrust = async (call: Call): Promise<TrustedHash | null> => {
    const { hashes } = await base.features(call);
    return trustedHash(backend.type, backend.options, hashes);
  };

  const learner = createCipherLearner({
    ...{ base, names, spool, spoolDir, ledger },
    hashType: async (call) => (await baseTrust(call))?.type ?? null,
  });

  /** What was encrypted before and not brought, as far as it is still here. */
  const findSpooled = async (files: readonly OutgoingFile[]) => {
    const spooled = new Map<OutgoingFile, CipherEntry>();
    for (const file of files) {
      const entry = await ledger.find(file.path);
      if (entry !== null && (await spool.holds(entry))) spooled.set(file, entry);
    }
    return spooled;
  };

  /** What stands there under its name already, encrypted then: its bytes cannot be made a second time. */
  const findStanding = async (files: readonly OutgoingFile[], call: Call) => {
    const outcomes = new Map<OutgoingFile, PutOutcome>();
    if (files.length === 0) return outcomes;
    const paths = files.map(({ path }) => path);
    const { found, failure } = await crypt.stat(paths, null, call);
    for (const file of files) {
      const standing = found.get(file.path);
      if (standing !== undefined) {
        const isSame = standing.sizeBytes === file.sizeBytes;
        outcomes.set(file, isSame ? { kind: 'there', proof: null, hashes: {} } : { kind: 'differs' });
      } else if (failure !== null && failure.kind !== 'missing') {
        outcomes.set(file, {
          kind: 'failed',
          error: base.rclone.error(failure, { ...call, object: file.path }),
        });
      }
    }
    return outcomes;
  };

  const encryptNew = async (files: readonly OutgoingFile[], trust: TrustedHash | null, call: Call) => {
    const outcomes = new Map<OutgoingFile, PutOutcome>();
    const entries = new Map<OutgoingFile, CipherEntry>();
    if (files.length === 0) return { outcomes, entries };
    for (const [file, made] of await spool.encrypt(files, trust?.type ?? null, call)) {
      if (!(made instanceof ReelholdError)) entries.set(file, made);
      else outcomes.set(file, (await whyBadSource(file, call.signal)) ?? { kind: 'failed', error: made });
    }
    // Before a byte of it leaves: else nobody could tell later whether what stands there is what was made.
    await ledger.record([...entries.values()]);
    await spool.keep([...entries.values()]);
    return { outcomes, entries };
  };

  const bring = async ({ spooled, fresh, trust }: PreparedGroup, context: PlaceContext) => {
    const pairs = [...spooled, ...fresh];
    const ciphers = pairs.map(([, entry]) => ({
      path: entry.cipherPath,
      sizeBytes: entry.cipherSizeBytes,
      digest: entry.cipherDigest,
      source: spool.file(entry.cipherPath),
    }));
    // What was made just now was read just now, too.
    const known = new Map([...fresh.values()].map((entry) => [entry.cipherPath, asSource(entry)]));
    // A group is no more than a batch.
    const options = { known, firstBytes: Number.POSITIVE_INFINITY };
    const brought = await upload(base, trust, ciphers, context, options);
    const outcomes = new Map<OutgoingFile, PutOutcome>();
    for (const [index, [file, entry]] of pairs.entries()) {
      const outcome = brought[index] ?? { kind: 'differs' };
      const isDone = outcome.kind === 'stored' || outcome.kind === 'there';
      // What was damaged while it waited is made anew by the next run.
      if (isDone || outcome.kind === 'bad-source') await spool.remove(entry.cipherPath);
      outcomes.set(
        file,
        outcome.kind === 'bad-source' ? { kind: 'failed', error: damagedSpool(file) } : outcome,
      );
    }
    return outcomes;
  };

  /** Has all of a group encrypted that is not there yet. */
  const prepareGroup = async (
    files: readonly OutgoingFile[],
    signal: AbortSignal,
  ): Promise<PreparedGroup> => {
    const call = { signal, operation: 'copy', object: `${files.length} files` };
    const trust = await baseTrust(call);
    const spooled = await findSpooled(files);
    const unmade = files.filter((file) => !spooled.has(file));
    const standing = await findStanding(unmade, call);
    const { entries, outcomes } = await encryptNew(
      unmade.filter((file) => !standing.has(file)),
      trust,
      call,
    );
    return { files, spooled, fresh: entries, trust, settled: new Map([...standing, ...outcomes]) };
  };

  /** The groups in their order; while one is on its way the next is encrypted, where it has no path of the former. */
  async function* prepared(files: readonly OutgoingFile[], signal: AbortSignal) {
    const groups = cipherGroups(files);
    const prepare = (group: readonly OutgoingFile[]) => settle(prepareGroup(group, signal));
    let next: ReturnType<typeof prepare> | null = null;
    try {
      for (const [index, group] of groups.entries()) {
        const ready = (await (next ?? prepare(group)))();
        const following = groups[index + 1];
        next = following === undefined || haveOnePath(group, following) ? null : prepare(following);
        yield ready;
      }
    } finally {
      await next; // nothing goes on behind the back of whoever was stopped
    }
  }

  /** Whose name the ledger does not know is asked of the password, in one more list. */
  async function* decrypted(
    listed: AsyncIterable<ListedFile>,
    folder: string,
    cipherFolder: string,
    call: Call,
  ): AsyncGenerator<ListedFile> {
    const unnamed = new Map<string, ListedFile>();
    for await (const file of listed) {
      const entry = await ledger.findByCipherPath(file.path);
      if (entry === null) unnamed.set(file.path, file);
      else yield asPlain(file, entry.path);
    }
    if (unnamed.size === 0) return;
    for await (const { path, cipherPath } of await crypt.listNames(folder, call)) {
      const file = unnamed.get(`${cipherFolder}/${cipherPath}`);
      if (file !== undefined) yield asPlain(file, `${folder}/${path}`);
    }
  }

  /** Reads files by decrypting them; where that fails, the encrypted bytes tell whether they are those that were made. */
  const digests: RemoteFolder['digests'] = async (paths, call) => {
    const learned = await learner.learn(paths, call);
    const known = paths.filter((path) => !learned.has(path));
    const read = known.length === 0 ? allLearned : await crypt.digests(known, call);
    const found = new Map([...learned, ...read.found]);
    const entries: CipherEntry[] = [];
    for (const path of paths) {
      const entry = found.has(path) ? null : await ledger.find(path);
      if (entry !== null) entries.push(entry);
    }
    if (entries.length === 0) return { found, failure: read.failure };
    const ciphers = await base.digests(
      entries.map(({ cipherPath }) => cipherPath),
      call,
    );
    for (const { path, cipherPath, cipherDigest } of entries) {
      const hex = ciphers.found.get(cipherPath);
      if (hex !== undefined && `sha256:${hex}` !== cipherDigest) found.set(path, 'broken');
    }
    return { found, failure: read.failure };
  };

  /** What can be had but not decrypted, with the right password, is damaged; what cannot be had has said nothing. */
  const readSmall: RemoteFolder['readSmall'] = async (paths, call) => {
    const read = await crypt.readSmall(paths, call);
    if (read.failure === null || read.failure.kind === 'missing') return read;
    const cipherPaths = await names.encrypt(paths, call);
    const ciphers = await base.readSmall([...cipherPaths.values()], call);
    if (ciphers.failure !== null) return read;
    const hint = 'Bring it there again.';
    const failure = { ...read.failure, kind: 'corrupt', away: 'unreadable-mark', hint } as const;
    return { found: read.found, failure };
  };

  return {
    folder: { ...crypt, digests, readSmall },
    trust: async () => null,
    checkKey: (call) => checkKey(base, names, call),
    prepare: (call) => addKeyCheck(base, names, call),
    async put(files, context) {
      const outcomes = new Map<OutgoingFile, PutOutcome>();
      let doneBytes = 0;
      for await (const group of prepared(files, context.signal)) {
        const groupSize = totalBytes(group.files);
        const startedBytes = doneBytes;
        const onProgress: PlaceContext['onProgress'] = (bytes, speed) =>
          context.onProgress?.(startedBytes + Math.min(bytes, groupSize), speed);
        const brought = await bring(group, { ...context, onProgress });
        for (const [file, outcome] of [...group.settled, ...brought]) outcomes.set(file, outcome);
        doneBytes += groupSize;
      }
      return files.map((file) => outcomes.get(file) ?? { kind: 'failed', error: leftOut(file) });
    },
    async forget(paths, call) {
      const cipherPaths = await names.encrypt(paths, call);
      for (const cipherPath of cipherPaths.values()) await spool.remove(cipherPath);
    },
    async list(folder, call) {
      const { hashes, isHashSlow } = await base.features(call);
      const free = isHashSlow ? null : ((await baseTrust(call))?.type ?? hashes[0] ?? null);
      const cipherName = (await names.encrypt([folder], call)).get(folder) ?? folder;
      const listed = await base.list(cipherName, free, call);
      return listed === null ? null : decrypted(listed, folder, cipherName, call);
    },
  };
}

function haveOnePath(some: readonly OutgoingFile[], others: readonly OutgoingFile[]): boolean {
  const paths = new Set(some.map(({ path }) => path));
  return others.some(({ path }) => paths.has(path));
}

function asSource({ cipherDigest, cipherSizeBytes, cipherHashes }: CipherEntry): SourceHashes {
  return { digest: cipherDigest, sizeBytes: cipherSizeBytes, hashes: cipherHashes };
}

const allLearned = { found: new Map<string, string>(), failure: null };

function asPlain({ sizeBytes, hashes }: ListedFile, path: string): ListedFile {
  // A file that was cut off has the size of none: it has to be seen all the same.
  return { path, sizeBytes: plainSize(sizeBytes) ?? -1, hashes };
}

async function whyBadSource(file: OutgoingFile, signal: AbortSignal): Promise<PutOutcome | null> {
  try {
    const source = await hashSource(file.source, file.path, null, signal);
    return source.digest === file.digest && source.sizeBytes === file.sizeBytes
      ? null
      : { kind: 'bad-source' };
  } catch (error) {
    if (error instanceof ReelholdError && error.kind !== 'aborted') return { kind: 'failed', error };
    throw error;
  }
}

function damagedSpool({ path }: OutgoingFile): ReelholdError {
  return placeError('changed', 'copy', path, 'what was encrypted was damaged while it waited');
}

function leftOut({ path }: OutgoingFile): ReelholdError {
  return placeError('io', 'copy', path, 'it was left out');
}
