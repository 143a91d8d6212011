import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const audited = 'src/locations/rclone-audited.ts';

/** Whatever of rclone's changes or removes what stands at a remote: verbs as arguments, and options. */
const changing = [
  /(['"`])(?:sync|bisync|move|moveto|copyto|delete|deletefile|purge|rmdir|rmdirs|cleanup|rcat|dedupe|touch|settier)\1/,
  /--(?:delete|ignore-times|ignore-existing|backup-dir|inplace|update\b)/,
];

/** Other meanings of the words, where rclone is not spoken of. */
const allowed: readonly (readonly [string, RegExp])[] = [
  // Another program that owns an inbox.
  ['src/core/inbox-owner.ts', /'sync'/],
  // A list of what may be deleted on a card, for its owner.
  ['src/cli/getting-back.ts', /'--delete-list /],
];

it('only one file names what changes or removes at a remote', () => {
  const files = globSync('src/**/*.ts').filter((file) => file !== audited);
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => changing.some((pattern) => pattern.test(line)))
      .filter((line) => !allowed.some(([name, meaning]) => name === file && meaning.test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

it('and that file does', () => {
  expect(readFileSync(audited, 'utf8')).toMatch(/'deletefile'/);
  expect(readFileSync(audited, 'utf8')).not.toMatch(/'(?:sync|purge|move)'|--delete/);
});
