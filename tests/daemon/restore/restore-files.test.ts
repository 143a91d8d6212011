import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobPath } from '#core/digest.ts';
import { ReelholdError } from '#core/errors.ts';
import type { RestoreFile } from '#core/plan-restore.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import { measureRestore, type RestoreOutcome, restoreFiles } from '#daemon/restore/restore-files.ts';
import { openRestoreTarget } from '#store/restore-target.ts';
import { makeArchiveCopy } from '#tests/support/archive-copy.ts';
import { filesBelow } from '#tests/support/plain-archive.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const to = () => join(folder.path, 'to');

async function restore(
  files: readonly RestoreFile[],
  sources: readonly ArchiveSource[],
  signal = new AbortController().signal,
) {
  await using target = await openRestoreTarget(to());
  const outcomes = new Map<string, RestoreOutcome>();
  await restoreFiles(
    files,
    { target, sourcesOf: () => sources },
    { signal, onOutcome: (file, outcome) => outcomes.set(file.path, outcome), onProgress: () => {} },
  );
  return Object.fromEntries(outcomes);
}

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(to(), path)), { recursive: true });
  writeFileSync(join(to(), path), text);
};

describe('videos that are brought back', () => {
  it('stand whole under their own names, with their own dates, and belong to their owner', async () => {
    const copy = makeArchiveCopy();
    const modifiedAtMs = Date.UTC(2026, 1, 3);
    const files = [
      { ...copy.hold('2026/2026-02-03 Rome/Rome.mp4', 'rome'), modifiedAtMs },
      copy.hold('2026/2026-02-03 Rome/older versions/Rome (version 1).mp4', 'old'),
    ];
    expect(await restore(files, [copy.source])).toEqual({
      [files[0]?.path ?? '']: { kind: 'brought', path: files[0]?.path },
      [files[1]?.path ?? '']: { kind: 'brought', path: files[1]?.path },
    });
    expect(filesBelow(to())).toEqual({
      '2026/2026-02-03 Rome/Rome.mp4': 'rome',
      '2026/2026-02-03 Rome/older versions/Rome (version 1).mp4': 'old',
    });
    const stat = statSync(join(to(), files[0]?.path ?? ''));
    expect(stat.mtimeMs).toBe(modifiedAtMs);
    expect(stat.mode & 0o200).toBe(0o200);
  });

  it('come from the next place where one is bad, lacks them, or is away', async () => {
    const [damaged, away, empty, good] = ['damaged', 'away', 'empty', 'good'].map(makeArchiveCopy);
    const file = good?.hold('Rome.mp4', 'rome');
    if (!damaged || !away || !empty || !good || !file) throw new Error('no copies');
    damaged.hold('Rome.mp4', 'rome');
    damaged.damage(file.digest);
    away.place.away = 'not-connected';
    const places = [damaged, away, empty, good].map(({ source }) => source);
    expect(await restore([file], places)).toEqual({ 'Rome.mp4': { kind: 'brought', path: 'Rome.mp4' } });
    expect(filesBelow(to())).toEqual({ 'Rome.mp4': 'rome' });
    expect(await restore([{ ...file, path: 'b.mp4' }], places.slice(1, 3))).toEqual({
      'b.mp4': {
        kind: 'failed',
        reasons: [expect.stringContaining('away: '), expect.stringContaining('empty: ')],
      },
    });
    expect(filesBelow(to())).toEqual({ 'Rome.mp4': 'rome' });
  });

  it('come as they are, under a name that says so, where no place has good bytes of one', async () => {
    const [cut, bad, away] = ['cut', 'bad', 'away'].map(makeArchiveCopy);
    const file = bad?.hold('Rome.mp4', 'rome');
    if (!cut || !bad || !away || !file) throw new Error('no copies');
    cut.place.files.set(blobPath(file), Buffer.from('ro'));
    bad.damage(file.digest);
    away.place.away = 'not-connected';
    const places = [cut, away, bad].map(({ source }) => source);
    const outcome = {
      kind: 'damaged',
      path: 'Rome (damaged).mp4',
      reasons: [
        'cut: the copy there is damaged',
        expect.stringContaining('away: '),
        'bad: the copy there is damaged',
      ],
    };
    expect(await restore([file], places)).toEqual({ 'Rome.mp4': outcome });
    // The least bad, and only once.
    expect(filesBelow(to())).toEqual({ 'Rome (damaged).mp4': 'some' });
    expect(await restore([file], places)).toEqual({ 'Rome.mp4': outcome });
    expect(filesBelow(to())).toEqual({ 'Rome (damaged).mp4': 'some' });
    expect(readdirSync(to())).toEqual(['Rome (damaged).mp4']);
    const good = makeArchiveCopy('good');
    good.hold('Rome.mp4', 'rome');
    expect(await restore([file], [...places, good.source])).toMatchObject({
      'Rome.mp4': { kind: 'brought' },
    });
    expect(filesBelow(to())).toEqual({ 'Rome.mp4': 'rome', 'Rome (damaged).mp4': 'some' });
    expect(await restore([file], places)).toMatchObject({ 'Rome.mp4': { kind: 'there', path: 'Rome.mp4' } });
  });

  it('replace nothing that has the name of a damaged one, and are none where nothing is left of it', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('Rome.mp4', 'rome');
    copy.damage(file.digest);
    write('Rome (damaged).mp4', 'mine');
    expect(await restore([file], [copy.source])).toMatchObject({
      'Rome.mp4': { kind: 'damaged', path: 'Rome (damaged) (2).mp4' },
    });
    expect(readFileSync(join(to(), 'Rome (damaged).mp4'), 'utf8')).toBe('mine');
    const empty = makeArchiveCopy();
    empty.place.files.set(blobPath(file), Buffer.from(''));
    expect(await restore([{ ...file, path: 'b.mp4' }], [empty.source])).toMatchObject({
      'b.mp4': { kind: 'failed' },
    });
    expect(readdirSync(to())).toHaveLength(2);
  });

  it('give the room of a damaged one to what may be good', async () => {
    const [bad, good] = ['bad', 'good'].map(makeArchiveCopy);
    const file = bad?.hold('Rome.mp4', 'rome');
    if (!bad || !good || !file) throw new Error('no copies');
    good.hold('Rome.mp4', 'rome');
    bad.damage(file.digest);
    const drafts = () => {
      const [work = ''] = readdirSync(to());
      return readdirSync(join(to(), work)).length;
    };
    const source: ArchiveSource = {
      ...good.source,
      async copy(...args) {
        if (drafts() === 0) return await good.source.copy(...args);
        const facts = { kind: 'full', operation: 'copy into the vault', object: 'x', side: 'vault' } as const;
        throw new ReelholdError(facts, 'no space left on the disk');
      },
    };
    expect(await restore([file], [bad.source, source])).toMatchObject({ 'Rome.mp4': { kind: 'brought' } });
    expect(filesBelow(to())).toEqual({ 'Rome.mp4': 'rome' });
  });

  it('are left where they stand already, by their bytes and not by their size', async () => {
    const copy = makeArchiveCopy();
    const files = [copy.hold('a.mp4', 'aaaa'), copy.hold('b.mp4', 'bbbb')];
    write('a.mp4', 'aaaa');
    write('b.mp4', 'not b');
    const before = statSync(join(to(), 'a.mp4'), { bigint: true });
    expect(await restore(files, [copy.source])).toEqual({
      'a.mp4': { kind: 'there', path: 'a.mp4' },
      'b.mp4': { kind: 'brought', path: 'b (2).mp4' },
    });
    expect(statSync(join(to(), 'a.mp4'), { bigint: true })).toMatchObject({
      ino: before.ino,
      mtimeNs: before.mtimeNs,
    });
    expect(filesBelow(to())).toEqual({ 'a.mp4': 'aaaa', 'b.mp4': 'not b', 'b (2).mp4': 'bbbb' });
    expect(await restore(files, [copy.source])).toMatchObject({
      'b.mp4': { kind: 'there', path: 'b (2).mp4' },
    });
    expect(readdirSync(to())).toHaveLength(3);
  });

  it('replace nothing of the same size, however many stand in the way', async () => {
    const copy = makeArchiveCopy();
    const file = copy.hold('a.mp4', 'good');
    for (const name of ['a.mp4', 'a (2).mp4', 'a (3).mp4']) write(name, 'evil');
    mkdirSync(join(to(), 'a (4).mp4'));
    expect(await restore([file], [copy.source])).toEqual({ 'a.mp4': { kind: 'brought', path: 'a (5).mp4' } });
    expect(readFileSync(join(to(), 'a.mp4'), 'utf8')).toBe('evil');
  });

  it('go on where they were interrupted, without a trace of what was half-way', async () => {
    const copy = makeArchiveCopy();
    const files = Array.from({ length: 20 }, (_, n) => copy.hold(`${n}.mp4`, `bytes ${n}`));
    const stop = new AbortController();
    let copies = 0;
    const source: ArchiveSource = {
      ...copy.source,
      async copy(...args) {
        copies += 1;
        if (copies > 8) stop.abort();
        return await copy.source.copy(...args);
      },
    };
    await expect(restore(files, [source], stop.signal)).rejects.toThrow();
    const first = filesBelow(to());
    expect(Object.keys(first).length).toBeLessThan(20);
    for (const [name, text] of Object.entries(first)) expect(text).toBe(`bytes ${Number.parseInt(name, 10)}`);
    copies = -1000;
    const again = await restore(files, [source]);
    const kinds = Object.values(again).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'there')).toHaveLength(Object.keys(first).length);
    expect(Object.keys(filesBelow(to()))).toHaveLength(20);
  });

  it('end where the disk that they come to is full, instead of failing one by one', async () => {
    const copy = makeArchiveCopy();
    const files = Array.from({ length: 50 }, (_, n) => copy.hold(`${n}.mp4`, `bytes ${n}`));
    let copies = 0;
    const source: ArchiveSource = {
      ...copy.source,
      copy: () => {
        copies += 1;
        const facts = { kind: 'full', operation: 'copy into the vault', object: 'x', side: 'vault' } as const;
        return Promise.reject(new ReelholdError(facts, 'no space left on the disk'));
      },
    };
    await expect(restore(files, [source])).rejects.toThrow(/^write \d\.mp4: no space left on the disk$/);
    expect(copies).toBeLessThan(10);
  });

  it('do not begin where there is no room for them', async () => {
    const copy = makeArchiveCopy();
    const huge = { ...copy.hold('a.mp4', 'a'), sizeBytes: 2 ** 60 };
    await using target = await openRestoreTarget(to());
    const { signal } = new AbortController();
    await expect(measureRestore([huge], target, signal)).rejects.toMatchObject({ kind: 'full' });
    const small = copy.hold('b.mp4', 'b');
    expect(await measureRestore([small], target, signal)).toEqual({ files: 1, bytes: 1 });
  });

  it('are not lost among those that cannot be written', async () => {
    const copy = makeArchiveCopy();
    const [good, long] = [copy.hold('good.mp4', 'good'), copy.hold(`${'x'.repeat(300)}.mp4`, 'long')];
    write('file', 'in the way');
    const blocked = copy.hold('file/Rome.mp4', 'blocked');
    const outcomes = await restore([long, blocked, good], [copy.source]);
    expect(
      Object.values(outcomes)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['brought', 'failed', 'failed']);
    expect(filesBelow(to())).toEqual({ file: 'in the way', 'good.mp4': 'good' });
  });
});
