import { ReelholdError } from '#core/errors.ts';
import type { ListedFile, PlaceHashes } from '#core/ports/location.ts';

/** A file of a list; with its encrypted path where that was asked for. */
interface ListedLine extends ListedFile {
  readonly cipherPath?: string;
}

/**
 * Reads one line of `rclone lsjson`, which writes its array one file a line, so that a long one need not be held in
 * memory; null for the brackets. Fails for anything else: a list that is not understood is no list.
 */
export function parseListLine(line: string): ListedLine | null {
  const text = line.trim().replace(/,$/, '');
  if (text === '' || text === '[' || text === ']' || text === '[]') return null;
  const value = parseObject(text);
  if (typeof value?.Path !== 'string' || !Number.isSafeInteger(value.Size)) {
    const facts = { kind: 'io', operation: 'read', object: 'the list of files' } as const;
    throw new ReelholdError(facts, 'rclone answered with something else');
  }
  const file = { path: value.Path, sizeBytes: Number(value.Size), hashes: parseHashes(value.Hashes) };
  return typeof value.EncryptedPath === 'string' ? { ...file, cipherPath: value.EncryptedPath } : file;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function parseHashes(value: unknown): PlaceHashes {
  if (typeof value !== 'object' || value === null) return {};
  const given = Object.entries(value).filter(([, hash]) => typeof hash === 'string' && hash !== '');
  return Object.fromEntries(given.map(([type, hash]) => [type.toLowerCase(), String(hash).toLowerCase()]));
}
