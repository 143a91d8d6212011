import type { OwnerFound } from './inbox-owner.ts';

/** `consume`: empty after saving. `keep`: leave my files alone. */
export type InboxMode = 'consume' | 'keep';

/** `loose`: every video stands for itself. `projects`: a folder at its top is one video's project, with all in it. */
export type InboxKind = 'loose' | 'projects';

export interface EffectiveMode {
  readonly mode: InboxMode;
  /** Why it is not what was asked for: another program uses the inbox. */
  readonly forcedBy: OwnerFound | null;
}

/** An inbox that another program uses is left alone, whatever was asked for. */
export function effectiveMode(wanted: InboxMode, owner: OwnerFound | null): EffectiveMode {
  if (wanted === 'consume' && owner !== null) return { mode: 'keep', forcedBy: owner };
  return { mode: wanted, forcedBy: null };
}
