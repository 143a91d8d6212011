import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createImportPlan,
  type FoundFile,
  type ImportPlan,
  type PlannedFile,
} from '#catalogue/import-plan.ts';
import { createImporting, type TakeBatch } from '#cli/importing.ts';
import type { ImportOutcome } from '#daemon/operations/import-files.ts';

let plan: ImportPlan;
let said: string[];
beforeEach(() => {
  plan = createImportPlan();
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
        fingerprint: 'f',
        mtimeMs: 1_000_000 - n,
      },
      ...{ rank: 2, nameKey: null, isTaken: false },
      ...change,
    })),
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
