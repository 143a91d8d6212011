import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImportPlan, type FoundFile, type ImportPlan } from '#catalogue/import-plan.ts';
import { digestOf } from '#tests/support/digests.ts';

const beganAtMs = 1_000_000;
let plan: ImportPlan;
beforeEach(() => {
  plan = createImportPlan(beganAtMs);
});
afterEach(() => plan[Symbol.dispose]());

const found = (path: string, change: Partial<FoundFile> = {}): FoundFile => ({
  ...{ path: `/old/${path}`, within: '/old', sizeBytes: 10, mtimeMs: 1 },
  ...{ turn: 2, place: { kind: 'video' }, nameKey: null, takenAtMs: null },
  ...change,
});
const order = () => plan.next('first', 0, 100).map(({ path }) => path.slice('/old/'.length));

describe('the plan of an import', () => {
  it('goes from the most finished to the least, and from the newest to the oldest', () => {
    plan.add([
      found('raw', { turn: 4, mtimeMs: 9 }),
      found('old final', { turn: 0, mtimeMs: 1 }),
      found('unknown', { mtimeMs: 5 }),
      found('new final', { turn: 0, mtimeMs: 2 }),
    ]);
    expect(order()).toEqual(['new final', 'old final', 'unknown', 'raw']);
  });

  it('keeps files of one name together, the most finished and newest last: it becomes the newest version', () => {
    plan.add([
      found('another final', { turn: 0, mtimeMs: 2 }),
      found('Rome draft of 2020', { turn: 3, mtimeMs: 7, nameKey: 'rome' }),
      found('Rome final', { turn: 0, mtimeMs: 5, nameKey: 'rome' }),
      found('Rome draft of 2019', { turn: 3, mtimeMs: 6, nameKey: 'rome' }),
      found('Rome first final', { turn: 0, mtimeMs: 3, nameKey: 'rome' }),
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
    const [first] = plan.next('first', 0, 1);
    expect(first).toMatchObject({ position: 1, path: '/old/caf\uDCE9.mp4', within: '/old', sizeBytes: 10 });
    expect(plan.next('first', 1, 5).map(({ position }) => position)).toEqual([2, 3]);
    expect(plan.next('first', 3, 5)).toEqual([]);
  });

  it('leaves out what is there already, and what was taken before', () => {
    plan.add([found('a'), found('taken', { takenAtMs: 5, sizeBytes: 7 })]);
    plan.add([found('a', { sizeBytes: 99 })]);
    expect(order()).toEqual(['a']);
    expect(plan.counts()).toMatchObject({
      taken: { files: 1, bytes: 7 },
      open: { files: 1, bytes: 10 },
    });
  });

  it('asks for a look into files whose size another one has, and counts what is there twice once', () => {
    plan.add([found('a'), found('b'), found('c', { sizeBytes: 11 }), found('d', { takenAtMs: 5 })]);
    const alike = plan.alike(0, 100);
    expect(alike.map(({ path }) => path)).toEqual(['/old/a', '/old/b']);
    for (const { id } of alike) plan.noteSample(id, 'same', false);
    expect(plan.counts()).toMatchObject({ twice: { files: 1, bytes: 10 }, held: { files: 0, bytes: 0 } });
  });

  it('takes last what comes twice, in the better place first', () => {
    plan.add([
      found('raw', { turn: 4 }),
      found('final', { turn: 0, mtimeMs: 2 }),
      found('copy of the final', { turn: 0, mtimeMs: 1 }),
      found('other', { sizeBytes: 11 }),
    ]);
    const samples = { '/old/raw': 'r', '/old/final': 'f', '/old/copy of the final': 'f' };
    for (const { id, path } of plan.alike(0, 100)) {
      plan.noteSample(id, samples[path as keyof typeof samples], false);
    }
    expect(order()).toEqual(['final', 'other', 'raw', 'copy of the final']);
  });

  it('takes of what comes twice the project first, then the shorter name', () => {
    const place = {
      kind: 'project',
      ...{ key: '/old/Oslo', folder: 'Oslo', path: '' },
      ...({ role: 'master', partKind: 'other' } as const),
    } as const;
    plan.add([found('Rome (1).mp4'), found('Rome.mp4')]);
    plan.add([found('Oslo.mp4', { sizeBytes: 11 }), found('Oslo/final.mp4', { sizeBytes: 11, place })]);
    for (const { id, sizeBytes } of plan.alike(0, 100)) plan.noteSample(id, `same ${sizeBytes}`, false);
    expect(order().slice(-2).toSorted()).toEqual(['Oslo.mp4', 'Rome (1).mp4']);
  });

  it('does not ask for a look into a file of which only one was not taken yet', () => {
    plan.add([found('a'), found('d', { takenAtMs: 5 })]);
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

  it('takes what lies beside a video right after it, whatever its own size and time, and counts it apart', () => {
    const beside = (path: string, file: string) =>
      found(path, { mtimeMs: 99, place: { kind: 'beside', partKind: 'sidecar', file: `/old/${file}` } });
    plan.add([
      ...[beside('a.aae', 'a.mov'), beside('b.aae', 'b.mov'), beside('b.xmp', 'b.mov')],
      ...[found('a.mov', { turn: 4 }), found('b.mov', { turn: 0, nameKey: 'b' })],
      found('b.mp4', { turn: 3, nameKey: 'b' }),
    ]);
    plan.settle(
      () => false,
      () => {},
    );
    expect(order()).toEqual(['b.mp4', 'b.mov', 'b.aae', 'b.xmp', 'a.mov', 'a.aae']);
    expect(plan.next('first', 1, 2).map(({ work, follows }) => [work, follows])).toEqual([
      ['b', false],
      ['b', true],
    ]);
    expect(plan.counts()).toMatchObject({ videos: 3, beside: 3, open: { files: 6, bytes: 60 } });
    expect(plan.alike(0, 10).map(({ path }) => path)).toEqual(['/old/a.mov', '/old/b.mov', '/old/b.mp4']);
  });

  it('leaves out what belongs to a video that is not there, and keeps what finds one by its name', () => {
    const named = (path: string, ...keys: readonly string[]) =>
      found(path, { place: { kind: 'named', partKind: 'subtitle', keys } });
    plan.add([
      found('gone.aae', { place: { kind: 'beside', partKind: 'sidecar', file: '/old/gone.mov' } }),
      ...[named('subs/here.srt', 'here.de', 'here'), named('held.srt', 'held'), named('none.srt', 'none')],
      found('here.mp4', { nameKey: 'here' }),
    ]);
    const leftOut: string[] = [];
    plan.settle(
      (key) => key === 'held',
      (path) => leftOut.push(path),
    );
    expect(leftOut).toEqual(['/old/gone.aae', '/old/none.srt']);
    expect(order()).toEqual(['here.mp4']);
    const places = plan.next('last', 0, 9).map(({ path, place }) => [path, place] as const);
    expect(Object.fromEntries(places)).toEqual({
      '/old/held.srt': { kind: 'named', partKind: 'subtitle', keys: ['held'] },
      '/old/subs/here.srt': { kind: 'beside', partKind: 'subtitle', file: '/old/here.mp4' },
    });
  });

  it('takes the finals of all projects before the footage of any, and of one its versions together', () => {
    const file = (path: string, project: string, role: 'master' | null, change: Partial<FoundFile> = {}) =>
      found(path, {
        turn: role === null ? 4 : 0,
        place: {
          ...{ kind: 'project', key: `/old/${project}`, folder: project, role, path: '' },
          partKind: role === null ? 'raw' : 'other',
        },
        ...change,
      });
    plan.add([
      ...[file('Rome/raw.mov', 'Rome', null, { mtimeMs: 9 }), file('Oslo/raw.mov', 'Oslo', null)],
      file('Rome/old.mp4', 'Rome', 'master', { mtimeMs: 2 }),
      file('Rome/new.mp4', 'Rome', 'master', { mtimeMs: 8 }),
      file('Oslo/final.mp4', 'Oslo', 'master', { mtimeMs: 5 }),
    ]);
    expect(order()).toEqual([
      'Rome/old.mp4',
      'Rome/new.mp4',
      'Oslo/final.mp4',
      'Rome/raw.mov',
      'Oslo/raw.mov',
    ]);
    expect(plan.counts()).toMatchObject({ projects: 2, inProjects: 5, videos: 0 });
    expect(plan.counts().largest).toEqual([
      { folder: '/old/Rome', files: 3, versions: 2 },
      { folder: '/old/Oslo', files: 2, versions: 1 },
    ]);
  });

  it('knows since when a project is the same: since its first file that stands there was taken, else since now', () => {
    const inCard = (path: string, takenAtMs: number | null): FoundFile =>
      found(path, {
        takenAtMs,
        place: {
          ...{ kind: 'project', key: path.slice(0, path.lastIndexOf('/')), folder: 'DCIM', role: null },
          ...{ partKind: 'raw', path: '' },
        },
      });
    plan.add([inCard('a/1', 70), inCard('a/2', 50), inCard('a/3', null), inCard('b/1', null)]);
    const since = plan
      .next('first', 0, 9)
      .map(({ path, place }) => [path, place.kind === 'project' && place.sinceMs]);
    expect(since).toEqual([
      ['/old/a/3', 50],
      ['/old/b/1', beganAtMs],
    ]);
  });

  it('holds the place of a name that is not UTF-8 whole', () => {
    const file = '/old/caf\uDCE9.mov';
    plan.add([
      found('caf\uDCE9.mov'),
      found('caf\uDCE9.aae', { place: { kind: 'beside', partKind: 'sidecar', file } }),
    ]);
    plan.settle(
      () => false,
      () => {},
    );
    expect(plan.next('first', 0, 9).at(-1)).toMatchObject({ follows: true, place: { file } });
  });

  it('names the largest file, if there is one', () => {
    expect(plan.largest()).toBeNull();
    plan.add([found('a'), found('large', { sizeBytes: 50 })]);
    expect(plan.largest()).toMatchObject({ path: '/old/large' });
  });
});
