import { readFile } from 'node:fs/promises';
import { SayableError } from './workspace.mjs';

/** What a program leaves may be a little smaller than what it was given, never much: it is all noise. */
const LEAST_SHARE = 0.98;

/** All read the files from the page cache, so that it is writing that is compared. */
export async function warm(files, signal) {
  for (const file of files) {
    signal.throwIfAborted();
    await readFile(file);
  }
}

/** A program that had left something out would have been measured for less. */
export async function checkSize(processes, set, target, id) {
  const { output } = await processes.run({
    command: 'du',
    args: ['-s', '--block-size=1', '--apparent-size', target],
  });
  if (Number.parseInt(output, 10) >= set.bytes * LEAST_SHARE) return;
  throw new SayableError(`${id} did not take all of the data set "${set.name}".`);
}
