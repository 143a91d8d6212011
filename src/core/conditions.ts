import type { Place } from '#core/assess.ts';
import type { IgnoredCounts } from '#core/candidates.ts';
import type { SpaceLevel } from '#core/disk-space.ts';
import type { InboxKind, InboxMode } from '#core/inbox-mode.ts';
import type { OwnerFound } from '#core/inbox-owner.ts';
import type { MassChange } from '#core/mass-change.ts';
import type { PlaceCondition } from '#core/place-condition.ts';
import type { ProofPace } from '#core/plan-proof.ts';
import type { Policies } from '#core/policy.ts';
import type { ToolReport } from '#core/ports/tools.ts';
import type { KitCheck } from '#core/recovery-kit.ts';
import type { Trouble } from '#core/trouble.ts';
import type { Watching } from '#core/watching.ts';

/** What the daemon last found out about its surroundings, as rows that page and command line read. */
export interface Conditions {
  readonly vault: { readonly state: 'open' } | Trouble;
  readonly places: { readonly places: readonly Place[]; readonly policies?: Policies };
  readonly space: { readonly level: SpaceLevel; readonly freeBytes: number; readonly totalBytes: number };
  readonly tools: { readonly tools: readonly ToolReport[] };
  readonly library: { readonly written: number; readonly gone: number };
  /** `renewed` until the next check finds it good; `kept` is the file that the damaged one was moved to. */
  readonly catalogue:
    | { readonly state: 'good' | 'damaged' }
    | { readonly state: 'renewed'; readonly kept: string };
  /** How long reading everything back takes, and may take. */
  readonly proofs: ProofPace;
  /** Of each inbox, by its name in rows. */
  readonly [inbox: `inbox:${string}`]: InboxCondition;
  /** Whether much changed at once in the last day. */
  readonly changes: { readonly change: MassChange };
  /** Whether what is secret in the recovery kit is still what is used. */
  readonly kit: KitCheck;
  /** One for each place, by its id. */
  readonly [place: `place:${string}`]: PlaceCondition;
}

export interface InboxCondition {
  readonly root: string;
  readonly state: 'watched' | 'watched-partly' | 'gone';
  readonly mode: InboxMode;
  readonly kind: InboxKind;
  /** The program that uses the inbox, and what shows it, where that is why its files are left alone. */
  readonly forcedBy: OwnerFound | null;
  /** Where watching is not enough: why, so that it is looked through every few minutes. */
  readonly watching: Watching;
  readonly lastLookedAtMs: number | null;
  /** Files and folders that were passed over by their name. */
  readonly ignored: IgnoredCounts;
  /** Files that are not taken by themselves, as they are no videos: how many, and the first of them. */
  readonly left: { readonly total: number; readonly paths: readonly string[] };
}

export type ConditionName = keyof Conditions;
