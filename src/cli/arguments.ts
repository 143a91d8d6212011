import { readFileSync } from 'node:fs';
import { decodeName } from '#core/file-name.ts';

/**
 * The file names among the arguments, byte for byte: Node reads arguments as UTF-8 and loses bytes that are
 * not; where that happened the kernel's own copy of the command line has them.
 */
export function argumentPaths(files: readonly string[]): readonly string[] {
  if (!files.some((file) => file.includes('\uFFFD'))) return files;
  try {
    return sameArguments(readFileSync('/proc/self/cmdline'), files);
  } catch {
    return files; // not on Linux: such names cannot be told apart there
  }
}

/** From behind: options may stand between and after the names, but nothing that reads as a name does. */
function sameArguments(commandLine: Uint8Array, files: readonly string[]): string[] {
  const parts = splitArguments(commandLine);
  return files
    .toReversed()
    .map((file) => {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        if (new TextDecoder('utf-8', { ignoreBOM: true }).decode(part) === file) return decodeName(part);
      }
      return file;
    })
    .reverse();
}

function splitArguments(commandLine: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < commandLine.length; ) {
    const end = commandLine.indexOf(0, start);
    parts.push(commandLine.subarray(start, end < 0 ? commandLine.length : end));
    start = end < 0 ? commandLine.length : end + 1;
  }
  return parts;
}
