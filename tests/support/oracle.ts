import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ApiVersion, Installation } from './daemon.ts';

/** What somebody put into the inbox. */
export interface Source {
  /** Below the inbox. */
  readonly path: string;
  readonly digest: string;
  /** Handed over by the command line: the original stays where it is, and never was in the inbox. */
  readonly isElsewhere?: boolean;
}

/**
 * Says what is wrong with an installation whose inbox got these files, one sentence each; nothing, where
 * everything acknowledged reads back with its digest, nothing else is acknowledged, and nothing is lost.
 * Looks at the disk with nothing but a hash of its own. `acknowledged`: what the API lists, where it was asked.
 */
export async function findFaults(
  installation: Pick<Installation, 'inbox' | 'vault'>,
  sources: readonly Source[],
  acknowledged: readonly ApiVersion[] | null,
): Promise<readonly string[]> {
  const inbox = await digestsBelow(installation.inbox);
  const blobs = await digestsBelow(join(installation.vault, 'blobs'));
  const isHeld = (digest: string) => blobs.get(blobPathStart(digest)) === digest;
  return [
    ...sources.flatMap((source) => faultOfSource(source, inbox, isHeld)),
    ...(acknowledged ?? []).flatMap((version) => faultOfVersion(version, sources, isHeld)),
    ...twice(acknowledged ?? []),
  ];
}

/**
 * Says which files of the archive are not as their names have them: a blob or a segment appears whole or not at all,
 * whatever happens. One sentence each.
 */
export async function findTorn({ vault }: Pick<Installation, 'vault'>): Promise<readonly string[]> {
  const blobs = await digestsBelow(join(vault, 'blobs'));
  const segments = await digestsBelow(join(vault, 'journal'));
  return [
    ...[...blobs].filter(([path, digest]) => path !== blobPathStart(digest)),
    ...[...segments].filter(([path, digest]) => !path.endsWith(`-${digest.slice('sha256:'.length)}.jsonl`)),
  ].map(([path, digest]) => `${path} has another content than its name says (${digest})`);
}

/** Each file is where it was put, or its bytes stand in the vault. */
function faultOfSource(
  { path, digest, isElsewhere }: Source,
  inbox: ReadonlyMap<string, string>,
  isHeld: (digest: string) => boolean,
): string[] {
  if (isHeld(digest) || isElsewhere === true) return [];
  if (inbox.get(path) === digest) return [];
  const isInHold = [...inbox].some(([at, found]) => at.startsWith('.reelhold-hold/') && found === digest);
  return [`${path} (${digest}) left the inbox${isInHold ? ' for the hold' : ''}, and is not in the vault`];
}

function faultOfVersion(
  { name, digest }: ApiVersion,
  sources: readonly Source[],
  isHeld: (digest: string) => boolean,
): string[] {
  const faults = isHeld(digest) ? [] : [`${name} (${digest}) is acknowledged, and does not read back`];
  if (sources.some((source) => source.digest === digest)) return faults;
  return [...faults, `${name} (${digest}) is acknowledged, and nobody put it there`];
}

function twice(acknowledged: readonly ApiVersion[]): string[] {
  const seen = new Set<string>();
  return acknowledged.flatMap(({ name, digest }) => {
    const isAgain = seen.has(digest);
    seen.add(digest);
    return isAgain ? [`${name} (${digest}) is acknowledged twice`] : [];
  });
}

/** Where the archive's format has a blob, without its extension. */
function blobPathStart(digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return `sha256/${hex.slice(0, 2)}/${hex}`;
}

/**
 * What every file below a folder hashes to, by its path; blobs without their extensions. A file that leaves
 * meanwhile is left out: the inbox is read before the vault, where what has left it must stand by then.
 */
async function digestsBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const hex = await hashFile(path).catch(nullIfGone);
    if (hex === null) continue;
    const below = path.slice(folder.length + 1);
    digests.set(folder.endsWith('/blobs') ? below.replace(/\.[a-z0-9]+$/, '') : below, `sha256:${hex}`);
  }
  return digests;
}

function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
