import { describe, expect, it } from 'vitest';
import { effectiveMode } from '#core/inbox-mode.ts';

describe("an inbox's mode", () => {
  it.each([
    ['consume', null, { mode: 'consume', forcedBy: null }],
    ['keep', null, { mode: 'keep', forcedBy: null }],
    ['consume', 'syncthing', { mode: 'keep', forcedBy: 'syncthing' }],
    ['consume', 'sync', { mode: 'keep', forcedBy: 'sync' }],
    ['consume', 'project', { mode: 'keep', forcedBy: 'project' }],
    ['keep', 'syncthing', { mode: 'keep', forcedBy: null }],
  ] as const)('%s, where the inbox belongs to %s, is as safe as it has to be', (wanted, owner, mode) => {
    expect(effectiveMode(wanted, owner)).toEqual(mode);
  });
});
