import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, type FailureKind, ReelholdError } from '#core/errors.ts';
import type { ListedFile } from '#core/ports/location.ts';
import type { RcloneFailure } from '#core/rclone-failure.ts';
import type { RcloneLine } from '#core/rclone-log.ts';
import { parseListLine } from './list-line.ts';
import { linesOf, type Rclone, type RcloneCall } from './rclone.ts';

/** What a run of many files came to: what is known of each, and what failed beside. */
export interface Partly<T> {
  readonly found: ReadonlyMap<string, T>;
  /** Null where everything was asked and answered. */
  readonly failure: RcloneFailure | null;
}

export interface RemoteFeatures {
  /** The hashes that it can tell, by rclone's names. */
  readonly hashes: readonly string[];
  /** Whether it reads a file to tell its hash. */
  readonly isHashSlow: boolean;
  /** Whether a file can be given another name there without being brought again. */
  readonly canMove: boolean;
}

export type Upload = {
  /** Absolute path of a local file. */
  readonly source: string;
  /** Below the folder. */
  readonly path: string;
};

export interface EncryptedName {
  readonly path: string;
  readonly cipherPath: string;
}

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object' | 'onStats' | 'staysHere'>;

interface AddCall extends Call {
  /** rclone would read what it brought once more, to compare a hash: left out where whoever brings it does that anyway. */
  readonly skipsHash?: boolean;
}

/** A folder that rclone reaches, `name:path`, and what may be done there that changes nothing but by adding. */
export interface RemoteFolder {
  readonly root: string;
  readonly rclone: Rclone;
  at(path: string): string;
  features(call: Call): Promise<RemoteFeatures>;
  /** Adds files. `copied`: rclone says so. What stands there already is left, whatever it is; `kept`: it is other bytes. */
  add(files: readonly Upload[], call: AddCall): Promise<Partly<'copied' | 'kept'>>;
  /** Sizes of files, and one kind of hash; what is not in `found` is not there, if nothing failed. */
  stat(paths: readonly string[], hashType: string | null, call: Call): Promise<Partly<ListedFile>>;
  /** SHA-256 of files in hexadecimal digits, read from there by us; `broken` where what stands there cannot be decrypted. */
  digests(paths: readonly string[], call: Call): Promise<Partly<string>>;
  /** Small files as a whole. */
  readSmall(paths: readonly string[], call: Call): Promise<Partly<Uint8Array>>;
  /** Files into a local folder, under their paths; what came is whole where it gives null. */
  fetchInto(paths: readonly string[], folder: string, call: Call): Promise<RcloneFailure | null>;
  /** A file into a new local one. */
  download(
    path: string,
    target: string,
    call: Call,
    onBytes: (bytes: number) => void,
  ): Promise<RcloneFailure | null>;
  /** Everything below a folder, once it is known as a whole; null where there is no such folder. */
  list(folder: string, hashType: string | null, call: Call): Promise<AsyncIterable<ListedFile> | null>;
  /** Where rclone encrypts: every file below a folder, by its path and its encrypted path below that folder. */
  listNames(folder: string, call: Call): Promise<AsyncIterable<EncryptedName>>;
  /** Runs with a list of paths in a file, so that no name is ever an argument. */
  withList<T>(paths: readonly string[], run: (flags: readonly string[]) => Promise<T>): Promise<T>;
  /** Runs with an empty local folder of its own. */
  withScratch<T>(run: (folder: string) => Promise<T>): Promise<T>;
}

/** `--immutable` holds for files from a list only: for a single file it is ignored (rclone's issue 4921). */
const addingArgs = ['copy', '--immutable', '--checksum', '--no-update-modtime', '--copy-links'];
/** What crypt says of a file that was not written by it, or not with this password, or was damaged since. */
const undecryptable =
  /failed to authenticate decrypted block|bad magic string|too short to be encrypted|truncated block header/;
/** On a disk of this machine an end that comes too early is damage too; from elsewhere it may be the connection's. */
const undecryptableHere = new RegExp(`${undecryptable.source}|unexpected EOF`);
const listFlags = ['--recursive', '--files-only', '--no-modtime', '--no-mimetype'];

export function createRemoteFolder(rclone: Rclone, root: string, isHere = false): RemoteFolder {
  const damaged = isHere ? undecryptableHere : undecryptable;
  let known: Promise<RemoteFeatures> | null = null;
  const at = (path: string) => (/[:/]$/.test(root) || path === '' ? `${root}${path}` : `${root}/${path}`);

  const withScratch = async <T>(run: (folder: string) => Promise<T>): Promise<T> => {
    const folder = join(rclone.configDir, 'scratch', randomBytes(6).toString('hex'));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      return await run(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const withList = <T>(paths: readonly string[], run: (flags: readonly string[]) => Promise<T>): Promise<T> =>
    withScratch(async (folder) => {
      paths.forEach(requireSafePath);
      const file = join(folder, 'files');
      await writeFile(file, paths.map((path) => `${path}\n`).join(''), { mode: 0o600 });
      // Without `--no-traverse` it would list everything that is there to find these.
      return run([`--files-from-raw=${file}`, '--no-traverse']);
    });

  const hasFolder = async (folder: string, call: Call): Promise<boolean> => {
    const listed = await rclone.require(['lsjson', '--dirs-only', '--no-modtime', '--', root], call);
    return (JSON.parse(listed) as { readonly Path: string }[]).some(({ Path }) => Path === folder);
  };

  const listInto = async (folder: string, flags: readonly string[], call: Call) => {
    const file = join(rclone.configDir, 'scratch', `list-${randomBytes(6).toString('hex')}`);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const args = ['lsjson', ...listFlags, ...flags, '--', at(folder)];
    const { failure } = await rclone.run(args, { ...call, outputFile: file });
    return { file, failure };
  };

  const add: RemoteFolder['add'] = (files, call) =>
    withScratch(async (outgoing) => {
      for (const { source, path } of files) {
        requireSafePath(path);
        await mkdir(dirname(join(outgoing, path)), { recursive: true });
        await symlink(source, join(outgoing, path));
      }
      const found = new Map<string, 'copied' | 'kept'>();
      const onLine = ({ text, object }: RcloneLine) => {
        if (object === null) return;
        if (/^(?:Multi-thread )?Copied \(new\)/.test(text)) found.set(object, 'copied');
        if (text.includes('immutable file modified')) found.set(object, 'kept');
      };
      const args = [...addingArgs, ...(call.skipsHash === true ? ['--ignore-checksum'] : [])];
      const { failure } = await withList(
        files.map(({ path }) => path),
        (flags) => rclone.run([...args, ...flags, '--', outgoing, root], { ...call, onLine }),
      );
      return { found, failure };
    });

  const fetchInto: RemoteFolder['fetchInto'] = (paths, folder, call) =>
    withList(paths, async (flags) => {
      const { failure } = await rclone.run(['copy', ...flags, '--', root, folder], call);
      return failure;
    });

  return {
    ...{ root, rclone, at, withList, withScratch },

    features(call) {
      known ??= rclone.require(['backend', 'features', '--', root], call).then(parseFeatures);
      known.catch(() => {
        known = null;
      });
      return known;
    },

    add,

    stat: (paths, hashType, call) =>
      withList(paths, async (flags) => {
        const { stdout, failure } = await rclone.run(
          ['lsjson', ...listFlags, ...hashFlags(hashType), ...flags, '--', root],
          call,
        );
        const found = new Map<string, ListedFile>();
        for (const line of stdout.split('\n')) {
          const file = parseListLine(line);
          if (file !== null) found.set(file.path, file);
        }
        return { found, failure };
      }),

    digests: (paths, call) =>
      withList(paths, async (flags) => {
        const found = new Map<string, string>();
        const onLine = ({ text, object }: RcloneLine) => {
          if (object !== null && damaged.test(text)) found.set(object, 'broken');
        };
        const { stdout, failure } = await rclone.run(
          ['hashsum', 'sha256', '--download', ...flags, '--', root],
          { ...call, onLine },
        );
        for (const line of stdout.split('\n')) {
          const [, hex, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
          if (hex !== undefined && path !== undefined) found.set(path, hex);
        }
        return { found, failure };
      }),

    fetchInto,

    readSmall: (paths, call) =>
      withScratch(async (incoming) => {
        const failure = await fetchInto(paths, incoming, call);
        const found = new Map<string, Uint8Array>();
        for (const path of failure === null ? paths : []) {
          const bytes = await readIfThere(join(incoming, path));
          if (bytes !== null) found.set(path, bytes);
        }
        return { found, failure };
      }),

    async download(path, target, call, onBytes) {
      requireSafePath(path);
      const done = await rclone.run(['cat', '--', at(path)], {
        ...call,
        outputFile: target,
        onOutput: onBytes,
      });
      return done.failure;
    },

    async list(folder, hashType, call) {
      const { file, failure } = await listInto(folder, hashFlags(hashType), call);
      if (failure === null) return listedIn(file, folder);
      // A folder below may have gone while it was listed: only where this one is not there is there nothing.
      if (failure.kind === 'missing' && !(await hasFolder(folder, call))) return null;
      throw rclone.error(failure, call);
    },

    async listNames(folder, call) {
      const { file, failure } = await listInto(folder, ['--encrypted'], call);
      if (failure === null) return namesIn(file);
      throw rclone.error(failure, call);
    },
  };
}

function hashFlags(hashType: string | null): string[] {
  return hashType === null ? [] : ['--hash', `--hash-type=${hashType}`];
}

/** The format gives the paths; what else would reach a list of files or a server's folder is a mistake of ours. */
function requireSafePath(path: string): void {
  const isSafe = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\p{Cc}\\]/u.test(part));
  if (!isSafe) throw new RangeError(`not a path of the archive: ${JSON.stringify(path)}`);
}

async function* namesIn(file: string): AsyncGenerator<EncryptedName> {
  for await (const line of linesOf(file)) {
    const listed = parseListLine(line);
    if (listed !== null) yield { path: listed.path, cipherPath: listed.cipherPath ?? '' };
  }
}

async function* listedIn(file: string, folder: string): AsyncGenerator<ListedFile> {
  for await (const line of linesOf(file)) {
    const listed = parseListLine(line);
    if (listed === null) continue;
    const { path, sizeBytes, hashes } = listed;
    yield { path: `${folder}/${path}`, sizeBytes, hashes };
  }
}

function parseFeatures(text: string): RemoteFeatures {
  const { Hashes: hashes, Features: features } = JSON.parse(text) as {
    Hashes?: unknown;
    Features?: Record<string, unknown>;
  };
  return {
    hashes: Array.isArray(hashes) ? hashes.map(String) : [],
    isHashSlow: features?.SlowHash === true,
    canMove: features?.Move === true || features?.Copy === true,
  };
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function placeError(
  kind: FailureKind,
  operation: string,
  object: string,
  detail: string,
): ReelholdError {
  return new ReelholdError({ kind, operation, object }, detail);
}
