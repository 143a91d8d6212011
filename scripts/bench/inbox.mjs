import { rename } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.mjs';
import { watchPeakMemory } from './processes.mjs';
import { foldersBelow, plainEnvironment, projectScript } from './reelhold.mjs';
import { SayableError } from './workspace.mjs';

const PAGE_EVERY_MS = 50;
const ASK_EVERY_MS = 100;
const START_WITHIN_MS = 60_000;
const TAKEN_WITHIN_MS = 15 * 60_000;
const WARM_PAGES = 5;

/** Lets the daemon take the set from its inbox, once a round, and opens its page all the while. */
export async function measureInbox(bench, set, quietSeconds) {
  const runs = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const run = await runOnce(bench, set, quietSeconds);
    runs.push(run);
    bench.say(`inbox, round ${round + 1} of ${bench.rounds}: ${run.seconds.toFixed(2)} s`);
  }
  return runs;
}

/** The files come into the inbox all at once, by the renaming of a folder, while the daemon runs. */
async function runOnce({ workspace, processes, signal }, set, quietSeconds) {
  const target = await workspace.fresh();
  const landing = join(target, 'landing');
  const folders = foldersBelow(target);
  await processes.run({ command: 'cp', args: ['-r', set.folder, landing] });
  await processes.sync();
  const port = await freePort();
  const daemon = processes.start(
    projectScript('start', [], {
      ...(await plainEnvironment(workspace)),
      ...folders,
      REELHOLD_PORT: String(port),
      REELHOLD_QUIET_SECONDS: String(quietSeconds),
    }),
  );
  const memory = watchPeakMemory(daemon.pid);
  const site = createSite(port);
  const watch = { site, signal, isRunning: true, processes };
  daemon.ended.then(() => {
    watch.isRunning = false;
  });
  try {
    await until(watch, START_WITHIN_MS, ({ lastLookedAt }) => lastLookedAt !== null);
    for (let count = 0; count < WARM_PAGES; count += 1) await site.timePage();
    const pages = createPageReader(site);
    await rename(landing, join(folders.REELHOLD_INBOX, set.name));
    const seenAtMs = await until(watch, TAKEN_WITHIN_MS, ({ inboxWaiting }) => inboxWaiting > 0);
    const doneAtMs = await until(watch, TAKEN_WITHIN_MS, (summary) => isDone(summary, set));
    const pageTimesMs = await pages.stop();
    return {
      seconds: (doneAtMs - seenAtMs) / 1000 - quietSeconds,
      peakBytes: memory.stop(),
      pageTimesMs,
    };
  } finally {
    memory.stop();
    site.close();
    daemon.kill('SIGTERM');
    await daemon.ended;
    daemon.kill('SIGKILL'); // what it may have left in its group
    await workspace.retire(target, set);
  }
}

function isDone({ videosTotal, inboxWaiting }, set) {
  return videosTotal === set.files.length && inboxWaiting === 0;
}

/** Asks the daemon how it stands until the answer is right; gives the time of that answer. */
async function until(watch, withinMs, isRight) {
  const startedMs = performance.now();
  while (performance.now() - startedMs < withinMs) {
    watch.signal.throwIfAborted();
    if (!watch.isRunning)
      throw new SayableError(`The daemon ended:\n${watch.processes.readOutput().slice(-2000)}`);
    const summary = await watch.site.summary().catch(() => null);
    if (summary !== null && isRight(summary)) return performance.now();
    await sleep(ASK_EVERY_MS);
  }
  throw new SayableError(`The daemon was not where it should be after ${withinMs / 1000} s.`);
}

/** Opens the page again and again, one request after the other. */
function createPageReader(site) {
  const timesMs = [];
  let isStopped = false;
  const reading = (async () => {
    while (!isStopped) {
      const tookMs = await site.timePage();
      timesMs.push(tookMs);
      await sleep(Math.max(0, PAGE_EVERY_MS - tookMs));
    }
  })();
  reading.catch(() => {}); // heard when it is stopped
  return {
    async stop() {
      isStopped = true;
      await reading;
      return timesMs;
    },
  };
}

function createSite(port) {
  const agent = new Agent({ keepAlive: true });
  const fetchText = (path) =>
    new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.once('error', reject);
        response.once('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`GET ${path} was answered with ${response.statusCode}`));
        });
      });
      request.once('error', reject);
    });
  return {
    summary: async () => JSON.parse(await fetchText('/api/v1/summary')),
    /** Milliseconds from asking for the page to its last byte. */
    async timePage() {
      const startedMs = performance.now();
      await fetchText('/');
      return performance.now() - startedMs;
    },
    close: () => agent.destroy(),
  };
}
