import { dayMs } from '#core/assess.ts';
import type { ProofSettings } from '#core/plan-proof.ts';

/** Settings that the owner may type; they are records of the journal. */
export const settingNames = ['proof-days', 'proof-gb-a-night'] as const;
export type SettingName = (typeof settingNames)[number];

/** `proof-days`: whole days, 1 to 3650. `proof-gb-a-night`: gigabytes (10^9 bytes), 1 to 1,000,000. */
const largest: Readonly<Record<SettingName, number>> = { 'proof-days': 3650, 'proof-gb-a-night': 1e6 };

export function isSettingValue(name: SettingName, value: string): boolean {
  return /^[1-9]\d{0,6}$/.test(value) && Number(value) <= largest[name];
}

/** How often copies are read back: as the owner set it, else as the place promises, with no limit a night. */
export function proofSettings(
  setting: (name: SettingName) => string | null,
  defaultPromiseMs: number,
): ProofSettings {
  const read = (name: SettingName) => {
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
