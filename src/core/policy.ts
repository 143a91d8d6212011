import { type AssetRole, assetRoles } from '#core/asset-role.ts';

/** How many copies, on how many kinds of medium, how many of them away from home. */
export interface Policy {
  readonly copies: number;
  readonly media: number;
  readonly awayFromHome: number;
}

/**
 * Three copies, on two kinds of medium, one of them away from home.
 *
 * @internal
 */
export const defaultPolicy: Policy = { copies: 3, media: 2, awayFromHome: 1 };

/** What holds for each role; one that is not named goes by the default. */
export type Policies = Readonly<Partial<Record<AssetRole, Policy>>>;

export function policyOf(policies: Policies, role: AssetRole): Policy {
  return policies[role] ?? defaultPolicy;
}

/** The setting that holds a role's policy. */
export type PolicySetting = `copies-of-${AssetRole}`;

export const policySettings: readonly PolicySetting[] = assetRoles.map(
  (role) => `copies-of-${role}` as const,
);

export function isPolicySetting(name: string): name is PolicySetting {
  return policySettings.some((setting) => setting === name);
}

/** Reads `3-2-1`: copies, kinds of medium, away from home; null where it is none that can be kept. */
export function parsePolicy(text: string): Policy | null {
  const match = /^([1-9])-([1-3])-(\d)$/.exec(text);
  if (match === null) return null;
  const [copies, media, awayFromHome] = match.slice(1).map(Number) as [number, number, number];
  return media <= copies && awayFromHome <= copies ? { copies, media, awayFromHome } : null;
}

/** What the owner set, read from the settings. */
export function readPolicies(setting: (name: PolicySetting) => string | null): Policies {
  const policies: Partial<Record<AssetRole, Policy>> = {};
  for (const role of assetRoles) {
    const policy = parsePolicy(setting(`copies-of-${role}`) ?? '');
    if (policy !== null) policies[role] = policy;
  }
  return policies;
}
