/** What ffmpeg's `streamhash` says of one stream of a file: its packets, without whatever wraps them. */
export interface StreamHash {
  /** As ffmpeg has it: `v` picture, `a` sound, `s` subtitles, `d` data, `t` attachments. */
  readonly type: string;
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly hex: string;
}

/** SHA-256 of nothing: a stream without a packet says nothing about the file. */
const emptyHex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * One line that two files share exactly when they have the same picture and the same sound, packet by packet: whatever
 * their wrapper, their metadata, the order of their streams, and their subtitles and data. Null where there is no picture.
 */
export function streamsKey(hashes: readonly StreamHash[]): string | null {
  const seen = hashes.filter(({ type, hex }) => (type === 'v' || type === 'a') && hex !== emptyHex);
  if (!seen.some(({ type }) => type === 'v')) return null;
  return seen
    .map(({ type, hex }) => `${type}:${hex}`)
    .sort()
    .join(' ');
}

const line = /^\d+,([a-z]),SHA256=([0-9a-fA-F]{64})$/;

/** Reads what `-f streamhash -hash sha256` prints (ffmpeg-formats(1)); null where a line is none of its own. */
export function parseStreamHashes(output: string): readonly StreamHash[] | null {
  const hashes: StreamHash[] = [];
  for (const text of output.split('\n').map((part) => part.trim())) {
    if (text === '') continue;
    const [, type, hex] = line.exec(text) ?? [];
    if (type === undefined || hex === undefined) return null;
    hashes.push({ type, hex: hex.toLowerCase() });
  }
  return hashes;
}
