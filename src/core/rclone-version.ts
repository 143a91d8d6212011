/** What an older rclone cannot do, that Reelhold would make use of; rclone's changelog. */
const lacks = [
  {
    since: [1, 63],
    what: 'Uploads over SFTP and to a mounted folder stand under their final name while they are not finished.',
  },
  { since: [1, 66], what: 'Wrong passwords over SFTP are noticed only after ten seconds.' },
  { since: [1, 75], what: 'Known security problems are not mended.' },
] as const;

/** Before it, options that every run has are missing. */
const oldest = [1, 60] as const;

export interface RcloneVersion {
  /** `1.60.1`; null where it does not say. */
  readonly version: string | null;
  readonly isUsable: boolean;
  /** What this one lacks, as sentences. */
  readonly lacks: readonly string[];
}

/** Judges what `rclone version` answers; what does not say its version (a build of one's own) is taken for a new one. */
export function judgeRcloneVersion(answer: string): RcloneVersion {
  const match = /^rclone v(\d+)\.(\d+)(?:\.(\d+))?/.exec(answer);
  if (match === null) return { version: null, isUsable: answer.startsWith('rclone'), lacks: [] };
  const found = [Number(match[1]), Number(match[2])] as const;
  return {
    version: [match[1], match[2], match[3] ?? '0'].join('.'),
    isUsable: !isBefore(found, oldest),
    lacks: lacks.filter(({ since }) => isBefore(found, since)).map(({ what }) => what),
  };
}

type Version = readonly [number, number];

function isBefore([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
