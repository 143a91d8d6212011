import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { inOrderOfWeek } from '#core/bandwidth.ts';
import { codeOf, ReelholdError, translateError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';
import type { Clock } from '#core/ports/clock.ts';
import { judgeRcloneFailure, type RcloneFailure } from '#core/rclone-failure.ts';
import { parseRcloneLine, type RcloneLine, type RcloneStats } from '#core/rclone-log.ts';
import { redact } from '#core/redact.ts';
import { settle } from './settle.ts';

/** How rclone is reached. */
export interface RcloneSettings {
  /** The program: a name that PATH knows, or an absolute path. */
  readonly binary: string;
  /** PATH for rclone and what it starts (`ssh`): the one thing that it gets of our own environment. */
  readonly searchPath: string;
  /** The remote's own folder (0700): rclone keeps its configuration and refreshed tokens there, and whatever it caches. */
  readonly configDir: string;
  /** What is in the configuration and must never be shown. */
  readonly secrets: readonly string[];
  /** Bytes a second by time of day, as rclone has it (`08:00,512k 23:00,off`); null for no limit. */
  readonly bandwidth: string | null;
  /** Whose time of day is meant. */
  readonly timeZone: string;
  readonly clock: Clock;
}

export interface RcloneCall {
  readonly signal: AbortSignal;
  /** What is done to what, for errors. */
  readonly operation: string;
  readonly object: string;
  readonly onStats?: (stats: RcloneStats) => void;
  readonly onLine?: (line: RcloneLine) => void;
  /** Where its output goes: to a new file, which is whole or not there. Without it it is kept, up to 8 MiB. */
  readonly outputFile?: string;
  readonly onOutput?: (bytes: number) => void;
  readonly input?: string;
  /** Nothing of it leaves this machine: no limit holds. */
  readonly staysHere?: boolean;
}

export interface RcloneRun {
  readonly stdout: string;
  /** Null where it did what it was asked. */
  readonly failure: RcloneFailure | null;
}

/** One remote's rclone: one process at a time, so that a NAS is not overrun, nor a token refreshed twice. */
export interface Rclone {
  readonly configDir: string;
  readonly clock: Clock;
  /**
   * Runs it to its end. A failure of what was asked is returned, as much may have been done all the same; only a
   * run that was called off rejects, as `aborted`.
   */
  run(args: readonly string[], call: RcloneCall): Promise<RcloneRun>;
  /** The same, for what is worth nothing when it failed. */
  require(args: readonly string[], call: RcloneCall): Promise<string>;
  error(failure: RcloneFailure, call: Pick<RcloneCall, 'operation' | 'object'>): ReelholdError;
}

/** Each line of the log is a JSON object; no questions; retrying is ours; bounded memory and waiting. */
const commonFlags = [
  '--use-json-log',
  '--log-level=INFO',
  '--stats=1s',
  '--stats-log-level=NOTICE',
  '--ask-password=false',
  '--retries=1',
  '--low-level-retries=3',
  '--contimeout=20s',
  '--timeout=2m',
  '--transfers=4',
  '--checkers=4',
  '--buffer-size=4M',
];

const maxKeptLines = 200;
const maxOutputBytes = 8 * 1024 * 1024;
const killAfterMs = 5000;
const maxDetail = 300;

/** The file that rclone reads, and rewrites when a token was refreshed. */
export function rcloneConfigFile(configDir: string): string {
  return join(configDir, 'rclone.conf');
}

export function createRclone(settings: RcloneSettings): Rclone {
  const { configDir, clock, secrets } = settings;
  const limit = settings.bandwidth === null ? [] : [`--bwlimit=${inOrderOfWeek(settings.bandwidth)}`];
  let last: Promise<unknown> = Promise.resolve();
  /** Built from nothing: rclone reads settings of any kind from the environment, and so do the libraries it uses. */
  const env = {
    PATH: settings.searchPath,
    HOME: configDir,
    XDG_CACHE_HOME: join(configDir, 'cache'),
    TMPDIR: configDir,
    LC_ALL: 'C.UTF-8',
    // A container has no zone but the one that it is told.
    TZ: settings.timeZone,
    RCLONE_CONFIG: rcloneConfigFile(configDir),
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const start = async (args: readonly string[], call: RcloneCall): Promise<RcloneRun> => {
    throwIfAborted(call);
    const stop = new AbortController();
    await using output = await openOutput(call);
    const limitFlags = call.staysHere === true ? [] : limit;
    const child = execa(settings.binary, [...commonFlags, ...limitFlags, ...args], {
      ...{ env, extendEnv: false, cwd: '/' },
      ...(call.input === undefined ? { stdin: 'ignore' as const } : { input: call.input }),
      ...{ buffer: false, reject: false, cancelSignal: AbortSignal.any([call.signal, stop.signal]) },
      // SIGTERM first: SIGINT would end it with 0.
      ...{ killSignal: 'SIGTERM' as const, forceKillAfterDelay: killAfterMs, killDescendants: true },
    });
    const reading = Promise.all([
      readLog(child.iterable({ from: 'stderr' }), call),
      output.take(child.iterable({ from: 'stdout', binary: true, preserveNewlines: true })),
    ]).catch((error: unknown) => {
      stop.abort(); // what cannot be kept need not be brought
      throw error;
    });
    const [result, read] = await Promise.all([child, settle(reading)]);
    throwIfAborted(call);
    const [lines, stdout] = read();
    const code = codeOf(result);
    const isMissingTool = result.exitCode === undefined && code !== undefined && code.startsWith('E');
    const exitCode = result.exitCode ?? null;
    const isGood = exitCode === 0 && !lines.some(({ level }) => level === 'error');
    if (!isGood)
      return { stdout, failure: judgeRcloneFailure({ exitCode, isMissingTool, lines }, clock.nowMs()) };
    output.keep();
    return { stdout, failure: null };
  };

  const error = (
    failure: RcloneFailure,
    { operation, object }: Pick<RcloneCall, 'operation' | 'object'>,
  ): ReelholdError =>
    new ReelholdError(
      {
        kind: failure.kind,
        ...{ operation, object },
        ...(failure.hint === null ? {} : { hint: failure.hint }),
        ...(failure.retryAtMs === null ? {} : { retryAtMs: failure.retryAtMs }),
      },
      shownText(failure.text, secrets),
    );

  const rclone: Rclone = {
    ...{ configDir, clock },
    error,
    run: (args, call) => (call.staysHere === true ? start(args, call) : inTurn(() => start(args, call))),
    async require(args, call) {
      const { stdout, failure } = await rclone.run(args, call);
      if (failure !== null) throw error(failure, call);
      return stdout;
    },
  };
  return rclone;
}

/** What rclone said, on one line and without secrets. */
export function shownText(text: string, secrets: readonly string[]): string {
  const line = displayName(
    redact(text, secrets)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
  );
  return line.length > maxDetail ? `${line.slice(0, maxDetail)}…` : line;
}

export function throwIfAborted({
  signal,
  operation,
  object,
}: Pick<RcloneCall, 'signal' | 'operation' | 'object'>) {
  if (signal.aborted) throw new ReelholdError({ kind: 'aborted', operation, object }, 'stopped');
}

/** Keeps what matters of the log, and hands on the rest as it comes. */
async function readLog(log: AsyncIterable<unknown>, { onLine, onStats }: RcloneCall): Promise<RcloneLine[]> {
  const kept: RcloneLine[] = [];
  for await (const text of log) {
    const line = parseRcloneLine(String(text));
    if (line === null) continue;
    if (line.stats !== null) {
      onStats?.(line.stats);
      continue;
    }
    onLine?.(line);
    if (line.level === 'info' || line.level === 'notice') continue;
    // The first says what began it, the last how it ended.
    if (kept.length >= maxKeptLines) kept.splice(maxKeptLines / 2, 1);
    kept.push(line);
  }
  return kept;
}

/** Where the output of a run goes. */
interface Output extends AsyncDisposable {
  /** Takes all of it, durably; gives what was kept in memory. */
  take(output: AsyncIterable<unknown>): Promise<string>;
  /** Without it the file goes. */
  keep(): void;
}

async function openOutput(call: RcloneCall): Promise<Output> {
  if (call.outputFile === undefined) {
    return { take: readAll, keep() {}, async [Symbol.asyncDispose]() {} };
  }
  const { outputFile, operation, object, onOutput } = call;
  const asOurs = (error: unknown) => translateError(error, { operation, object, side: 'vault' });
  const handle = await open(outputFile, 'wx', 0o600).catch((error: unknown) => {
    throw asOurs(error);
  });
  let isKept = false;
  return {
    keep() {
      isKept = true;
    },
    async take(output) {
      try {
        for await (const chunk of output) {
          if (!(chunk instanceof Uint8Array)) continue;
          await handle.appendFile(chunk);
          onOutput?.(chunk.length);
        }
        await handle.sync();
        return '';
      } catch (error) {
        throw asOurs(error);
      }
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      if (!isKept) await rm(outputFile, { force: true });
    },
  };
}

async function readAll(output: AsyncIterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of output) {
    if (!(chunk instanceof Uint8Array)) continue;
    sizeBytes += chunk.length;
    if (sizeBytes > maxOutputBytes) throw new RangeError('rclone answered without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The lines of a file that rclone wrote; the file goes once they are read. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    await rm(file, { force: true });
  }
}
