import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isReelholdError } from '#core/errors.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import { fingerprint } from '#core/settle.ts';
import { createExaminer, type Examiner } from '#daemon/inbox/examine.ts';
import { createFolderNames } from '#daemon/inbox/folder-names.ts';
import type { ListFindings } from '#daemon/inbox/list-file.ts';
import type { Listed } from '#daemon/inbox/listed-files.ts';
import { statInboxFile } from '#daemon/inbox/walk.ts';
import { createSourceFiles } from '#store/source-files.ts';
import { smallFilm } from '#tests/support/boxes.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const minute = 60_000;
const open = useCatalogue(useTempFolder());
const root = mkdtempSync(join(tmpdir(), 'reelhold-examine-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A clock that stands still until it is moved. */
const time = { wallMs: Date.UTC(2026, 10, 27), monotonicMs: 5_000 };
const clock = {
  nowMs: () => time.wallMs,
  monotonicMs: () => time.monotonicMs,
  sleep: () => Promise.reject(new Error('nobody sleeps here')),
};
const pass = (ms: number) => {
  time.wallMs += ms;
  time.monotonicMs += ms;
};

let listed: Listed | null = null;
let list: ListFindings | null = null;
const hastened: string[] = [];
const opened: string[] = [];
const disk = createSourceFiles();
const files: SourceFiles = {
  ...disk,
  open(source) {
    opened.push(source.path);
    return disk.open(source);
  },
};
const newExaminer = () =>
  createExaminer({
    inbox: 'inbox',
    root: () => root,
    catalogue: open.catalogue,
    files,
    names: createFolderNames({ root: () => root, files, clock }),
    listed: { of: async () => listed, namedIn: async () => ({ paths: [], missing: 0 }) },
    lists: { judge: async () => list },
    clock,
    hasten: (path) => hastened.push(path),
  });

/** As the taker asks, and notes what it is told. */
async function examine(examiner: Examiner, path: string) {
  const stat = await statInboxFile(root, path);
  if (stat === null) throw new Error(`there is no ${path}`);
  const found = await examiner.examine({ path, stat });
  if (found.kind === 'wait') {
    const rows = open.catalogue.sightings;
    const seen = { inbox: 'inbox', path, sizeBytes: stat.sizeBytes, fingerprint: fingerprint(stat) };
    const row = rows.find('inbox', path);
    if (row?.reason !== found.reason || row.fingerprint !== seen.fingerprint) {
      rows.see({ ...seen, state: 'waiting', reason: found.reason }, clock.nowMs());
    }
  }
  return found;
}

const cutOff = () => smallFilm().subarray(0, 5000);

describe('an examination', () => {
  it('goes on waiting after a restart where it was, but for the last ten minutes', async () => {
    writeFileSync(join(root, 'half.mp4'), cutOff());
    expect(await examine(newExaminer(), 'half.mp4')).toMatchObject({ kind: 'wait', delayMs: 10_000 });
    pass(45 * minute);
    time.monotonicMs = 3;
    const again = newExaminer();
    expect(await examine(again, 'half.mp4')).toMatchObject({ kind: 'wait', reason: 'cut-off' });
    pass(14 * minute);
    expect((await examine(again, 'half.mp4')).kind).toBe('wait');
    pass(minute);
    expect(await examine(again, 'half.mp4')).toEqual({
      kind: 'take',
      damaged: 'cut-off',
      expects: null,
      mayClear: false,
      videos: null,
    });
  });

  it('believes no clock that has jumped while nobody watched', async () => {
    writeFileSync(join(root, 'jump.mp4'), cutOff());
    await examine(newExaminer(), 'jump.mp4');
    time.wallMs += 365 * 24 * 60 * minute;
    const again = newExaminer();
    expect((await examine(again, 'jump.mp4')).kind).toBe('wait');
    pass(9 * minute);
    expect((await examine(again, 'jump.mp4')).kind).toBe('wait');
    pass(minute);
    expect((await examine(again, 'jump.mp4')).kind).toBe('take');
  });

  it('waits anew where the file, or why it waits, has changed', async () => {
    const examiner = newExaminer();
    writeFileSync(join(root, 'grows.mp4'), cutOff());
    await examine(examiner, 'grows.mp4');
    pass(59 * minute);
    writeFileSync(join(root, 'grows.mp4'), smallFilm().subarray(0, 6000));
    expect(await examine(examiner, 'grows.mp4')).toMatchObject({ kind: 'wait', delayMs: 10_000 });
    writeFileSync(join(root, 'grows.mp4'), smallFilm());
    listed = { kind: 'named', missing: 2, expects: null };
    expect(await examine(examiner, 'grows.mp4')).toMatchObject({ reason: 'list-names-2-more' });
    pass(59 * minute);
    listed = { kind: 'named', missing: 1, expects: null };
    expect(await examine(examiner, 'grows.mp4')).toMatchObject({
      reason: 'list-names-1-more',
      delayMs: 10_000,
    });
    listed = null;
  });

  it('has those looked at again that waited for the others of a list', async () => {
    const examiner = newExaminer();
    const expects = { algorithm: 'md5', value: 'x' } as const;
    for (const name of ['first.mp4', 'second.mp4']) writeFileSync(join(root, name), smallFilm());
    listed = { kind: 'named', missing: 1, expects };
    await examine(examiner, 'first.mp4');
    listed = { kind: 'named', missing: 0, expects };
    const found = await examine(examiner, 'second.mp4');
    expect(found).toEqual({ kind: 'take', damaged: null, expects, mayClear: true, videos: null });
    expect(hastened).toEqual(['first.mp4']);
    listed = null;
  });

  it('fails where the file is another than was offered', async () => {
    writeFileSync(join(root, 'other.mp4'), smallFilm());
    const stat = await statInboxFile(root, 'other.mp4');
    writeFileSync(join(root, 'other.mp4'), smallFilm().subarray(0, 9000));
    if (stat === null) throw new Error('it is there');
    await expect(newExaminer().examine({ path: 'other.mp4', stat })).rejects.toSatisfy((error) =>
      isReelholdError(error, 'changed'),
    );
    rmSync(join(root, 'other.mp4'));
    await expect(newExaminer().examine({ path: 'other.mp4', stat })).rejects.toSatisfy((error) =>
      isReelholdError(error, 'missing'),
    );
  });

  it('opens a whole film once, and no companion that is not there', async () => {
    writeFileSync(join(root, 'whole.mp4'), smallFilm());
    opened.length = 0;
    expect((await examine(newExaminer(), 'whole.mp4')).kind).toBe('take');
    expect(opened).toEqual([join(root, 'whole.mp4')]);
  });

  it('waits for what it names where it is a list itself, an hour at the most, and then stays', async () => {
    writeFileSync(join(root, 'card.mhl'), '<hashlist/>');
    const examiner = newExaminer();
    list = { left: 3, videos: ['v1'] };
    expect(await examine(examiner, 'card.mhl')).toMatchObject({ kind: 'wait', reason: 'list-waits-for-3' });
    pass(61 * minute);
    const late = await examine(examiner, 'card.mhl');
    expect(late).toMatchObject({ kind: 'take', damaged: null, mayClear: false, videos: ['v1'] });
    list = { left: 0, videos: ['v1', 'v2'] };
    const last = await examine(examiner, 'card.mhl');
    expect(last).toMatchObject({ kind: 'take', mayClear: true, videos: ['v1', 'v2'] });
    list = null;
  });
});
