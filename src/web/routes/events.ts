import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { type Live, type RegionName, regionNames } from '#web/live.ts';

const heartbeatMs = 15_000;

/**
 * One stream for each open page: names of regions that changed, and nothing else. It begins with all of them,
 * as a page does not listen while its tab is hidden.
 */
export function addEvents(app: Hono, live: Live): void {
  app.get('/events', (c) => {
    c.header('X-Accel-Buffering', 'no');
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    return streamSSE(c, async (stream) => {
      const pending = new Set<RegionName>(regionNames);
      let wake = () => {};
      const leave = live.subscribe((names) => {
        for (const name of names) pending.add(name);
        wake();
      });
      stream.onAbort(() => {
        leave();
        wake();
      });
      while (!stream.aborted) {
        if (pending.size === 0) {
          const isQuiet = await sleep(heartbeatMs, (wakeUp) => {
            wake = wakeUp;
          });
          if (isQuiet && !stream.aborted) await stream.write(': still here\n\n');
        }
        // Names that gather while one is written go out once each.
        for (const name of pending) {
          pending.delete(name);
          await stream.writeSSE({ event: name, data: '' });
        }
      }
    });
  });
}

/** True where nobody woke it. */
function sleep(ms: number, onStart: (wakeUp: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    onStart(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
