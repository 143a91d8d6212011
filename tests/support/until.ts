import { setTimeout as sleep } from 'node:timers/promises';

const pollEveryMs = 20;

/** Asks again and again until the answer is truthy, and gives it; fails, saying what was waited for, after the time. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = 25_000,
): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(pollEveryMs);
  }
}

/**
 * Waits until a count has stood still for the whole time: that something comes to rest. How long it takes to come
 * to that is the machine's affair, so a slow one is not taken for a busy one.
 */
export async function untilStill(what: string, count: () => number, forMs: number): Promise<void> {
  let last = count();
  let sinceMs = performance.now();
  await until(`${what} to come to rest`, () => {
    const now = count();
    if (now !== last) sinceMs = performance.now();
    last = now;
    return performance.now() - sinceMs >= forMs;
  });
}

/** Asks again and again for the whole time, and fails as soon as the answer is no. */
export async function always(what: string, ask: () => boolean, forMs: number): Promise<void> {
  const deadlineMs = performance.now() + forMs;
  while (performance.now() < deadlineMs) {
    if (!ask()) throw new Error(`no longer so: ${what}`);
    await sleep(pollEveryMs);
  }
}
