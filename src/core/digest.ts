import { ReelholdError } from '#core/errors.ts';

/** `sha256:` and 64 lower-case hexadecimal digits: the identity of a blob. */
export type Digest = string & { readonly __brand: 'Digest' };

const digestPattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

/** Accepts text that was written down as a digest; fails with `corrupt`, and names the text, where it is none now. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const facts = { kind: 'corrupt', operation: 'read', object: JSON.stringify(text.slice(0, 100)) } as const;
  throw new ReelholdError(facts, 'it is no digest');
}

/** Makes a digest of the 64 hexadecimal digits that a hash function returned. */
export function digestOfHex(hex: string): Digest {
  return parseDigest(`sha256:${hex.toLowerCase()}`);
}

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** A blob as a store finds it: the digest is its identity, the extension only helps people. */
export interface BlobRef {
  readonly digest: Digest;
  /** Lower-case letters and digits, at most ten, without the dot; '' where the file had none. */
  readonly ext: string;
}

/** The path of a blob below a location's root (docs/format.md, "Blobs"). */
export function blobPath({ digest, ext }: BlobRef): string {
  const hex = hexOf(digest);
  return `blobs/sha256/${hex.slice(0, 2)}/${hex}${ext === '' ? '' : `.${ext}`}`;
}

const blobNamePattern = /^([0-9a-f]{64})(?:\.([a-z0-9]{1,10}))?$/;

/** Reads a blob's file name back; null where the name is not one that Reelhold gives. */
export function parseBlobName(name: string): BlobRef | null {
  const match = blobNamePattern.exec(name);
  if (match === null) return null;
  return { digest: digestOfHex(match[1] ?? ''), ext: match[2] ?? '' };
}

/** Reads a blob's path below a location's root back; null for every other path. */
export function parseBlobPath(path: string): BlobRef | null {
  const ref = parseBlobName(path.slice(path.lastIndexOf('/') + 1));
  return ref !== null && blobPath(ref) === path ? ref : null;
}
