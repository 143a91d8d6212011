import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createImportPlan,
  type FoundFile,
  type ImportPlan,
  type PlannedFile,
} from '#catalogue/import-plan.ts';
import { createImporting, type TakeBatch } from '#cli/importing.ts';
import type { ImportOutcome } from '#daemon/import/import-file.ts';

let plan: ImportPlan;
let said: string[];
beforeEach(() => {
  plan = createImportPlan(0);
  said = [];
});
afterEach(() => plan[Symbol.dispose]());

const { signal } = new AbortController();
const gibibyte = 2 ** 30;

function begin(files: readonly Partial<FoundFile>[]) {
  plan.add(
    files.map((change, n) => ({
      ...{
        path: `/old/${n}.mp4`,
        within: '/old',
        sizeBytes: 1000 + n,
        mtimeMs: 1_000_000 - n,
      },
      ...{ turn: 2, place: { kind: 'video' }, nameKey: null, takenAtMs: null },
      ...change,
    })),
  );
  plan.settle(
    () => false,
    () => {},
  );
  const say = (line: string) => said.push(line);
  return createImporting(plan, plan.counts().open, { say, complain: say });
}

const isNew = (files: readonly PlannedFile[]): ImportOutcome[] => files.map(() => ({ kind: 'new-video' }));
/** Takes everything, and keeps what it was asked for. */
function recordingTake(answer: (files: readonly PlannedFile[]) => readonly ImportOutcome[] = isNew) {
  const batches: (readonly PlannedFile[])[] = [];
  const take: TakeBatch = async (files) => {
    batches.push(files);
    return answer(files);
  };
  return { batches, take };
}
const failed = (message: string, endsImport = false): ImportOutcome => ({
  ...{ kind: 'failed', message, hint: 'Do this.', endsImport },
});

describe('taking what is planned', () => {
  it('goes in batches of 32, in the order of the plan', async () => {
    const importing = begin(Array.from({ length: 70 }, () => ({})));
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.map((batch) => batch.length)).toEqual([32, 32, 6]);
    expect(batches.flat().map(({ path }) => path)).toEqual(
      Array.from({ length: 70 }, (_, n) => `/old/${n}.mp4`),
    );
    expect(importing.isOver()).toBe(true);
    expect(importing.conclude()).toBe(true);
    expect(said).toEqual(['70 new videos (72.4 KB).']);
  });

  it('gives a large file a batch of its own', async () => {
    const importing = begin([{}, { sizeBytes: 3 * gibibyte }, {}, {}]);
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 2]);
  });

  it('does not part files of one name', async () => {
    const importing = begin(Array.from({ length: 60 }, (_, n) => ({ nameKey: n < 30 ? null : 'wedding' })));
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.map((batch) => batch.length)).toEqual([60]);
  });

  it('does not part a video from what lies beside it, however much that is', async () => {
    const file = '/old/0.mp4';
    const importing = begin(
      Array.from({ length: 300 }, (_, n) =>
        n === 0 ? {} : { place: { kind: 'beside', partKind: 'sidecar', file } as const },
      ),
    );
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.map((batch) => batch.length)).toEqual([300]);
  });

  it('counts for the size of a batch only what does not lie beside a video', async () => {
    const beside = (n: number) => ({ kind: 'beside', partKind: 'sidecar', file: `/old/${n}.mp4` }) as const;
    const videos = Array.from({ length: 40 }, () => ({}));
    const importing = begin([...videos, ...videos.map((_, n) => ({ place: beside(n) }))]);
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.map((batch) => batch.length)).toEqual([64, 16]);
  });

  it('begins with what needs all others only when those are over', async () => {
    const list = { place: { kind: 'list', folder: '/old' } as const };
    const importing = begin([list, ...Array.from({ length: 40 }, () => ({}))]);
    let open = 0;
    const kinds: string[] = [];
    await importing.run(async (files) => {
      open += 1;
      const { kind } = files[0]?.place ?? {};
      kinds.push(`${kind} beside ${open - 1}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      return isNew(files);
    }, signal);
    expect(kinds).toEqual(['video beside 0', 'video beside 1', 'list beside 0']);
  });

  it('has no more than two batches under way', async () => {
    const importing = begin(Array.from({ length: 200 }, () => ({})));
    let [open, most] = [0, 0];
    await importing.run(async (files) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return isNew(files);
    }, signal);
    expect(most).toBe(2);
  });

  it('goes on with what was broken off', async () => {
    const importing = begin(Array.from({ length: 40 }, () => ({})));
    const gone = new AbortController();
    await importing.run(async () => {
      gone.abort();
      throw new Error('stopped');
    }, gone.signal);
    expect(importing.isOver()).toBe(false);
    const { batches, take } = recordingTake();
    await importing.run(take, signal);
    expect(batches.flat()).toHaveLength(40);
    expect(importing.conclude()).toBe(true);
  });

  it('says what is left where it is stopped', async () => {
    const importing = begin([{}, {}]);
    await importing.run(recordingTake().take, AbortSignal.abort());
    expect(importing.conclude()).toBe(false);
    expect(said).toEqual([
      'Nothing was taken (0 bytes).',
      '2 files were not tried. Run the same command again: it goes on from here.',
    ]);
  });

  it('tells each failure with what to do, up to twenty, and goes on', async () => {
    const importing = begin(Array.from({ length: 50 }, () => ({})));
    const { take } = recordingTake((files) => files.map(({ path }) => failed(`read ${path}: denied`)));
    await importing.run(take, signal);
    expect(importing.conclude()).toBe(false);
    expect(said[0]).toBe('read /old/0.mp4: denied. Do this.');
    expect(said).toHaveLength(22);
    expect(said.at(-1)).toContain('50 not taken');
  });

  it('ends where all other files would fail too', async () => {
    const importing = begin(Array.from({ length: 200 }, () => ({})));
    const { batches, take } = recordingTake((files) => files.map(() => failed('the vault is full', true)));
    await importing.run(take, signal);
    expect(batches.length).toBeLessThanOrEqual(2);
    expect(importing.isOver()).toBe(true);
    expect(importing.conclude()).toBe(false);
    expect(said).toContain('It ended early. the vault is full. Do this.');
  });

  it('ends where the other side fails', async () => {
    const importing = begin([{}]);
    await importing.run(async () => {
      throw new Error('the running Reelhold does not answer');
    }, signal);
    expect(importing.isOver()).toBe(true);
    expect(importing.conclude()).toBe(false);
    expect(said[0]).toBe('It ended early. the running Reelhold does not answer');
  });

  it('names what came in damaged, and says what lists of checksums told', async () => {
    const importing = begin([{}, {}, {}, {}]);
    const { take } = recordingTake(() => [
      { kind: 'new-video', damaged: 'cut-off' },
      { kind: 'new-video', list: 'incomplete' },
      { kind: 'new-part', list: 'unreadable' },
      { kind: 'list-of-none' },
    ]);
    await importing.run(take, signal);
    expect(importing.conclude()).toBe(true);
    expect(said).toEqual([
      '/old/0.mp4 came in damaged: its end is missing.',
      '2 new videos, 1 file that belongs to a video, 1 not taken (4.0 KB).',
      '1 file came in damaged, and is kept as it came. If you have a better one elsewhere, add it under the same name.',
      '1 file is named by a list of checksums that also names files which are missing or of another size: the folder was not copied whole (in /old).',
      '1 file lies beside a list of checksums that cannot be read, and could not be compared with it (in /old).',
      '1 list of checksums names no video that is held, or cannot be read: not taken.',
    ]);
  });

  it('counts what belongs to projects apart', async () => {
    const place = (key: string) =>
      ({ kind: 'project', key, folder: key, role: null, partKind: 'raw', path: '' }) as const;
    const importing = begin([
      { place: place('/old/a') },
      { place: place('/old/a') },
      { place: place('/old/b') },
    ]);
    const { take } = recordingTake((files) => files.map(() => ({ kind: 'new-part' })));
    await importing.run(take, signal);
    importing.conclude();
    expect(said).toEqual(['3 files of 2 projects or cards (3.0 KB).']);
  });

  it('says what is in the trash since it was taken, and how it comes back', async () => {
    const importing = begin([{}]);
    const { take } = recordingTake(() => [{ kind: 'taken-before', trashed: true }]);
    await importing.run(take, signal);
    importing.conclude();
    expect(said.join('\n')).toContain('1 file was taken before and is in the trash since');
    expect(said.join('\n')).toContain('reelhold bring-back VIDEO');
  });

  it('counts each kind of outcome', async () => {
    const importing = begin([{}, {}, {}, {}, {}]);
    const kinds = ['new-video', 'new-version', 'held', 'taken-before'] as const;
    const { take } = recordingTake(() => [...kinds.map((kind) => ({ kind })), failed('no')]);
    await importing.run(take, signal);
    importing.conclude();
    expect(said.at(-1)).toBe(
      '1 new video, 1 new version, 1 already held, 1 taken before, 1 not taken (5.0 KB).',
    );
  });
});
