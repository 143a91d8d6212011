import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeVaultLock } from '#store/vault-lock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

it('a vault that could not be taken after all, as on a full disk, can be taken a moment later', () => {
  const inTheWay = join(folder.path, '.lock-holder');
  mkdirSync(inTheWay);
  expect(() => takeVaultLock(folder.path, 'daemon')).toThrow('EISDIR');
  rmdirSync(inTheWay);
  const outcome = takeVaultLock(folder.path, 'daemon');
  expect(outcome.kind).toBe('held');
  if (outcome.kind === 'held') outcome.lock[Symbol.dispose]();
});
