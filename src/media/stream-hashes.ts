import { type Container, sniffContainer } from '#core/container.ts';
import type { StreamHasher, StreamsOutcome } from '#core/ports/media.ts';
import { parseStreamHashes } from '#core/same-streams.ts';
import { inputArguments, maxAllocBytes, notAVideo, readHead } from './ffmpeg-media.ts';
import { runTool, type ToolRun } from './run-tool.ts';

export interface StreamHasherOptions {
  /** Name or absolute path of the program. */
  readonly ffmpeg?: string;
  /** However small the file is. */
  readonly leastTimeoutMs?: number;
}

/** One line of 80 bytes a stream; a file with more streams than this has room for is none of a camera's. */
const maxOutputBytes = 64 * 1024;
/** A disk that gives less than this is one to wait for another day. */
const slowestBytesPerMs = 1000;
const longestTimeoutMs = 24 * 60 * 60 * 1000;

/** Hashes what the system's ffmpeg finds in a file; starts nothing before it is asked. */
export function createStreamHasher(options: StreamHasherOptions = {}): StreamHasher {
  const { ffmpeg = 'ffmpeg', leastTimeoutMs = 120_000 } = options;
  return {
    async hashStreams(file, sizeBytes, signal) {
      const container = sniffContainer(await readHead(file));
      if (!container) return notAVideo;
      const timeoutMs = Math.ceil(Math.min(longestTimeoutMs, leastTimeoutMs + sizeBytes / slowestBytesPerMs));
      const run = await runTool(ffmpeg, streamArguments(file, container), {
        ...{ timeoutMs, maxOutputBytes, signal },
      });
      return streamsOutcome(run);
    },
  };
}

/** Nothing is decoded. Pictures that only decorate a file (`V` leaves them out) are metadata. */
function streamArguments(file: string, container: Container): string[] {
  return [
    ...['-v', 'error', '-nostdin', '-max_alloc', String(maxAllocBytes), '-threads', '1'],
    ...inputArguments(file, container),
    ...['-map', '0:V?', '-map', '0:a?', '-map_metadata', '-1'],
    ...['-c', 'copy', '-f', 'streamhash', '-hash', 'sha256', 'pipe:1'],
  ];
}

/** ffmpeg ends well also where it met damage: what it read until then is not all that there was. */
function streamsOutcome(run: ToolRun): StreamsOutcome {
  if (run.kind === 'unavailable') return { kind: 'unavailable', tool: 'ffmpeg' };
  if (run.kind === 'failed') return { kind: 'unreadable', detail: `ffmpeg: ${run.detail}` };
  if (run.complaint !== null) return { kind: 'unreadable', detail: `ffmpeg: ${run.complaint}` };
  const hashes = parseStreamHashes(run.stdout);
  if (hashes === null) return { kind: 'unreadable', detail: 'ffmpeg: gave an answer that is none' };
  return { kind: 'hashes', hashes };
}
