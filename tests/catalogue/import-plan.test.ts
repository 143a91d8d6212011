import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImportPlan, type FoundFile, type ImportPlan } from '#catalogue/import-plan.ts';
import { digestOf } from '#tests/support/digests.ts';

let plan: ImportPlan;
beforeEach(() => {
  plan = createImportPlan();
});
afterEach(() => plan[Symbol.dispose]());

const found = (path: string, change: Partial<FoundFile> = {}): FoundFile => ({
  ...{ path: `/old/${path}`, within: '/old', sizeBytes: 10, fingerprint: 'f', mtimeMs: 1 },
  ...{ rank: 2, nameKey: null, isTaken: false },
  ...change,
});
const order = () => plan.next(0, 100).map(({ path }) => path.slice('/old/'.length));

describe('the plan of an import', () => {
  it('goes from the most finished to the least, and from the newest to the oldest', () => {
    plan.add([
      found('raw', { rank: 4, mtimeMs: 9 }),
      found('old final', { rank: 0, mtimeMs: 1 }),
      found('unknown', { mtimeMs: 5 }),
      found('new final', { rank: 0, mtimeMs: 2 }),
    ]);
    expect(order()).toEqual(['new final', 'old final', 'unknown', 'raw']);
  });

  it('keeps files of one name together, the most finished and newest last: it becomes the newest version', () => {
    plan.add([
      found('another final', { rank: 0, mtimeMs: 2 }),
      found('Rome draft of 2020', { rank: 3, mtimeMs: 7, nameKey: 'rome' }),
      found('Rome final', { rank: 0, mtimeMs: 5, nameKey: 'rome' }),
      found('Rome draft of 2019', { rank: 3, mtimeMs: 6, nameKey: 'rome' }),
      found('Rome first final', { rank: 0, mtimeMs: 3, nameKey: 'rome' }),
    ]);
    expect(order()).toEqual([
      'Rome draft of 2019',
      'Rome draft of 2020',
      'Rome first final',
      'Rome final',
      'another final',
    ]);
  });

  it('is told page by page, with names of any bytes', () => {
    plan.add([found('caf\uDCE9.mp4', { mtimeMs: 3 }), found('b', { mtimeMs: 2 }), found('c')]);
    const [first] = plan.next(0, 1);
    expect(first).toMatchObject({ position: 1, path: '/old/caf\uDCE9.mp4', within: '/old', sizeBytes: 10 });
    expect(plan.next(1, 5).map(({ position }) => position)).toEqual([2, 3]);
    expect(plan.next(3, 5)).toEqual([]);
  });

  it('leaves out what is there already, and what was taken before', () => {
    plan.add([found('a'), found('taken', { isTaken: true, sizeBytes: 7 })]);
    plan.add([found('a', { sizeBytes: 99 })]);
    expect(order()).toEqual(['a']);
    expect(plan.counts()).toMatchObject({
      taken: { files: 1, bytes: 7 },
      open: { files: 1, bytes: 10 },
    });
  });

  it('asks for a look into files whose size another one has, and counts what is there twice once', () => {
    plan.add([found('a'), found('b'), found('c', { sizeBytes: 11 }), found('d', { isTaken: true })]);
    const alike = plan.alike(0, 100);
    expect(alike.map(({ path }) => path)).toEqual(['/old/a', '/old/b']);
    for (const { id } of alike) plan.noteSample(id, 'same', false);
    expect(plan.counts()).toMatchObject({ twice: { files: 1, bytes: 10 }, held: { files: 0, bytes: 0 } });
  });

  it('takes last what comes twice, in the better place first', () => {
    plan.add([
      found('raw', { rank: 4 }),
      found('final', { rank: 0, mtimeMs: 2 }),
      found('copy of the final', { rank: 0, mtimeMs: 1 }),
      found('other', { sizeBytes: 11 }),
    ]);
    const samples = { '/old/raw': 'r', '/old/final': 'f', '/old/copy of the final': 'f' };
    for (const { id, path } of plan.alike(0, 100)) {
      plan.noteSample(id, samples[path as keyof typeof samples], false);
    }
    expect(order()).toEqual(['final', 'other', 'raw', 'copy of the final']);
  });

  it('does not ask for a look into a file of which only one was not taken yet', () => {
    plan.add([found('a'), found('d', { isTaken: true })]);
    expect(plan.alike(0, 100)).toEqual([]);
  });

  it('knows what the vault holds by its size, and counts what looked like it as held, not as twice', () => {
    const held = { digest: digestOf('x'), ext: 'mp4', sizeBytes: 10 };
    plan.addHeld([held]);
    plan.add([found('a'), found('b'), found('c', { sizeBytes: 11 })]);
    expect(plan.heldOfSize(10)).toEqual([held]);
    expect(plan.heldOfSize(11)).toEqual([]);
    for (const { id } of plan.alike(0, 100)) plan.noteSample(id, 'same', true);
    expect(plan.counts()).toMatchObject({ twice: { files: 0 }, held: { files: 2, bytes: 20 } });
  });

  it('names the largest file, if there is one', () => {
    expect(plan.largest()).toBeNull();
    plan.add([found('a'), found('large', { sizeBytes: 50 })]);
    expect(plan.largest()).toMatchObject({ path: '/old/large' });
  });
});
