import { dayMs } from '#core/assess.ts';
import type { ProofSettings } from '#core/plan-proof.ts';
import { isPolicySetting, type PolicySetting, parsePolicy, policySettings } from '#core/policy.ts';

const proofSettingNames = ['proof-days', 'proof-gb-a-night'] as const;
type ProofSettingName = (typeof proofSettingNames)[number];
export type SettingName = ProofSettingName | PolicySetting;
/** Settings that the owner may type; they are records of the journal. `copies-of-…` is a policy: `3-2-1`. */
export const settingNames: readonly SettingName[] = [...proofSettingNames, ...policySettings];

/**
 * `proof-days`: whole days, 1 to 3650. `proof-gb-a-night`: gigabytes (10^9 bytes), 1 to 1,000,000.
 */
const largest: Readonly<Record<ProofSettingName, number>> = { 'proof-days': 3650, 'proof-gb-a-night': 1e6 };

export function isSettingValue(name: SettingName, value: string): boolean {
  if (isPolicySetting(name)) return parsePolicy(value) !== null;
  return /^[1-9]\d{0,6}$/.test(value) && Number(value) <= largest[name];
}

/** How often copies are read back: as the owner set it, else as the place promises, with no limit a night. */
export function proofSettings(
  setting: (name: ProofSettingName) => string | null,
  defaultPromiseMs: number,
): ProofSettings {
  const read = (name: ProofSettingName) => {
    const value = setting(name);
    return value !== null && isSettingValue(name, value) ? Number(value) : null;
  };
  const days = read('proof-days');
  const gigabytes = read('proof-gb-a-night');
  return {
    promiseMs: days === null ? defaultPromiseMs : days * dayMs,
    budgetBytes: gigabytes === null ? null : gigabytes * 1e9,
  };
}
