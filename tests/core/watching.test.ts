import { describe, expect, it } from 'vitest';
import { gapOfError, raiseLimit, type WatchFacts, watchingOf } from '#core/watching.ts';

const well: WatchFacts = {
  reach: 'local',
  type: 'ext4',
  trouble: null,
  hasOddNames: false,
  hasUnreadable: false,
};

describe('how an inbox is looked at', () => {
  it.each<[Partial<WatchFacts>, object]>([
    [{}, { gap: null, type: null }],
    [
      { reach: 'network', type: 'cifs', trouble: 'trouble' },
      { gap: 'network', type: 'cifs' },
    ],
    [
      { reach: 'fuse', type: 'fuse.shfs', hasOddNames: true },
      { gap: 'fuse', type: 'fuse.shfs' },
    ],
    [
      { trouble: 'watch-limit', hasUnreadable: true },
      { gap: 'watch-limit', type: null },
    ],
    [
      { hasUnreadable: true, hasOddNames: true },
      { gap: 'unreadable', type: null },
    ],
    [{ hasOddNames: true }, { gap: 'odd-names', type: null }],
  ])('where %j is said with the reason that explains most', (facts, watching) => {
    expect(watchingOf({ ...well, ...facts })).toEqual(watching);
  });

  it.each([
    ['ENOSPC', 'watch-limit', 'max_user_watches'],
    ['EMFILE', 'watcher-limit', 'max_user_instances'],
    ['ENFILE', 'watcher-limit', 'max_user_instances'],
    ['EACCES', 'trouble', null],
    [undefined, 'trouble', null],
  ] as const)('tells by the error %s that it is %s, and what to raise: %s', (code, gap, setting) => {
    expect(gapOfError(code)).toBe(gap);
    if (setting === null) expect(raiseLimit[gap]).toBeUndefined();
    else expect(raiseLimit[gap]).toContain(setting);
  });
});
