import { setTimeout as sleep } from 'node:timers/promises';

const pollEveryMs = 20;

/** Asks again and again until the answer is truthy, and gives it; fails, saying what was waited for, after the time. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(pollEveryMs);
  }
}

/** Asks again and again for the whole time, and fails as soon as the answer is no. */
export async function always(what: string, ask: () => boolean, forMs: number): Promise<void> {
  const deadlineMs = performance.now() + forMs;
  while (performance.now() < deadlineMs) {
    if (!ask()) throw new Error(`no longer so: ${what}`);
    await sleep(pollEveryMs);
  }
}
