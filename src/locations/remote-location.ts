import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatMark } from '#core/archive-format.ts';
import { hexOf } from '#core/digest.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { mayPrepare } from '#core/place-marks.ts';
import type {
  ListedFile,
  Location,
  OutgoingFile,
  PlaceContext,
  PlaceMarks,
  PutOutcome,
} from '#core/ports/location.ts';
import { type TrustedHash, trustedHash } from '#core/provider-hashes.ts';
import { type RcloneCall, throwIfAborted } from './rclone.ts';
import { eraseBlobs, overwriteMutable, setAside } from './rclone-audited.ts';
import { readBack } from './read-back.ts';
import { placeError, type RemoteFolder } from './remote-folder.ts';
import { createRemotePresence, type PresenceParts } from './remote-presence.ts';
import { hashSource } from './source-hashes.ts';
import { upload } from './upload.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;
type ListFolder = Parameters<Location['list']>[0];

/** What differs between a remote that holds the layout as it is, and one that holds it encrypted. */
export interface RemoteStyle {
  /** The archive's files under their own names, with their own bytes. */
  readonly folder: RemoteFolder;
  readonly checkKey: PresenceParts['checkKey'];
  /** Makes the place ready for the marks. */
  prepare(call: Call): Promise<void>;
  /** What the host's own hashes of `folder` are worth. */
  trust(call: Call): Promise<TrustedHash | null>;
  put(files: readonly OutgoingFile[], context: PlaceContext): Promise<PutOutcome[]>;
  /** Null where there is no such folder. */
  list(folder: ListFolder, call: Call): Promise<AsyncIterable<ListedFile> | null>;
  /** Removes whatever of these files is kept on this machine for the place. */
  forget(paths: readonly string[], call: Call): Promise<void>;
}

export type RemoteParts = Pick<PresenceParts, 'identity' | 'isOnlyRead' | 'clock' | 'secrets'>;

/** The kind of server that a remote is, with its options, as its configuration says. */
export interface Backend {
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The layout as it is, at a place that rclone reaches. */
export function createPlainStyle(folder: RemoteFolder, backend: Backend): RemoteStyle {
  const trust = async (call: Call) => {
    const { hashes } = await folder.features(call);
    return trustedHash(backend.type, backend.options, hashes);
  };
  return {
    folder,
    trust,
    checkKey: null,
    async prepare() {},
    async forget() {},
    async put(files, context) {
      const call = { signal: context.signal, operation: 'copy', object: `${files.length} files` };
      return upload(folder, await trust(call), files, context);
    },
    async list(name, call) {
      const { hashes, isHashSlow } = await folder.features(call);
      const free = isHashSlow ? null : ((await trust(call))?.type ?? hashes[0] ?? null);
      return folder.list(name, free, call);
    },
  };
}

/** Reading what stands there needs no newer answer than this: whatever is missing is asked for anew. */
const readingMaxAgeMs = 30_000;

/** A location behind rclone. It starts nothing before it is asked. */
export function createRemoteLocation(style: RemoteStyle, parts: RemoteParts): Location {
  const { folder } = style;
  const presence = createRemotePresence({ ...parts, folder, checkKey: style.checkKey });

  const isStillPresent = (call: Call) =>
    presence.require(call, 0).then(
      () => true,
      (error: unknown) => {
        if (isReelholdError(error, 'aborted')) throw error;
        return false;
      },
    );

  /** What reads as missing is so only where the place itself is there. */
  const missing = async (call: Call): Promise<ReelholdError> => {
    await presence.require(call, 0);
    return placeError('missing', call.operation, call.object, 'it is not there');
  };

  /** Of a bucket, "not there" is an answer of no bytes and no failure. */
  const stands = async (path: string, sizeBytes: number, call: Call): Promise<boolean> => {
    const { found, failure } = await folder.stat([path], null, call);
    if (failure !== null && failure.kind !== 'missing') throw folder.rclone.error(failure, call);
    const standing = found.get(path);
    if (standing !== undefined && standing.sizeBytes !== sizeBytes) {
      throw placeError('unreachable', call.operation, path, 'not all of it came');
    }
    return standing !== undefined;
  };

  const prepare = async (marks: PlaceMarks, signal: AbortSignal): Promise<void> => {
    const call = { signal, operation: 'prepare', object: 'the place' };
    throwIfAborted(call);
    const failure = (await style.checkKey?.(call)) ?? null;
    if (failure !== null) throw folder.rclone.error(failure, call);
    const found = await presence.marks(call);
    if ('text' in found) throw folder.rclone.error(found, call);
    if (!mayPrepare(found, parts.identity)) {
      throw placeError('unsupported', call.operation, call.object, 'another archive stands there');
    }
    await style.prepare(call);
    const texts = {
      'archive.json': formatMark(marks.archive),
      'location.json': formatMark(marks.location),
    };
    const { 'location.json': mark, ...archive } = texts;
    if (found.location !== null && found.location !== mark) {
      await overwriteMutable(folder, 'location.json', encode(mark), call);
    }
    const lacking = {
      ...(found.location === null ? { 'location.json': mark } : {}),
      ...(found.archive === null ? archive : {}),
    };
    if (Object.keys(lacking).length > 0) await addTexts(folder, lacking, call);
  };

  /** What only this once gave an error, at a place whose marks can be read, is kept aside; never deleted for it. */
  const mayBeSetAside = async (error: ReelholdError, call: Call): Promise<boolean> =>
    error.kind === 'io' && (await folder.features(call)).canMove;

  const replace = async (file: OutgoingFile, context: PlaceContext): Promise<PutOutcome> => {
    const call = { signal: context.signal, operation: 'replace', object: file.path };
    await presence.require(call, 0);
    const source = await hashSource(file.source, file.path, null, context.signal);
    if (source.digest !== file.digest) return { kind: 'bad-source' };
    const trust = await style.trust(call);
    const silent = { signal: context.signal };
    const [finding] = await readBack(folder, trust, [file], silent, () => isStillPresent(call));
    if (finding?.kind === 'good') return { kind: 'there', proof: 'read-back', hashes: {} };
    if (finding?.kind === 'unknown' && !(await mayBeSetAside(finding.error, call))) {
      return { kind: 'failed', error: finding.error };
    }
    if (finding?.kind === 'corrupt' || finding?.kind === 'unknown') {
      await setAside(folder, file.path, `${hexOf(file.digest)}-${randomBytes(4).toString('hex')}`, call);
    }
    const [outcome] = await style.put([file], context);
    return (
      outcome ?? { kind: 'failed', error: placeError('io', call.operation, file.path, 'it was left out') }
    );
  };

  return {
    kind: 'remote',
    look: (signal) => presence.look(signal),
    prepare,

    async put(files, context) {
      if (files.length === 0) return [];
      const call = { signal: context.signal, operation: 'copy', object: `${files.length} files` };
      await presence.require(call, 0);
      return style.put(files, context);
    },

    async *list(name, signal) {
      const call = { signal, operation: 'list', object: name };
      await presence.require(call, readingMaxAgeMs);
      const listed = await style.list(name, call);
      if (listed !== null) return yield* listed;
      await presence.require(call, 0);
    },

    async prove(files, context) {
      const call = { signal: context.signal, operation: 'read back', object: `${files.length} files` };
      try {
        await presence.require(call, readingMaxAgeMs);
        return await readBack(folder, await style.trust(call), files, context, () => isStillPresent(call));
      } catch (error) {
        if (!(error instanceof ReelholdError) || error.kind === 'aborted') throw error;
        return files.map(() => ({ kind: 'unknown', error }) as const);
      }
    },

    async fetch(file, target, { signal, onProgress }) {
      const call = { signal, operation: 'fetch', object: file.path };
      await presence.require(call, readingMaxAgeMs);
      let doneBytes = 0;
      const onBytes = (bytes: number) => {
        doneBytes += bytes;
        onProgress?.(doneBytes, null);
      };
      const failure = await folder.download(file.path, target, call, onBytes);
      if (failure?.kind === 'missing') throw await missing(call);
      if (failure !== null) throw folder.rclone.error(failure, call);
      if (doneBytes === file.sizeBytes && doneBytes > 0) return;
      try {
        if (!(await stands(file.path, doneBytes, call))) throw await missing(call);
      } catch (error) {
        await rm(target, { force: true });
        throw error;
      }
    },

    async read(path, signal) {
      const call = { signal, operation: 'read', object: path };
      await presence.require(call, readingMaxAgeMs);
      const { found, failure } = await folder.readSmall([path], call);
      if (failure !== null && failure.kind !== 'missing') throw folder.rclone.error(failure, call);
      const bytes = found.get(path) ?? null;
      if (bytes === null) await presence.require(call, 0);
      return bytes;
    },

    async putMutable(name, content, signal) {
      const call = { signal, operation: 'write', object: name };
      await presence.require(call, 0);
      await overwriteMutable(folder, name, content, call);
    },

    async replaceUnproven(file, context) {
      try {
        return await replace(file, context);
      } catch (error) {
        if (error instanceof ReelholdError && error.kind !== 'aborted') return { kind: 'failed', error };
        throw error;
      }
    },

    async erase(files, signal) {
      const call = { signal, operation: 'erase', object: `${files.length} files` };
      await presence.require(call, 0);
      const paths = files.map(({ path }) => path);
      await eraseBlobs(folder, paths, call);
      await style.forget(paths, call);
    },
  };
}

/** Adds small files that are not there yet, and reads them back. */
async function addTexts(
  folder: RemoteFolder,
  texts: Readonly<Record<string, string>>,
  call: Call,
): Promise<void> {
  const names = Object.keys(texts);
  await folder.withScratch(async (scratch) => {
    const files = names.map((name) => ({ source: join(scratch, name), path: name }));
    for (const { source, path } of files) await writeFile(source, texts[path] ?? '', { mode: 0o600 });
    const { failure } = await folder.add(files, call);
    if (failure !== null) throw folder.rclone.error(failure, call);
  });
  const back = await folder.readSmall(names, call);
  for (const name of names) {
    const bytes = back.found.get(name);
    if (bytes !== undefined && new TextDecoder().decode(bytes) === texts[name]) continue;
    throw placeError('io', call.operation, name, 'it does not read back as it was written');
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
