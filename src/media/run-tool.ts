import { constants, setPriority } from 'node:os';
import { execa } from 'execa';
import { codeOf } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';

export type ToolRun =
  /** `complaint`: the last thing it said on its error output, if it said anything. */
  | { readonly kind: 'done'; readonly stdout: string; readonly complaint: string | null }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'unavailable' };

export interface ToolLimits {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
}

const maxDetail = 200;

/**
 * Runs a program to its end without a shell, without input and out of the way of what cannot wait;
 * rejects with the signal's reason when aborted, and never leaves the program or its children behind.
 */
export async function runTool(tool: string, args: readonly string[], limits: ToolLimits): Promise<ToolRun> {
  limits.signal.throwIfAborted();
  const child = execa(tool, args, {
    stdin: 'ignore',
    timeout: limits.timeoutMs,
    maxBuffer: limits.maxOutputBytes,
    cancelSignal: limits.signal,
    forceKillAfterDelay: 1000,
    killDescendants: true,
    reject: false,
  });
  stepBack(child.pid);
  const result = await child;
  limits.signal.throwIfAborted();
  if (!result.failed) return { kind: 'done', stdout: result.stdout, complaint: lastLine(result.stderr) };
  if (isMissing(result)) return { kind: 'unavailable' };
  return { kind: 'failed', detail: detailOf(result, limits) };
}

/** The threads a program starts later inherit this; the first milliseconds do not matter. */
function stepBack(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It ended already, or the system does not allow it: then it runs as everything else does.
  }
}

/** Not there, or there and not to be executed: the machine's matter, not the video's. */
function isMissing(result: { exitCode?: number; code?: unknown }): boolean {
  const code = codeOf(result);
  return result.exitCode === undefined && (code === 'ENOENT' || code === 'EACCES' || code === 'ENOEXEC');
}

interface FailedRun {
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly stderr: string;
}

function detailOf(result: FailedRun, limits: ToolLimits): string {
  if (result.timedOut) return `gave no answer within ${Math.round(limits.timeoutMs / 1000)} s`;
  if (result.isMaxBuffer) return 'answered without end';
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  return lastLine(result.stderr) ?? `ended with exit code ${result.exitCode ?? 'unknown'}`;
}

/** Messages quote the file, so they are as untrusted as it is. */
function lastLine(stderr: string): string | null {
  const line = stderr
    .split('\n')
    .map((text) => text.trim())
    .findLast((text) => text !== '');
  return line === undefined ? null : displayName(withoutPath(line)).slice(0, maxDetail);
}

/** The vault's inner paths tell the owner nothing. */
function withoutPath(line: string): string {
  return line.replace(/^file:\S+:\s*/, '').replace(/file:\S+/g, 'the file');
}
