import { describe, expect, it } from 'vitest';
import { createFollowingTake, type Take } from '#cli/follow-operation.ts';
import { ReelholdError } from '#core/errors.ts';
import { keepFailure } from '#core/kept-failure.ts';
import type { TakeOutcome } from '#core/plan-intake.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const { signal } = new AbortController();
const saved: TakeOutcome = { kind: 'new-video', video: 'v', version: 'n' };

function begin() {
  const clock = createManualClock();
  const { operations } = open.catalogue;
  const take: Take = createFollowingTake(operations, clock);
  const finish = (change: Partial<Parameters<typeof operations.finish>[1]>) => {
    const claimed = operations.claim('intake', clock.nowMs());
    const outcome = { state: 'done', notBeforeMs: clock.nowMs(), error: null } as const;
    operations.finish(
      claimed?.id ?? 0,
      { ...outcome, result: JSON.stringify(saved), ...change },
      clock.nowMs(),
    );
  };
  return { clock, operations, take, finish };
}

describe('a file that another process takes', () => {
  it('is asked for in its queue, and watched until it is done', async () => {
    const { clock, operations, take } = begin();
    const shares: number[] = [];
    const taken = take('/films/caf\uDCE9.mp4', signal, (share) => shares.push(share));
    const claimed = operations.claim('intake', clock.nowMs());
    expect(claimed).toMatchObject({ kind: 'add', subject: '"/films/caf\\udce9.mp4"' });
    operations.setProgress(claimed?.id ?? 0, 40);
    await clock.advance(150);
    const outcome = { state: 'done', notBeforeMs: 0, error: null, result: JSON.stringify(saved) } as const;
    operations.finish(claimed?.id ?? 0, outcome, 0);
    await clock.advance(150);
    expect(await taken).toEqual(saved);
    expect(shares).toEqual([0.4]);
  });

  it('that cannot be taken is told with the words of the one who tried', async () => {
    const { clock, take, finish } = begin();
    const taken = expect(take('/a.mp4', signal, () => {})).rejects.toThrow('read /a.mp4: permission denied');
    finish({ state: 'failed', error: 'read /a.mp4: permission denied' });
    await clock.advance(150);
    await taken;
  });

  it('that cannot be taken is told with its kind, and with what can be done', async () => {
    const { clock, take, finish } = begin();
    const hint = 'Connect it again.';
    const facts = { kind: 'unreachable', operation: 'read', object: '/a.mp4', hint } as const;
    const error = new ReelholdError(facts, 'the drive is not connected');
    const { message } = error;
    const taken = expect(take('/a.mp4', signal, () => {})).rejects.toMatchObject({ ...facts, message });
    finish({ state: 'failed', error: message, failure: keepFailure(error) });
    await clock.advance(150);
    await taken;
  });

  it('that will be tried again later is told too: nobody waits half an hour before a prompt', async () => {
    const { clock, take, finish } = begin();
    const taken = expect(take('/a.mp4', signal, () => {})).rejects.toThrow('the disk is full');
    finish({ state: 'pending', notBeforeMs: clock.nowMs() + 1_800_000, error: 'the disk is full' });
    await clock.advance(150);
    await taken;
  });

  it('that a stopping daemon leaves behind has not failed: somebody will go on with it', async () => {
    const { clock, take, finish } = begin();
    const taken = take('/a.mp4', signal, () => {});
    finish({ state: 'pending' });
    await clock.advance(450);
    finish({});
    await clock.advance(150);
    expect(await taken).toEqual(saved);
  });

  it('that failed before is tried anew when it is asked for again, not told the old failure', async () => {
    const { clock, operations, take, finish } = begin();
    const first = expect(take('/a.mp4', signal, () => {})).rejects.toThrow('the disk is full');
    finish({ state: 'pending', notBeforeMs: clock.nowMs() + 1_800_000, error: 'the disk is full' });
    await clock.advance(150);
    await first;
    const again = take('/a.mp4', signal, () => {});
    await clock.advance(150);
    expect(operations.nextDueMs('intake')).toBeLessThanOrEqual(clock.nowMs());
    finish({});
    await clock.advance(150);
    expect(await again).toEqual(saved);
  });

  it('is let go of when the person stops waiting, and stays asked for', async () => {
    const { clock, operations, take } = begin();
    const stop = new AbortController();
    const taken = expect(take('/a.mp4', stop.signal, () => {})).rejects.toThrow('stopped');
    stop.abort();
    await taken;
    expect(operations.claim('intake', clock.nowMs())).not.toBeNull();
  });
});

describe('a daemon', () => {
  it('that takes nothing up for a minute does not answer, and the file stays noted', async () => {
    const { clock, take } = begin();
    const taken = expect(take('/a.mp4', signal, () => {})).rejects.toMatchObject({
      kind: 'unreachable',
      hint: 'It is noted and will be done when the daemon comes to it.',
    });
    for (let waitedMs = 0; waitedMs <= 61_000; waitedMs += 1000) await clock.advance(1000);
    await taken;
  });

  it('that is long at one per cent of a huge file does answer, however long the others wait', async () => {
    const { clock, operations, take, finish } = begin();
    const huge = take('/huge.mov', signal, () => {});
    await clock.advance(1);
    const waiting = take('/waiting.mov', signal, () => {});
    const running = operations.claim('intake', clock.nowMs());
    for (let waitedMs = 0; waitedMs <= 300_000; waitedMs += 1000) await clock.advance(1000);
    const outcome = { state: 'done', notBeforeMs: 0, error: null, result: JSON.stringify(saved) } as const;
    operations.finish(running?.id ?? 0, outcome, 0);
    finish({});
    await clock.advance(150);
    expect(await Promise.all([huge, waiting])).toEqual([saved, saved]);
  });

  it('that is busy with another of the files does answer, however long the others wait', async () => {
    const { clock, operations, take, finish } = begin();
    const large = take('/large.mov', signal, () => {});
    await clock.advance(1);
    const waiting = take('/waiting.mov', signal, () => {});
    const running = operations.claim('intake', clock.nowMs());
    for (let percent = 1; percent <= 90; percent += 1) {
      operations.setProgress(running?.id ?? 0, percent);
      await clock.advance(10_000);
    }
    const outcome = { state: 'done', notBeforeMs: 0, error: null, result: JSON.stringify(saved) } as const;
    operations.finish(running?.id ?? 0, outcome, 0);
    finish({});
    await clock.advance(150);
    expect(await Promise.all([large, waiting])).toEqual([saved, saved]);
  });
});
