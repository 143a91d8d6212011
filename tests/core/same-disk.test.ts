import { describe, expect, it } from 'vitest';
import { compareDisks, countAsOne } from '#core/same-disk.ts';

describe('two folders', () => {
  it.each([
    ['same', true, 'one file system', ['8:1', ['sda']], ['8:1', ['sda']]],
    ['same', true, 'one file system that says nothing', ['0:40', null], ['0:40', null]],
    ['same', true, 'two partitions of one disk', ['8:1', ['sda']], ['8:2', ['sda']]],
    ['same', true, 'a mirror and a disk that is part of it', ['9:0', ['sda', 'sdb']], ['8:17', ['sdb']]],
    ['apart', false, 'two disks', ['8:1', ['sda']], ['8:17', ['sdb']]],
    ['apart', false, 'a mirror and another disk', ['9:0', ['sda', 'sdb']], ['8:33', ['sdc']]],
    ['unknown', true, 'a pool and a disk', ['0:40', null], ['8:17', ['sdb']]],
    ['unknown', true, 'two pools', ['0:40', null], ['0:41', null]],
  ] as const)(
    'are on disks that are: %s (count as one: %s), where they are on %s',
    (relation, isOne, _, [a, disksOfA], [b, disksOfB]) => {
      const found = compareDisks({ device: a, disks: disksOfA }, { device: b, disks: disksOfB });
      expect([found, countAsOne(found)]).toEqual([relation, isOne]);
    },
  );
});
