import type { VaultRefusal } from '#core/archive-format.ts';
import type { Reason, Verdict } from '#core/assess.ts';
import type { InboxOwner } from '#core/candidates.ts';
import type { Conditions } from '#core/conditions.ts';

/** What the catalogue says of all videos together. */
export interface ArchiveFacts {
  readonly verdict: Verdict;
  /** Of every video that has this verdict. */
  readonly reasons: readonly Reason[];
  readonly videosTotal: number;
  readonly videosSafe: number;
  readonly videosAtRisk: number;
  /** Videos of which a version has no good copy left. */
  readonly videosDamaged: number;
  /** When a copy was last read and compared, ms of the wall clock. */
  readonly lastProvenAtMs: number | null;
}

/** What the daemon last found out about its surroundings; null where it did not yet. */
export interface Surroundings {
  readonly vault: Conditions['vault'] | null;
  readonly places: Conditions['places'] | null;
  readonly space: Conditions['space'] | null;
  readonly tools: Conditions['tools'] | null;
  readonly library: Conditions['library'] | null;
  readonly inbox: Conditions['inbox:inbox'] | null;
}

/** Which sentence stands first on the page. */
export type Headline =
  | 'empty'
  | 'safe'
  | 'on-its-way'
  | 'dont-know'
  | 'vault-away'
  | 'damaged'
  | 'one-place'
  | 'too-few-places'
  | 'nothing-away'
  | 'one-kind';

/** Something the owner should know of besides the verdict; `urgent` where only the owner can mend it. */
export type Notice =
  | { readonly kind: 'vault'; readonly urgent: true; readonly reason: VaultRefusal }
  | { readonly kind: 'inbox-gone'; readonly urgent: true; readonly root: string }
  | {
      readonly kind: 'space-paused' | 'space-low';
      readonly urgent: boolean;
      readonly freeBytes: number;
      readonly totalBytes: number;
    }
  | { readonly kind: 'library-written'; readonly urgent: true; readonly files: number }
  | { readonly kind: 'inbox-partly'; readonly urgent: false }
  | { readonly kind: 'inbox-kept'; readonly urgent: false; readonly by: InboxOwner }
  | { readonly kind: 'no-ffmpeg' | 'no-rclone'; readonly urgent: false };

export interface Overview extends ArchiveFacts {
  readonly headline: Headline;
  readonly level: Verdict;
  readonly places: number;
  readonly notices: readonly Notice[];
}

/** Decides what the page says first: the worst of what is known about the videos and about the surroundings. */
export function overview(facts: ArchiveFacts, surroundings: Surroundings): Overview {
  const notices = noticesOf(surroundings);
  const headline = headlineOf(facts, surroundings);
  const ownLevel = headline === 'empty' ? 'on-its-way' : facts.verdict;
  return {
    ...facts,
    headline,
    level: notices.some((notice) => notice.urgent) ? 'needs-you' : ownLevel,
    places: surroundings.places?.places.length ?? 0,
    notices,
  };
}

function headlineOf(facts: ArchiveFacts, { vault, places }: Surroundings): Headline {
  if (vault?.state === 'refused') return 'vault-away';
  if (facts.videosTotal === 0) return 'empty';
  if (facts.verdict === 'safe') return 'safe';
  if (facts.verdict === 'on-its-way') return 'on-its-way';
  if (facts.verdict === 'dont-know') return 'dont-know';
  if (facts.videosDamaged > 0) return 'damaged';
  if ((places?.places.length ?? 0) <= 1) return 'one-place';
  if (facts.reasons.includes('nothing-away-from-home')) return 'nothing-away';
  return facts.reasons.includes('too-few-places') ? 'too-few-places' : 'one-kind';
}

function noticesOf(surroundings: Surroundings): Notice[] {
  const { vault, space, library, inbox } = surroundings;
  const notices: Notice[] = [];
  if (vault?.state === 'refused') notices.push({ kind: 'vault', urgent: true, reason: vault.reason });
  if (inbox?.state === 'gone') notices.push({ kind: 'inbox-gone', urgent: true, root: inbox.root });
  if (space !== null && space.level !== 'enough') {
    const { level, freeBytes, totalBytes } = space;
    notices.push({ kind: `space-${level}`, urgent: level === 'paused', freeBytes, totalBytes });
  }
  if (library !== null && library.written > 0) {
    notices.push({ kind: 'library-written', urgent: true, files: library.written });
  }
  if (inbox?.state === 'watched-partly') notices.push({ kind: 'inbox-partly', urgent: false });
  if (inbox !== null && inbox.forcedBy !== null) {
    notices.push({ kind: 'inbox-kept', urgent: false, by: inbox.forcedBy });
  }
  return [...notices, ...missingTools(surroundings.tools)];
}

function missingTools(tools: Surroundings['tools']): Notice[] {
  const isMissing = (...names: readonly string[]) =>
    tools?.tools.some((tool) => names.includes(tool.name) && !tool.found) === true;
  const notices: Notice[] = [];
  if (isMissing('ffmpeg', 'ffprobe')) notices.push({ kind: 'no-ffmpeg', urgent: false });
  if (isMissing('rclone')) notices.push({ kind: 'no-rclone', urgent: false });
  return notices;
}
