import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SayableError } from './workspace.mjs';

const ANSWERS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A port of this machine that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until a program that was started listens on its port. */
export async function untilAnswered(port, { ended }) {
  let hasEnded = false;
  ended.then(() => {
    hasEnded = true;
  });
  const startedMs = performance.now();
  while (!(await answers(port))) {
    if (hasEnded || performance.now() - startedMs > ANSWERS_WITHIN_MS)
      throw new SayableError(`Nothing answers on port ${port}.`);
    await sleep(LOOK_EVERY_MS);
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
