import type { Damage } from '#core/damage.ts';
import type { Flaw } from '#core/examination/reading.ts';
import { retryDelayMs } from '#core/operation.ts';

/** Why a settled file is not taken yet. */
export type HoldBackCause =
  | { readonly kind: 'flaw'; readonly flaw: Flaw }
  /** The Finder's own mark says that it is still copying, or was broken off while it did. */
  | { readonly kind: 'finder'; readonly flaw: Flaw | null }
  /** A list that names it names others which are not there. */
  | { readonly kind: 'list'; readonly missing: number }
  /** It is a list, and files that it names are not saved yet, or have not left. */
  | { readonly kind: 'listed'; readonly left: number }
  /** A list lies beside it that cannot be read, as one that is still being copied. */
  | { readonly kind: 'unread-list' }
  /** It is a video without a byte. */
  | { readonly kind: 'empty' }
  /** It is without a byte, and may yet be filled for as long as others of its project are on their way. */
  | { readonly kind: 'empty-among-others' };

const finderReason = 'finder-busy';
const unreadListReason = 'list-unreadable';
const emptyReason = 'no-bytes';
const emptyAmongOthersReason = 'no-bytes-among-others';
const listReason = /^list-names-(\d+)-more$/;
const listedReason = /^list-waits-for-(\d+)$/;
const flaws: ReadonlySet<string> = new Set<Flaw>(['cut-off', 'no-index', 'empty-start', 'empty-end']);

/** The cause as it stands in a row, for page and programs. */
export function holdBackReason(cause: HoldBackCause): string {
  switch (cause.kind) {
    case 'flaw':
      return cause.flaw;
    case 'finder':
      return finderReason;
    case 'list':
      return `list-names-${cause.missing}-more`;
    case 'listed':
      return `list-waits-for-${cause.left}`;
    case 'unread-list':
      return unreadListReason;
    case 'empty':
      return emptyReason;
    case 'empty-among-others':
      return emptyAmongOthersReason;
  }
}

/** The cause that a row's reason names; null where it waits for something else. */
export function parseHoldBackReason(reason: string | null): HoldBackCause | null {
  if (reason === finderReason) return { kind: 'finder', flaw: null };
  if (reason === unreadListReason) return { kind: 'unread-list' };
  if (reason === emptyReason) return { kind: 'empty' };
  if (reason === emptyAmongOthersReason) return { kind: 'empty-among-others' };
  if (reason !== null && flaws.has(reason)) return { kind: 'flaw', flaw: reason as Flaw };
  const left = listedReason.exec(reason ?? '')?.[1];
  if (left !== undefined) return { kind: 'listed', left: Number(left) };
  const missing = listReason.exec(reason ?? '')?.[1];
  return missing === undefined ? null : { kind: 'list', missing: Number(missing) };
}

/**
 * Whether a file waits for a reason of its own, so that the owner may have it taken as it is; where there is no room
 * for it, or it cannot be read, that would change nothing.
 */
export function isHeldBack(reason: string | null): boolean {
  return parseHoldBackReason(reason) !== null;
}

/** What does not change for so long is not going to. */
const longestMs = 60 * 60_000;

/**
 * How much of the wait a row can account for that was written before a restart: its time is the wall's, which may
 * have been wrong, so a while is waited again by the clock that never jumps.
 */
const mostCreditMs = 50 * 60_000;

/** Others that are waited for may come without anybody telling. */
const othersEveryMs = 2 * 60_000;

/** How long a file has waited according to its row, ms. */
export function creditOf(changedAtMs: number, nowMs: number): number {
  return Math.min(mostCreditMs, Math.max(0, nowMs - changedAtMs));
}

export type HoldBack =
  | { readonly kind: 'wait'; readonly delayMs: number }
  /** It is taken as it is; its original stays. */
  | { readonly kind: 'take'; readonly damaged: Damage | null };

/** Decides for a file that was held back for this cause, `attempt` times and `waitedMs` long, how it goes on. */
export function planHoldBack(cause: HoldBackCause, attempt: number, waitedMs: number): HoldBack {
  if (waitedMs >= longestMs) return { kind: 'take', damaged: damageOf(cause) };
  const delayMs = Math.min(retryDelayMs(attempt), longestMs - waitedMs);
  const isForOthers = isOfList(cause) || cause.kind === 'empty-among-others';
  return { kind: 'wait', delayMs: isForOthers ? Math.min(othersEveryMs, delayMs) : delayMs };
}

/** Whether the original may go of a file that was waited for in vain: there is nothing to lose in no byte. */
export function mayClearAfter(cause: HoldBackCause | null): boolean {
  return cause === null || cause.kind === 'empty-among-others';
}

/** Whether it waits for others than itself. */
export function isOfList(cause: HoldBackCause): boolean {
  return cause.kind === 'list' || cause.kind === 'listed' || cause.kind === 'unread-list';
}

/** What is wrong with the bytes themselves, or was said to be: that others are missing says nothing of them. */
export function damageOf(cause: HoldBackCause): Damage | null {
  if (cause.kind === 'finder') return cause.flaw ?? 'marked-unfinished';
  return cause.kind === 'flaw' ? cause.flaw : null;
}
