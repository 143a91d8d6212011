/** What a kind of server makes of bytes, by rclone's name of it. */
interface ServerHashes {
  /**
   * `provider`: it hashes what arrives, once, and repeats that for ever: a proof at the moment of the upload only.
   * `re-reads`: it reads the file each time it is asked.
   */
  readonly when: 'provider' | 're-reads';
  /** The hashes to be trusted, the cheapest for us first. */
  readonly types: readonly string[];
  /**
   * Up to which size a file arrives as a whole: larger ones come in parts, and the hash is then what rclone declared.
   * An option of the remote's, and its default in bytes.
   */
  readonly wholeUpTo?: { readonly option: string; readonly defaultBytes: number };
}

const mib = 1024 * 1024;

/**
 * The servers whose hashes prove something; rclone's overview of storage systems and its pages of each. What is not
 * here (WebDAV, whose servers repeat the hash that the client declared; Azure, likewise; crypt, chunker, union) is
 * downloaded and hashed by us instead.
 */
const servers: Readonly<Record<string, ServerHashes>> = {
  local: { when: 're-reads', types: ['sha256', 'sha1', 'md5'] },
  sftp: { when: 're-reads', types: ['sha256', 'sha1', 'md5'] },
  drive: { when: 'provider', types: ['sha256', 'sha1', 'md5'] },
  'google cloud storage': { when: 'provider', types: ['md5'] },
  s3: { when: 'provider', types: ['md5'], wholeUpTo: { option: 'upload_cutoff', defaultBytes: 200 * mib } },
  b2: { when: 'provider', types: ['sha1'], wholeUpTo: { option: 'upload_cutoff', defaultBytes: 200 * mib } },
  box: { when: 'provider', types: ['sha1'] },
  onedrive: { when: 'provider', types: ['quickxor'] },
  dropbox: { when: 'provider', types: ['dropbox'] },
  pcloud: { when: 'provider', types: ['sha256', 'sha1', 'md5'] },
  koofr: { when: 'provider', types: ['md5'] },
};

/** Which hash a place's word is taken for, and when. */
export interface TrustedHash {
  readonly when: 'provider' | 're-reads';
  readonly type: string;
  /** Larger files are not proven by it. */
  readonly maxSizeBytes: number;
}

/** What a remote's hashes are worth; null where they prove nothing. `offered`: what it says it has. */
export function trustedHash(
  type: string,
  options: Readonly<Record<string, string>>,
  offered: readonly string[],
): TrustedHash | null {
  const server = Object.hasOwn(servers, type) ? servers[type] : undefined;
  const best = server?.types.find((one) => offered.includes(one));
  if (server === undefined || best === undefined) return null;
  return { when: server.when, type: best, maxSizeBytes: largestWhole(server, options) };
}

function largestWhole({ wholeUpTo }: ServerHashes, options: Readonly<Record<string, string>>): number {
  if (wholeUpTo === undefined) return Number.POSITIVE_INFINITY;
  const set = options[wholeUpTo.option];
  return set === undefined ? wholeUpTo.defaultBytes : (parseRcloneSize(set) ?? 0);
}

const units: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** rclone's sizes: `200M`, `5Gi`, `1.5G`; a number alone is in KiB. Null for what is none (`off` too). */
function parseRcloneSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([bkmgtp]?)(?:i?b?)$/i.exec(text.trim());
  if (match === null) return null;
  return Math.floor(Number(match[1]) * (units[(match[2] || 'k').toLowerCase()] ?? 0));
}
