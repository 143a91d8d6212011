import type { FailureKind } from './errors.ts';
import type { AwayReason } from './ports/location.ts';
import type { RcloneLine } from './rclone-log.ts';

/** How a run of rclone ended. */
export interface RcloneEnd {
  /** Null where it was ended by a signal, or never began. */
  readonly exitCode: number | null;
  /** Whether the program could not be started at all. */
  readonly isMissingTool: boolean;
  /** What it said, the latest last. */
  readonly lines: readonly RcloneLine[];
}

/** What a failure of rclone's means for whoever wanted something of it. */
export interface RcloneFailure {
  readonly kind: FailureKind;
  /** The state of the whole place that it speaks of; null where it is a matter of this one run. */
  readonly away: AwayReason | null;
  /** When it is worth trying again, ms of the wall clock; null where nobody knows. */
  readonly retryAtMs: number | null;
  readonly hint: string | null;
  /** What rclone said of it; untrusted, and not yet without secrets. */
  readonly text: string;
}

interface Verdict {
  readonly kind: FailureKind;
  readonly away: AwayReason | null;
  readonly retryInMs?: number;
  readonly hint?: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const signIn: Verdict = {
  kind: 'denied',
  away: 'sign-in',
  hint: 'Sign in to the service again, and import the remote anew.',
};
const full: Verdict = { kind: 'full', away: null, hint: 'Make room at the service, or get more of it.' };
const tooLarge: Verdict = {
  kind: 'too-large',
  away: null,
  hint: 'The service takes no file as large as that.',
};
const pause: Verdict = { kind: 'busy', away: 'quota', retryInMs: 15 * minuteMs };
const dayLimit: Verdict = {
  kind: 'busy',
  away: 'quota',
  retryInMs: 4 * hourMs,
  hint: 'The service takes no more for today; Reelhold goes on by itself.',
};
const denied: Verdict = { kind: 'denied', away: 'denied', hint: 'Allow Reelhold to write there.' };
const unreachable: Verdict = { kind: 'unreachable', away: 'not-connected' };

/**
 * What rclone and the services say, and what it means; the first that fits holds, so what is more special comes first.
 * From the services' own lists of errors (Google Drive, OneDrive, Dropbox, Amazon S3, Backblaze B2), and rclone's
 * texts as they were seen.
 */
const texts: readonly (readonly [RegExp, Verdict])[] = [
  [
    /failed to authenticate decrypted block|bad password\?|wrong (?:password|salt)/i,
    { kind: 'denied', away: 'wrong-password', hint: 'The password is not the one that was used there.' },
  ],
  [/source file is being updated/i, { kind: 'changed', away: null }],
  [
    /storageQuotaExceeded|quotaLimitReached|insufficient[ _]?(?:storage|space)|\b507\b|no space left on device|disk quota exceeded|storage (?:quota|limit|cap)|StorageFull|teamDriveFileLimitExceeded|not enough (?:free )?space|too big for remaining disk space/i,
    full,
  ],
  [
    /dailyLimitExceeded|uploadLimitExceeded|(?:up|down)load ?quota ?exceeded|upload limit|max transfer limit reached|cap_?exceeded|cap exceeded|transfer limit/i,
    dayLimit,
  ],
  [
    /(?:user)?rateLimitExceeded|rate limit exceeded|quotaExceeded|too_many_(?:requests|write_operations)|too many requests|(?:^|\D)429(?:\D|$)|SlowDown|RequestLimitExceeded|ActivityLimitReached/i,
    pause,
  ],
  [
    /invalid_grant|token (?:has )?(?:been )?(?:expired|revoked)|expired_access_token|invalid_access_token|InvalidAuthenticationToken|ExpiredToken|couldn't fetch token|empty token found|unable to authenticate|\b401\b|unauthorized|InvalidAccessKeyId|SignatureDoesNotMatch|bad_auth_token|invalid_client|login failed|authentication failed/i,
    signIn,
  ],
  [
    /x509|certificate|host key|knownhosts/i,
    { kind: 'denied', away: 'denied', hint: 'The server does not prove to be the one that is meant.' },
  ],
  [/read-only file system|EROFS|is read[- ]only/i, { kind: 'read-only', away: 'read-only' }],
  [
    /no such host|connection refused|i\/o timeout|network is (?:down|unreachable)|no route to host|connection reset|host is down|name resolution|server misbehaving|broken pipe|TLS handshake|deadline exceeded|connection timed out|unexpected EOF|\bEOF$|\b50[0234]\b|bad gateway|service unavailable|gateway time-?out|couldn't connect|connection lost|use of closed network connection/i,
    unreachable,
  ],
  [/\b403\b|forbidden|permission[ _]denied|access[ _]?denied|insufficientPermissions|not permitted/i, denied],
  // Of a run of many files: whatever else went wrong in it comes first.
  [
    /EntityTooLarge|(?:file|object|entity|upload|request)(?: size)?(?: is)? too (?:large|big)|EFBIG|\b(?:http|status|error|code)\D{0,8}413\b/i,
    tooLarge,
  ],
  [/immutable file modified/i, { kind: 'changed', away: null }],
  [
    /didn't find section in config file|couldn't find (?:section|type)|didn't find backend called|unknown (?:flag|command|shorthand)/i,
    {
      kind: 'unsupported',
      away: 'no-tool',
      hint: 'rclone does not know this remote: import it again, or update rclone.',
    },
  ],
  [
    /(?:directory|object|file) not found|NoSuchKey|NoSuchBucket|no such file/i,
    { kind: 'missing', away: null },
  ],
];

/** rclone's exit codes, where its texts say nothing that is known (its manual, "Exit code"). */
const codes: Readonly<Record<number, Verdict>> = {
  2: { kind: 'unsupported', away: 'no-tool' },
  3: { kind: 'missing', away: null },
  4: { kind: 'missing', away: null },
  5: { kind: 'busy', away: null },
  7: denied,
  8: dayLimit,
  10: { kind: 'busy', away: null },
};

const noTool: Verdict = { kind: 'unsupported', away: 'no-tool', hint: 'Install rclone.' };
const unknown: Verdict = { kind: 'io', away: null };

/** Says what a run that failed means, by its texts first, as one exit code stands for many things. */
export function judgeRcloneFailure(end: RcloneEnd, nowMs: number): RcloneFailure {
  const said = end.lines.filter(({ level }) => level === 'error' || level === 'other');
  const [verdict, text] = end.isMissingTool
    ? [noTool, 'rclone could not be started']
    : (judgeTexts(said) ?? judgeEnd(end, said));
  const retryInMs = verdict.away === 'quota' ? (askedToWaitMs(text) ?? verdict.retryInMs) : verdict.retryInMs;
  return {
    kind: verdict.kind,
    away: verdict.away,
    retryAtMs: retryInMs === undefined ? null : nowMs + retryInMs,
    hint: verdict.hint ?? null,
    text,
  };
}

function judgeTexts(lines: readonly RcloneLine[]): [Verdict, string] | null {
  for (const [pattern, verdict] of texts) {
    const line = lines.find(({ text }) => pattern.test(text));
    if (line !== undefined) return [verdict, line.text];
  }
  return null;
}

function judgeEnd({ exitCode }: RcloneEnd, said: readonly RcloneLine[]): [Verdict, string] {
  const last = said.at(-1)?.text;
  if (exitCode === null) return [unreachable, last ?? 'rclone was ended'];
  return [codes[exitCode] ?? unknown, last ?? `rclone ended with exit code ${exitCode}`];
}

const longestWaitMs = 24 * hourMs;

/** `Retry-After: 120`, `retry after 2m0s`: how long the service asks us to wait. */
function askedToWaitMs(text: string): number | null {
  const match = /retry[- ]after["']?[:= ]+(?:(\d+)h)?(?:(\d+)m)?(\d+)?/i.exec(text);
  if (match === null) return null;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const ms = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  return ms > 0 ? Math.min(ms, longestWaitMs) : null;
}
