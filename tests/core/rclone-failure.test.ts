import { describe, expect, it } from 'vitest';
import type { FailureKind } from '#core/errors.ts';
import type { AwayReason } from '#core/ports/location.ts';
import { judgeRcloneFailure } from '#core/rclone-failure.ts';
import { parseRcloneLine, type RcloneLine } from '#core/rclone-log.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const minuteMs = 60_000;

function judge(exitCode: number | null, ...texts: string[]) {
  const lines = texts.map(parseRcloneLine).filter((line): line is RcloneLine => line !== null);
  return judgeRcloneFailure({ exitCode, isMissingTool: false, lines }, nowMs);
}

/** As rclone and the services were seen to say it, or as the services list it. */
const said: readonly (readonly [string, number, string, FailureKind, AwayReason | null])[] = [
  [
    'no server',
    1,
    '2026/11/27 23:24:42 Failed to create file system for "dav:x": read metadata failed: Propfind "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
    'unreachable',
    'not-connected',
  ],
  [
    'no name',
    1,
    'Failed to create file system for "dav:x": dial tcp: lookup nas.invalid: no such host',
    'unreachable',
    'not-connected',
  ],
  ['a time-out', 5, 'ERROR : read tcp 10.0.0.1:3->10.0.0.2:443: i/o timeout', 'unreachable', 'not-connected'],
  [
    'a busy service',
    5,
    '{"level":"error","msg":"Failed to copy: 503 Service Unavailable"}',
    'unreachable',
    'not-connected',
  ],
  [
    'a wrong password of WebDAV',
    1,
    '2026/11/27 23:25:09 CRITICAL: Failed to create file system for "dav:x": read metadata failed: Unauthorized: 401 Unauthorized',
    'denied',
    'sign-in',
  ],
  [
    'a wrong password of SFTP',
    1,
    'Failed to create file system for "sf:x": NewFs: couldn\'t connect SSH: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password], no supported methods remain',
    'denied',
    'sign-in',
  ],
  [
    'an expired token',
    1,
    'Failed to create file system for "g:": couldn\'t find root directory ID: Get "https://www.googleapis.com/drive/v3/files/root": couldn\'t fetch token: invalid_grant: maybe token expired? - try refreshing with "rclone config reconnect g:"',
    'denied',
    'sign-in',
  ],
  [
    'a wrong key of S3',
    1,
    'ERROR : error listing: InvalidAccessKeyId: The Access Key Id you provided does not exist',
    'denied',
    'sign-in',
  ],
  [
    'too many requests to Google',
    5,
    '{"level":"error","msg":"Failed to copy: googleapi: Error 403: User Rate Limit Exceeded., userRateLimitExceeded"}',
    'busy',
    'quota',
  ],
  [
    'too many requests to anybody',
    5,
    '{"level":"error","msg":"Failed to copy: 429 Too Many Requests"}',
    'busy',
    'quota',
  ],
  [
    "a day's limit of Google",
    7,
    '{"level":"error","msg":"Failed to copy: googleapi: Error 403: , dailyLimitExceeded"}',
    'busy',
    'quota',
  ],
  [
    "a day's limit of Backblaze",
    1,
    'ERROR : Cannot upload files, storage cap exceeded. See the Caps page',
    'full',
    null,
  ],
  [
    'its own limit',
    8,
    '{"level":"error","msg":"max transfer limit reached as set by --max-transfer"}',
    'busy',
    'quota',
  ],
  ['a full WebDAV', 1, '{"level":"error","msg":"Failed to copy: 507 Insufficient Storage"}', 'full', null],
  [
    'a file that is too large for S3',
    1,
    '{"level":"error","msg":"Failed to copy: EntityTooLarge: Your proposed upload exceeds the maximum allowed size"}',
    'too-large',
    null,
  ],
  [
    'a file that is too large for a WebDAV',
    1,
    '{"level":"error","msg":"Failed to copy: 413 Request Entity Too Large"}',
    'too-large',
    null,
  ],
  [
    'a file that is too large, in a run that broke off',
    1,
    '{"level":"error","msg":"a: 413 Request Entity Too Large"}\n{"level":"error","msg":"b: connection reset by peer"}',
    'unreachable',
    'not-connected',
  ],
  [
    'a full Google Drive',
    1,
    '{"level":"error","msg":"googleapi: Error 403: The user\'s Drive storage quota has been exceeded., storageQuotaExceeded"}',
    'full',
    null,
  ],
  [
    'a full OneDrive',
    1,
    '{"level":"error","msg":"Failed to copy: quotaLimitReached: Insufficient Space Available"}',
    'full',
    null,
  ],
  [
    'a full Dropbox',
    1,
    '{"level":"error","msg":"Failed to copy: upload failed: path/insufficient_space/"}',
    'full',
    null,
  ],
  [
    'a full disk',
    1,
    '{"level":"error","msg":"Failed to copy: write /srv/x: no space left on device"}',
    'full',
    null,
  ],
  [
    'a disk with too little room for the file',
    1,
    '{"level":"error","msg":"Failed to copy: preallocate: file too big for remaining disk space"}',
    'full',
    null,
  ],
  [
    'no right to write',
    1,
    '{"level":"error","msg":"Failed to copy: AccessDenied: Access Denied status code: 403"}',
    'denied',
    'denied',
  ],
  [
    'a folder that can only be read',
    1,
    '{"level":"error","msg":"Failed to copy: mkdir /srv/x: read-only file system"}',
    'read-only',
    'read-only',
  ],
  [
    'another server',
    1,
    'Failed to create file system: x509: certificate is valid for other.example',
    'denied',
    'denied',
  ],
  [
    'another password of crypt',
    1,
    '{"level":"error","msg":"failed to authenticate decrypted block - bad password?"}',
    'denied',
    'wrong-password',
  ],
  [
    'a source that changes',
    1,
    '{"level":"error","msg":"Failed to copy: can\'t copy - source file is being updated (size changed)"}',
    'changed',
    null,
  ],
  [
    'other bytes there',
    6,
    '{"level":"error","msg":"Source and destination exist but do not match: immutable file modified"}',
    'changed',
    null,
  ],
  ['no such folder', 3, '2026/11/27 23:24:25 ERROR : : error listing: directory not found', 'missing', null],
  [
    'a remote that it does not know',
    1,
    '2026/11/27 CRITICAL: Failed to create file system for "nope:": didn\'t find section in config file',
    'unsupported',
    'no-tool',
  ],
];

describe('a run of rclone that failed', () => {
  it.each(said)('with %s', (_, exitCode, text, kind, away) => {
    expect(judge(exitCode, text)).toMatchObject({ kind, away });
  });

  it.each<[number, FailureKind, AwayReason | null]>([
    [1, 'io', null],
    [2, 'unsupported', 'no-tool'],
    [3, 'missing', null],
    [4, 'missing', null],
    [5, 'busy', null],
    [7, 'denied', 'denied'],
    [8, 'busy', 'quota'],
    [10, 'busy', null],
    [99, 'io', null],
  ])('with %i is judged by that where it says nothing that is known', (exitCode, kind, away) => {
    expect(judge(exitCode, 'ERROR : something unheard of')).toMatchObject({ kind, away });
    expect(judge(exitCode)).toMatchObject({ kind, away });
  });

  it('that was ended by a signal has said nothing of what is there', () => {
    expect(judge(null)).toMatchObject({ kind: 'unreachable', away: 'not-connected', retryAtMs: null });
  });

  it('that could not be started lacks the program', () => {
    const failure = judgeRcloneFailure({ exitCode: null, isMissingTool: true, lines: [] }, nowMs);
    expect(failure).toMatchObject({ away: 'no-tool', hint: 'Install rclone.' });
  });

  it('is tried again when the service says, at the latest after a day', () => {
    expect(judge(5, 'ERROR : 429 too many requests, Retry-After: 120').retryAtMs).toBe(nowMs + 2 * minuteMs);
    expect(judge(5, 'ERROR : rate limit exceeded: retry after 1h2m3s').retryAtMs).toBe(nowMs + 3_723_000);
    expect(judge(5, 'ERROR : SlowDown, retry after 99999999').retryAtMs).toBe(nowMs + 24 * 60 * minuteMs);
    expect(judge(5, 'ERROR : SlowDown').retryAtMs).toBe(nowMs + 15 * minuteMs);
    expect(judge(7, 'ERROR : dailyLimitExceeded').retryAtMs).toBe(nowMs + 240 * minuteMs);
  });

  it('names a limit of requests before the refusal that carries it, and a full store before both', () => {
    expect(judge(1, 'ERROR : 403 Forbidden', 'ERROR : Error 403: userRateLimitExceeded').away).toBe('quota');
    expect(judge(1, 'ERROR : rate limit exceeded', 'ERROR : storageQuotaExceeded').kind).toBe('full');
  });

  it('is not judged by what went well', () => {
    expect(judge(1, '{"level":"info","msg":"403 Forbidden.mp4: Copied (new)"}')).toMatchObject({
      kind: 'io',
    });
  });
});
