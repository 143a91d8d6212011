import { describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { type Failed, keepArchive, type Opened, tryToOpen } from '#keep-archive.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { until } from '#tests/support/until.ts';

const vaultFails = new ReelholdError(
  { kind: 'io', operation: 'write', object: 'vault', side: 'vault' },
  'the disk reports an error',
);
const away: Failed = { trouble: { state: 'refused', reason: 'not-connected' }, error: null };

/** An archive whose work ends as the test says. */
function openArchive() {
  const ended = Promise.withResolvers<void>();
  const archive = {
    isClosed: false,
    work: (signal: AbortSignal) => {
      signal.addEventListener('abort', () => ended.resolve());
      return ended.promise;
    },
    [Symbol.asyncDispose]: async () => {
      archive.isClosed = true;
    },
  };
  return { archive, fail: (error: unknown) => ended.reject(error) };
}

function keep(openings: (() => Promise<Opened>)[], first: Opened) {
  const clock = createManualClock();
  const stop = new AbortController();
  const troubles: { readonly failed: Failed; readonly isNews: boolean }[] = [];
  let tries = 0;
  const open = () => {
    tries += 1;
    const next = openings.shift();
    if (next === undefined) throw new TypeError('opened once too often');
    return next();
  };
  const onTrouble = (failed: Failed, isNews: boolean) => troubles.push({ failed, isNews });
  const kept = keepArchive({ open, onTrouble, clock }, first, stop.signal);
  return {
    clock,
    stop,
    troubles,
    kept,
    tries: () => tries,
    waits: () => until('a wait', () => clock.sleepers()),
  };
}

describe('an archive that is kept open', () => {
  it('is worked on until it is to stop, and then closed', async () => {
    const { archive } = openArchive();
    const { stop, kept, troubles } = keep([], { archive });
    stop.abort();
    await kept;
    expect(archive.isClosed).toBe(true);
    expect(troubles).toEqual([]);
  });

  it('that opened too late is closed without being worked on', async () => {
    let isWorkedOn = false;
    const { archive } = openArchive();
    const late = {
      ...archive,
      work: async () => {
        isWorkedOn = true;
      },
    };
    const stopped = AbortSignal.abort();
    const open = () => Promise.reject(new TypeError('opened again'));
    await keepArchive({ open, onTrouble: () => {}, clock: createManualClock() }, { archive: late }, stopped);
    expect(isWorkedOn).toBe(false);
  });

  it('is closed when its disk fails, and opened again 10 s later', async () => {
    const first = openArchive();
    const second = openArchive();
    const { clock, stop, kept, troubles, tries, waits } = keep([async () => second], first);
    first.fail(vaultFails);
    await waits();
    expect(first.archive.isClosed).toBe(true);
    expect(troubles).toMatchObject([{ failed: { error: vaultFails }, isNews: true }]);
    await clock.advance(9_000);
    expect(tries()).toBe(0);
    await clock.advance(1_000);
    await until('the next try', () => tries() === 1);
    stop.abort();
    await kept;
    expect(second.archive.isClosed).toBe(true);
  });

  it('that cannot be opened is tried every 10 s, and what was said is not said again', async () => {
    const { clock, stop, kept, troubles, tries, waits } = keep(
      [async () => away, () => Promise.reject(vaultFails), () => Promise.reject(vaultFails)],
      away,
    );
    for (let n = 1; n <= 3; n += 1) {
      await waits();
      await clock.advance(10_000);
      await until('the next try', () => tries() === n);
    }
    await waits();
    expect(troubles.map(({ isNews }) => isNews)).toEqual([false, false, true, false]);
    stop.abort();
    await kept;
  });

  it('lets a mistake of the program through, and is closed all the same', async () => {
    const { archive, fail } = openArchive();
    const { kept } = keep([], { archive });
    fail(new TypeError('a mistake'));
    await expect(kept).rejects.toThrow('a mistake');
    expect(archive.isClosed).toBe(true);
  });

  it('stops at once while it waits for its disk', async () => {
    const { stop, kept, waits } = keep([], away);
    await waits();
    stop.abort();
    await kept;
  });
});

describe('opening', () => {
  it('comes to the trouble that it failed by', async () => {
    const opened = await tryToOpen(() => Promise.reject(vaultFails));
    expect(opened).toEqual({
      trouble: { state: 'failing', place: 'vault', failure: 'io' },
      error: vaultFails,
    });
  });

  it('lets a mistake of the program through', async () => {
    await expect(tryToOpen(() => Promise.reject(new RangeError('a mistake')))).rejects.toThrow('a mistake');
  });
});
