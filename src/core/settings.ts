import { dayMs } from '#core/assess.ts';
import type { ProofSettings } from '#core/plan-proof.ts';
import { isPolicySetting, type PolicySetting, parsePolicy, policySettings } from '#core/policy.ts';

const numberSettingNames = ['proof-days', 'proof-gb-a-night', 'remind-days'] as const;
type NumberSettingName = (typeof numberSettingNames)[number];
type ReadSetting = (name: NumberSettingName) => string | null;
export type SettingName = NumberSettingName | PolicySetting;
/** Settings that the owner may type; they are records of the journal. `copies-of-…` is a policy: `3-2-1`. */
export const settingNames: readonly SettingName[] = [...numberSettingNames, ...policySettings];

/**
 * `proof-days` and `remind-days`: whole days, 1 to 3650. `proof-gb-a-night`: gigabytes (10^9 bytes), 1 to 1,000,000.
 */
const largest: Readonly<Record<NumberSettingName, number>> = {
  'proof-days': 3650,
  'proof-gb-a-night': 1e6,
  'remind-days': 3650,
};

export function isSettingValue(name: SettingName, value: string): boolean {
  if (isPolicySetting(name)) return parsePolicy(value) !== null;
  return /^[1-9]\d{0,6}$/.test(value) && Number(value) <= largest[name];
}

/** How often copies are read back: as the owner set it, else as the place promises, with no limit a night. */
export function proofSettings(setting: ReadSetting, defaultPromiseMs: number): ProofSettings {
  const days = readNumber(setting, 'proof-days');
  const gigabytes = readNumber(setting, 'proof-gb-a-night');
  return {
    promiseMs: days === null ? defaultPromiseMs : days * dayMs,
    budgetBytes: gigabytes === null ? null : gigabytes * 1e9,
  };
}

const defaultRemindDays = 7;

/** After how many days the owner is reminded of a place that has no rhythm of its own. */
export function remindDays(setting: ReadSetting): number {
  return readNumber(setting, 'remind-days') ?? defaultRemindDays;
}

function readNumber(setting: ReadSetting, name: NumberSettingName): number | null {
  const value = setting(name);
  return value !== null && isSettingValue(name, value) ? Number(value) : null;
}
