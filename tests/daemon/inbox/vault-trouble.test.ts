import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayMs } from '#core/assess.ts';
import type { DiskSpace } from '#core/disk-space.ts';
import { ReelholdError } from '#core/errors.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import { makeImmutable } from '#tests/support/immutable.ts';
import {
  filesIn,
  type InboxBench,
  inside,
  isHeld,
  openBench,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { changeManyVideos } from '#tests/support/mass-change.ts';
import { createTestClock } from '#tests/support/test-clock.ts';
import { always, until, untilStill } from '#tests/support/until.ts';

const quietMs = 200;
const first = (bench: InboxBench) => bench.queries.arrivals(10).items[0];

/** A disk whose free space a test sets. */
function disk(freeBytes: number) {
  const space = { totalBytes: 100e6, freeBytes };
  return { space, readSpace: async (): Promise<DiskSpace> => ({ ...space }) };
}

/** A store whose bytes cannot be written for as long as `isBroken` says so. */
function breaking(isBroken: () => ReelholdError | null) {
  return (store: BlobStore): BlobStore => ({
    ...store,
    async store(items) {
      const error = isBroken();
      if (error !== null) throw error;
      return store.store(items);
    },
  });
}

describe.concurrent('a vault without room', () => {
  it('leaves the inbox untouched, and goes on by itself when there is room', async () => {
    const { space, readSpace } = disk(1e6);
    await using bench = await openBench({ quietMs, readSpace });
    const bytes = await put(bench, 'clip.mp4');
    await until('it waits', () => first(bench)?.reason === 'no-room');
    await always('it waits', () => versions(bench).length === 0, 600);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    expect(await readFile(inside(bench, 'clip.mp4'))).toEqual(bytes);
    expect(bench.queries.condition('space')?.level).toBe('paused');
    space.freeBytes = 50e6;
    await until('it is taken', () => isHeld(bench, bytes));
    await until('nothing waits', () => bench.queries.arrivals(1).total === 0);
  });

  it('takes what fits, and lets wait what does not', async () => {
    const { readSpace } = disk(3e6);
    const clock = createTestClock(Number.POSITIVE_INFINITY);
    await using bench = await openBench({ quietMs, readSpace, clock });
    await put(bench, 'large.mp4', someBytes(2e6));
    const small = await put(bench, 'small.mp4');
    await until('the small one', () => isHeld(bench, small));
    await until('the large one waits', () => first(bench)?.reason === 'no-room');
    expect(first(bench)?.path).toBe('large.mp4');
    // Trying the large one does not ask for the next try: nobody does anything until something is due again.
    await untilStill('the inbox', clock.sleeps, 2_000);
    expect(first(bench)).toMatchObject({ path: 'large.mp4', reason: 'no-room' });
    expect(versions(bench)).toHaveLength(1);
  });

  it('does not take a file that changed while it waited until it has settled again', async () => {
    const { space, readSpace } = disk(1e6);
    await using bench = await openBench({ quietMs: 500, readSpace });
    await put(bench, 'clip.mp4');
    await until('it waits', () => first(bench)?.reason === 'no-room');
    const writtenAtMs = performance.now();
    const bytes = await put(bench, 'clip.mp4');
    space.freeBytes = 50e6;
    await until('it is taken', () => versions(bench).length > 0);
    expect(performance.now() - writtenAtMs).toBeGreaterThanOrEqual(500);
    expect(isHeld(bench, bytes)).toBe(true);
    expect(versions(bench)).toHaveLength(1);
  });

  it('forgets a waiting file that the owner takes away', async () => {
    const { space, readSpace } = disk(1e6);
    await using bench = await openBench({ quietMs, readSpace });
    await put(bench, 'clip.mp4');
    await until('it waits', () => first(bench)?.reason === 'no-room');
    await rename(inside(bench, 'clip.mp4'), join(bench.folder, 'clip.mp4'));
    await until('the sighting is gone', () => bench.queries.arrivals(1).total === 0);
    space.freeBytes = 50e6;
    await always('nothing is taken', () => versions(bench).length === 0, 600);
  });

  it('lets originals go from the hold to make room, once their copies were read back', async () => {
    const { space, readSpace } = disk(50e6);
    await using bench = await openBench({ quietMs, readSpace });
    await put(bench, 'held.mp4');
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    space.freeBytes = 1e6;
    await put(bench, 'waits.mp4');
    await until('it waits', () => first(bench)?.reason === 'no-room');
    await always('nothing goes unproven', () => bench.catalogue.holds.list('inbox').length === 1, 400);
    await bench.prove();
    await until('the hold is empty', () => bench.catalogue.holds.list('inbox').length === 0);
    expect(await filesIn(bench.root)).toEqual(['waits.mp4']);
  });

  it('keeps originals while many videos change at once: what comes waits for room, untouched', async () => {
    const { space, readSpace } = disk(50e6);
    await using bench = await openBench({ quietMs, readSpace });
    await put(bench, 'held.mp4');
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    await bench.prove();
    changeManyVideos(bench.catalogue, bench.clock.nowMs());
    space.freeBytes = 1e6;
    const bytes = await put(bench, 'waits.mp4');
    await until('it waits', () => first(bench)?.reason === 'no-room');
    await always('the hold is as it was', () => bench.catalogue.holds.list('inbox').length === 1, 600);
    expect(bench.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    bench.clock.advance(dayMs + 60_000);
    await until('the hold is empty', () => bench.catalogue.holds.list('inbox').length === 0);
    expect(await readFile(inside(bench, 'waits.mp4'))).toEqual(bytes);
  });

  it('that cannot even be asked for its room lets nothing go early', async () => {
    let isAway = false;
    const readSpace = async () => {
      if (isAway) throw new Error('EIO');
      return { totalBytes: 100e6, freeBytes: 50e6 };
    };
    await using bench = await openBench({ quietMs, readSpace });
    await put(bench, 'held.mp4');
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 1);
    await bench.prove();
    isAway = true;
    await put(bench, 'waits.mp4');
    await until('it waits', () => first(bench)?.state === 'waiting');
    await always('the hold is as it was', () => bench.catalogue.holds.list('inbox').length === 1, 600);
    isAway = false;
    bench.clock.advance(60_000);
    await until('it is taken', () => versions(bench).length === 2);
  });
});

describe.concurrent('a vault that cannot be written to', () => {
  it('leaves the file in the inbox, backs off, and takes it later', async () => {
    await using bench = await openBench({ quietMs });
    const staging = join(bench.vaultDir, 'staging');
    await rename(staging, `${staging}-away`);
    const bytes = await put(bench, 'clip.mp4');
    await until('it waits', () => first(bench)?.state === 'waiting');
    expect(first(bench)?.reason).toBe('vault-missing');
    const warnings = () => bench.log.lines.filter(({ level }) => level === 'warn').length;
    await always('it is not tried all the time', () => warnings() === 1, 1_000);
    expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
    await rename(`${staging}-away`, staging);
    bench.clock.advance(10_000);
    await until('it is taken', () => isHeld(bench, bytes));
    await until('nothing waits', () => bench.queries.arrivals(1).total === 0);
  });

  it.each(['io', 'denied', 'full', 'read-only'] as const)(
    'as it fails with "%s" loses nothing',
    async (kind) => {
      let isBroken = true;
      const error = new ReelholdError({ kind, operation: 'store', object: 'x', side: 'vault' }, 'as asked');
      await using bench = await openBench({ quietMs, wrapStore: breaking(() => (isBroken ? error : null)) });
      const bytes = await put(bench, 'clip.mp4');
      await until('it waits', () => first(bench)?.reason === `vault-${kind}`);
      bench.clock.advance(10_000);
      await until('a second try', () => bench.log.lines.filter(({ level }) => level === 'warn').length >= 2);
      expect(await filesIn(bench.root)).toEqual(['clip.mp4']);
      expect(versions(bench)).toEqual([]);
      isBroken = false;
      bench.clock.advance(20_000);
      await until('it is taken', () => isHeld(bench, bytes));
    },
  );

  it('does not end the daemon when the catalogue cannot be written to for a while', async () => {
    let isFull = false;
    await using bench = await openBench({
      quietMs,
      wrapCatalogue: (catalogue) => ({
        ...catalogue,
        together(write) {
          if (isFull) throw new Error('SQLITE_FULL: database or disk is full');
          return catalogue.together(write);
        },
        sightings: {
          ...catalogue.sightings,
          see(seen, nowMs) {
            if (isFull) throw new Error('SQLITE_FULL: database or disk is full');
            return catalogue.sightings.see(seen, nowMs);
          },
          update(id, change, nowMs) {
            if (isFull) throw new Error('SQLITE_FULL: database or disk is full');
            catalogue.sightings.update(id, change, nowMs);
          },
        },
      }),
      wrapStore: breaking(() => (isFull ? new ReelholdError(fullFacts, 'as asked') : null)),
    });
    const early = await put(bench, 'early.mp4');
    await until('the sighting', () => bench.queries.arrivals(1).total === 1);
    isFull = true;
    const late = await put(bench, 'late.mp4');
    await always('nothing is taken', () => versions(bench).length === 0, 800);
    isFull = false;
    await until('both are taken', () => {
      bench.clock.advance(5_000);
      return isHeld(bench, early) && isHeld(bench, late);
    });
  });
});

describe('an inbox from which nothing can be moved away', () => {
  it('keeps its file, which is taken once and said to be saved', async ({ skip }) => {
    await using bench = await openBench({ quietMs });
    const bytes = await put(bench, 'a/clip.mp4');
    using immutable = makeImmutable(join(bench.root, 'a'));
    if (immutable === null) skip('needs a folder that even its owner cannot change (chattr +i, as root)');
    await until('it is taken', () => isHeld(bench, bytes));
    await until('it is told', () =>
      bench.log.lines.some(({ message }) => message.includes('could not be moved')),
    );
    for (let n = 0; n < 3; n += 1) {
      await bench.inbox.lookAround(new AbortController().signal);
      await always('it is left alone', () => versions(bench)[0]?.seenAgain === 0, 2 * quietMs);
    }
    expect(await filesIn(bench.root)).toEqual(['a/clip.mp4']);
    expect(bench.catalogue.sightings.find('inbox', 'a/clip.mp4')).toMatchObject({
      state: 'taken',
      reason: 'cannot-clear',
    });
    expect(bench.catalogue.holds.list('inbox')).toEqual([]);
  });
});

const fullFacts = { kind: 'full', operation: 'store', object: 'x', side: 'vault' } as const;
