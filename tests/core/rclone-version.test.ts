import { expect, it } from 'vitest';
import { judgeRcloneVersion } from '#core/rclone-version.ts';

it.each([
  ["Debian 12's", 'rclone v1.60.1-DEV\n- os/version: debian 12.11\n', '1.60.1', true, 3],
  ['a current one', 'rclone v1.75.2\n', '1.75.2', true, 0],
  ['one between', 'rclone v1.66.0\n', '1.66.0', true, 1],
  ['one that is too old', 'rclone v1.53.3\n', '1.53.3', false, 3],
  ['one that does not say', 'rclone of my own\n', null, true, 0],
  ['another program', 'hello\n', null, false, 0],
])('%s', (_, answer, version, isUsable, lacking) => {
  const found = judgeRcloneVersion(answer);
  expect(found).toMatchObject({ version, isUsable });
  expect(found.lacks).toHaveLength(lacking);
});
