import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveMark, formatVersion } from '#core/archive-format.ts';
import { blobPath, digestOfHex } from '#core/digest.ts';
import type { Location, OutgoingFile, PlaceIdentity, PlaceMarks } from '#core/ports/location.ts';

export const placeIdentity: PlaceIdentity = {
  archive: '0198f2a0-0000-7000-8000-00000000000a',
  location: '0198f2a0-0000-7000-8000-00000000000b',
  generation: 1,
  writer: '0123456789ab',
};

/** The marks of a drive of that identity. */
export function marksOf({ archive, location, generation, writer }: PlaceIdentity): PlaceMarks {
  const mark: ArchiveMark = { format: formatVersion, archive, createdAt: '2026-11-22T17:00:00.000Z' };
  return { archive: mark, location: { location, role: 'drive', generation, writer } };
}

/** Files that look like videos of different lengths, in a folder; each of them is another. */
export function makeFiles(folder: string, count: number, sizeBytes: number): OutgoingFile[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.alloc(sizeBytes + index, `video ${index} of ${count}, ${sizeBytes} `);
    return makeFile(folder, bytes);
  });
}

/** One file of these bytes, to be brought as a blob or to `path`. */
export function makeFile(folder: string, bytes: string | Uint8Array, path?: string): OutgoingFile {
  const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'));
  const source = join(folder, digest.slice('sha256:'.length));
  writeFileSync(source, bytes);
  return {
    path: path ?? blobPath({ digest, ext: 'mp4' }),
    sizeBytes: Buffer.byteLength(bytes),
    digest,
    source,
  };
}

/** The checksum of what stands in a file now. */
export async function hexOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

const never = new AbortController().signal;

/** What a place says of itself: `present`, or why it is not. */
export async function presenceOf(location: Location): Promise<string> {
  const presence = await location.look(never);
  return presence.kind === 'away' ? presence.reason : presence.kind;
}

/** What became of files that were brought: the kind of each, and of its failure. */
export async function bring(location: Location, files: readonly OutgoingFile[]): Promise<string[]> {
  const outcomes = await location.put(files, { signal: never });
  return outcomes.map((outcome) =>
    outcome.kind === 'failed' ? `failed: ${outcome.error.kind}` : outcome.kind,
  );
}

/** What reading files back says: `good`, `corrupt`, `missing`, or the kind of the failure. */
export async function findingsOf(location: Location, files: readonly OutgoingFile[]): Promise<string[]> {
  const findings = await location.prove(files, { signal: never });
  return findings.map((finding) => (finding.kind === 'unknown' ? finding.error.kind : finding.kind));
}
