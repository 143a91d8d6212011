import { readFileSync } from 'node:fs';
import { decodeName } from '#core/file-name.ts';

/**
 * The file names among the arguments, byte for byte: Node reads arguments as UTF-8 and loses bytes that are
 * not; where that happened the kernel's own copy of the command line has them. `files` are the last arguments.
 */
export function argumentPaths(files: readonly string[]): readonly string[] {
  if (!files.some((file) => file.includes('\uFFFD'))) return files;
  try {
    return lastArguments(readFileSync('/proc/self/cmdline'), files.length);
  } catch {
    return files; // not on Linux: such names cannot be told apart there
  }
}

function lastArguments(commandLine: Uint8Array, count: number): string[] {
  const parts: string[] = [];
  for (let start = 0; start < commandLine.length; ) {
    const end = commandLine.indexOf(0, start);
    parts.push(decodeName(commandLine.subarray(start, end < 0 ? commandLine.length : end)));
    start = end < 0 ? commandLine.length : end + 1;
  }
  return parts.slice(-count);
}
