import { it } from 'vitest';
import { describeLocation } from '#tests/contract/location.contract.ts';
import { remotes } from '#tests/contract/remotes.ts';
import { testedRclones } from '#tests/support/current-rclone.ts';

/**
 * The whole contract over every server, with each rclone that is there. Each share is a file of its own, so that
 * they run side by side.
 */
export function describeRemotes(share: {
  readonly rclone: 'system' | 'current';
  readonly encrypted: boolean;
}): void {
  const [system, current] = testedRclones();
  const rclone = share.rclone === 'system' ? system : current;
  if (rclone === undefined) {
    it.skip(`needs the ${share.rclone} rclone`);
    return;
  }
  for (const [name, open] of Object.entries(remotes)) {
    if (name.includes('crypt') !== share.encrypted) continue;
    describeLocation(`${name} ${rclone.version}`, (folder) => open(folder, rclone.binary));
  }
}
