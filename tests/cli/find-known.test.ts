import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImportPlan, type ImportPlan } from '#catalogue/import-plan.ts';
import { findKnown } from '#cli/find-known.ts';
import { blobPath } from '#core/digest.ts';
import { makeClosedPath } from '#tests/support/closed-path.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
const film = Buffer.alloc(2 * 1024 * 1024, 'a film');
const held = { digest: digestOf(film), ext: 'mp4' };
const blob = () => at(join('vault', blobPath(held)));
let plan: ImportPlan;
beforeEach(() => {
  plan = createImportPlan(1);
  mkdirSync(dirname(blob()), { recursive: true });
  writeFileSync(blob(), film);
  plan.addHeld([{ ...held, sizeBytes: film.length }]);
});
afterEach(() => plan[Symbol.dispose]());

const add = (name: string) => {
  writeFileSync(at(name), film);
  const facts = { within: folder.path, sizeBytes: film.length, mtimeMs: 1, turn: 2 } as const;
  plan.add([{ ...facts, path: at(name), place: { kind: 'video' }, nameKey: null, takenAtMs: null }]);
};
const look = () =>
  findKnown({
    ...{ plan, config: { vaultDir: at('vault') }, nowMs: () => 0, atMostMs: 1 },
    signal: new AbortController().signal,
  });

describe('the look at what is held already', () => {
  it('finds what the vault has, and says that it looked into everything', async () => {
    add('Rome.mp4');
    expect(await look()).toBe(true);
    expect(plan.counts().held.files).toBe(1);
  });

  it.each([
    ['a file', () => at('Rome.mp4')],
    ['what the vault has of its size', blob],
  ])('says that it is not complete where %s cannot be read', async (_, path) => {
    add('Rome.mp4');
    rmSync(path());
    makeClosedPath(path());
    expect(await look()).toBe(false);
    expect(plan.counts().held.files).toBe(0);
  });
});
