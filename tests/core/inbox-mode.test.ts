import { describe, expect, it } from 'vitest';
import { effectiveMode } from '#core/inbox-mode.ts';

describe("an inbox's mode", () => {
  it.each([
    ['consume', null, { mode: 'consume', forcedBy: null }],
    ['keep', null, { mode: 'keep', forcedBy: null }],
    ['consume', 'syncthing', { mode: 'keep', forcedBy: 'syncthing' }],
    ['consume', 'project-open', { mode: 'keep', forcedBy: 'project-open' }],
    ['keep', 'syncthing', { mode: 'keep', forcedBy: null }],
  ] as const)('%s, where the inbox is used by %s, is as safe as it has to be', (wanted, by, mode) => {
    const owner = by === null ? null : { by, path: 'a' };
    const forcedBy = mode.forcedBy === null ? null : owner;
    expect(effectiveMode(wanted, owner)).toEqual({ mode: mode.mode, forcedBy });
  });
});
