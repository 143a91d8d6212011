import { hexOf } from '#core/digest.ts';
import type { ListedFile, PlaceContext, PlaceFile, PlaceFinding } from '#core/ports/location.ts';
import type { TrustedHash } from '#core/provider-hashes.ts';
import type { RcloneFailure } from '#core/rclone-failure.ts';
import { totalBytes } from '#core/total-bytes.ts';
import type { RcloneCall } from './rclone.ts';
import { placeError, type RemoteFolder } from './remote-folder.ts';

type Call = Omit<RcloneCall, 'onLine'>;

/**
 * Reads copies at their place: by the host itself where it really reads them and knows a hash that we know too, else
 * by downloading them. `isPresent` asks anew whether the place is there, before anything is called missing or corrupt.
 */
export async function readBack(
  folder: RemoteFolder,
  trust: TrustedHash | null,
  files: readonly PlaceFile[],
  context: PlaceContext,
  isPresent: () => Promise<boolean>,
): Promise<PlaceFinding[]> {
  if (files.length === 0) return [];
  const allBytes = totalBytes(files);
  const call: Call = {
    ...{ signal: context.signal, operation: 'read back', object: `${files.length} files` },
    onStats: ({ bytes, speed }) => context.onProgress?.(Math.min(bytes, allBytes), speed),
  };
  const hashType = files.some((file) => expectedHash(trust, file) !== null) ? (trust?.type ?? null) : null;
  const listed = await folder.stat(pathsOf(files), hashType, { ...call, onStats: () => undefined });
  const toDownload = files.filter((file) => {
    const found = listed.found.get(file.path);
    return found?.sizeBytes === file.sizeBytes && !isHashKnown(trust, file, found);
  });
  const read =
    toDownload.length === 0
      ? { found: new Map<string, string>(), failure: null }
      : await folder.digests(pathsOf(toDownload), call);
  context.onProgress?.(allBytes, null);

  const findings = files.map((file): PlaceFinding => {
    const unknown = (failure: RcloneFailure | null): PlaceFinding => ({
      kind: 'unknown',
      error:
        failure === null
          ? placeError('unreachable', call.operation, file.path, 'it was not answered')
          : folder.rclone.error(failure, { operation: call.operation, object: file.path }),
    });
    const found = listed.found.get(file.path);
    if (found === undefined) return listed.failure === null ? { kind: 'missing' } : unknown(listed.failure);
    if (found.sizeBytes !== file.sizeBytes) return { kind: 'corrupt' };
    const expected = expectedHash(trust, file);
    const theirs = expected === null ? undefined : found.hashes[trust?.type ?? ''];
    if (theirs !== undefined) return { kind: theirs === expected ? 'good' : 'corrupt' };
    const hex = read.found.get(file.path);
    if (hex === undefined) return unknown(read.failure);
    return { kind: hex === hexOf(file.digest) ? 'good' : 'corrupt' };
  });
  return believe(findings, files, isPresent);
}

function pathsOf(files: readonly PlaceFile[]): string[] {
  return [...new Set(files.map(({ path }) => path))];
}

/** The hash that a host which re-reads has to give; null where it has none that we know. */
function expectedHash(trust: TrustedHash | null, { digest, hashes }: PlaceFile): string | null {
  if (trust?.when !== 're-reads') return null;
  return trust.type === 'sha256' ? hexOf(digest) : (hashes?.[trust.type] ?? null);
}

function isHashKnown(trust: TrustedHash | null, file: PlaceFile, found: ListedFile): boolean {
  return expectedHash(trust, file) !== null && found.hashes[trust?.type ?? ''] !== undefined;
}

/** A server that lost its disk, or was set up anew, answers as if nothing had ever been there. */
async function believe(
  findings: PlaceFinding[],
  files: readonly PlaceFile[],
  isPresent: () => Promise<boolean>,
): Promise<PlaceFinding[]> {
  const isBad = ({ kind }: PlaceFinding) => kind === 'missing' || kind === 'corrupt';
  if (!findings.some(isBad) || (await isPresent())) return findings;
  return findings.map((finding, index) =>
    isBad(finding)
      ? {
          kind: 'unknown',
          error: placeError('unreachable', 'read back', files[index]?.path ?? '', 'the place went away'),
        }
      : finding,
  );
}
