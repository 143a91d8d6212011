import { ReelholdError } from '#core/errors.ts';
import { type FoundMarks, judgeMarks, type MarksFinding } from '#core/place-marks.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { AwayReason, PlaceIdentity, Presence } from '#core/ports/location.ts';
import type { RcloneFailure } from '#core/rclone-failure.ts';
import { judgeRcloneVersion } from '#core/rclone-version.ts';
import { type RcloneCall, shownText, throwIfAborted } from './rclone.ts';
import type { RemoteFolder } from './remote-folder.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

/** Whether a remote is the place that is meant, asked of the remote itself. */
export interface RemotePresence {
  look(signal: AbortSignal): Promise<Presence>;
  /** Fails where it is not; asks again where the last answer is older than `maxAgeMs`. */
  require(call: Call, maxAgeMs: number): Promise<void>;
  marks(call: Call): Promise<FoundMarks | RcloneFailure>;
}

export interface PresenceParts {
  readonly folder: RemoteFolder;
  readonly identity: PlaceIdentity;
  /** It is only read from, so that a vault will do. */
  readonly isOnlyRead?: boolean;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  /** Why the key cannot be the right one; null where it is, or where nothing is encrypted. */
  readonly checkKey: ((call: Call) => Promise<RcloneFailure | null>) | null;
}

/** Room changes slowly, and some services count each question. */
const roomKnownForMs = 10 * 60_000;

export function createRemotePresence(parts: PresenceParts): RemotePresence {
  const { folder, identity, clock, secrets } = parts;
  let presentAtMs = Number.NEGATIVE_INFINITY;
  let room: { readonly atMs: number; readonly free: number | null; readonly total: number | null } | null =
    null;
  let hasTool = false;

  const away = (reason: AwayReason, failure: RcloneFailure | null = null): Presence => ({
    kind: 'away',
    reason,
    detail: failure === null ? null : shownText(failure.text, secrets),
    retryAtMs: failure?.retryAtMs ?? null,
  });

  const awayWith = ({ reason, mark }: Extract<MarksFinding, { kind: 'other' }>): Presence => ({
    ...{ kind: 'away', reason, detail: null, retryAtMs: null },
    ...(mark === undefined ? {} : { mark }),
  });

  const marks = async (call: Call): Promise<FoundMarks | RcloneFailure> => {
    const { found, failure } = await folder.readSmall(['archive.json', 'location.json'], call);
    // A folder that is not there has no marks; whether it ever had, nobody can tell.
    if (failure !== null && failure.kind !== 'missing') return failure;
    const text = (name: string) => {
      const bytes = found.get(name);
      return bytes === undefined ? null : new TextDecoder().decode(bytes);
    };
    return { archive: text('archive.json'), location: text('location.json') };
  };

  const lookWithoutRoom = async (call: Call): Promise<Presence> => {
    presentAtMs = Number.NEGATIVE_INFINITY;
    const found = await marks(call);
    if ('text' in found) return away(found.away ?? 'not-connected', found);
    const finding = judgeMarks(found, identity, parts.isOnlyRead);
    if (finding.kind === 'other') {
      // With another key even the marks' names are others, and nothing seems to stand there.
      const failure = (await parts.checkKey?.(call)) ?? null;
      return failure === null ? awayWith(finding) : away(failure.away ?? 'not-connected', failure);
    }
    // Marks that can be read were encrypted with this key.
    presentAtMs = clock.monotonicMs();
    return { kind: 'present', mark: finding.mark, freeBytes: null, totalBytes: null };
  };

  const missingTool = async (call: Call): Promise<RcloneFailure | null> => {
    if (hasTool) return null;
    const { stdout, failure } = await folder.rclone.run(['version'], call);
    if (failure !== null) return failure;
    const { isUsable } = judgeRcloneVersion(stdout);
    hasTool = isUsable;
    if (isUsable) return null;
    const [text = ''] = stdout.split('\n');
    return { kind: 'unsupported', away: 'no-tool', retryAtMs: null, hint: 'Update rclone.', text };
  };

  const askRoom = async (call: Call) => {
    if (room !== null && clock.monotonicMs() - room.atMs < roomKnownForMs) return room;
    const { stdout, failure } = await folder.rclone.run(['about', '--json', '--', folder.root], call);
    const { free, total } = failure === null ? parseRoom(stdout) : { free: null, total: null };
    room = { atMs: clock.monotonicMs(), free, total };
    return room;
  };

  return {
    marks,
    async look(signal) {
      const call = { signal, operation: 'look at', object: 'the place' };
      const failure = await missingTool(call);
      if (failure !== null) return away(failure.away ?? 'no-tool', failure);
      const presence = await lookWithoutRoom(call);
      if (presence.kind === 'away') return presence;
      const { free, total } = await askRoom(call);
      return { ...presence, freeBytes: free, totalBytes: total };
    },
    async require(call, maxAgeMs) {
      throwIfAborted(call);
      if (clock.monotonicMs() - presentAtMs <= maxAgeMs) return;
      const presence = await lookWithoutRoom(call);
      if (presence.kind === 'away') throw awayError(presence, call);
    },
  };
}

const kindOfReason: Readonly<Partial<Record<AwayReason, ReelholdError['kind']>>> = {
  'sign-in': 'denied',
  'wrong-password': 'denied',
  denied: 'denied',
  'read-only': 'read-only',
  quota: 'busy',
  'newer-format': 'unsupported',
  'no-tool': 'unsupported',
};

function awayError(
  presence: Presence & { readonly kind: 'away' },
  { operation, object }: Call,
): ReelholdError {
  const { reason, detail, retryAtMs } = presence;
  const kind = kindOfReason[reason] ?? 'unreachable';
  return new ReelholdError(
    { kind, operation, object, ...(retryAtMs === null ? {} : { retryAtMs }) },
    detail === null
      ? `the place cannot be used (${reason})`
      : `the place cannot be used (${reason}): ${detail}`,
  );
}

function parseRoom(text: string): { free: number | null; total: number | null } {
  try {
    const { free, total } = JSON.parse(text) as Record<string, unknown>;
    return { free: sizeOrNull(free), total: sizeOrNull(total) };
  } catch {
    return { free: null, total: null };
  }
}

function sizeOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
