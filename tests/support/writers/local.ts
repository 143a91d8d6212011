import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mp4Bytes } from '#tests/support/clip-bytes.ts';
import { until } from '#tests/support/until.ts';
import {
  asItStands,
  needsTools,
  onceAndWhole,
  run,
  untilLarger,
  type Writer,
  wholeFile,
  writeSource,
} from './writer.ts';

const sizeBytes = 3 * 2 ** 20;
/** Slow enough to last longer than the quiet time. */
const kibibytesPerSecond = 900;
const otherFileSystem = '/dev/shm';

/** Brings a file from beside the inbox by one call of a program. */
function byProgram(
  what: string,
  name: string,
  tool: string,
  argumentsOf: (source: string, target: string) => readonly string[],
): Writer {
  return {
    what,
    promise: onceAndWhole,
    impossibleBecause: needsTools(tool),
    async write(scene) {
      const whole = mp4Bytes(sizeBytes);
      const source = await writeSource(scene, name, whole);
      await run(tool, argumentsOf(source, join(scene.inbox, name)));
      return wholeFile(name, whole);
    },
  };
}

/** Programs that write into the inbox's own file system. */
export const localWriters: readonly Writer[] = [
  byProgram('cp -p', 'Copied with its date.mp4', 'cp', (source, target) => ['-p', source, target]),
  byProgram('mv in the same file system', 'Moved beside.mp4', 'mv', (source, target) => [source, target]),
  byProgram('ln', 'Linked.mp4', 'ln', (source, target) => [source, target]),
  byProgram('rsync', 'Mirrored.mp4', 'rsync', (source, target) => [
    ...['-a', `--bwlimit=${kibibytesPerSecond}`, source, target],
  ]),
  byProgram('rsync --inplace', 'Mirrored in place.mp4', 'rsync', (source, target) => [
    ...['-a', '--inplace', `--bwlimit=${kibibytesPerSecond}`, source, target],
  ]),
  byProgram('rclone from a folder', 'Cloned.mp4', 'rclone', (source, target) => [
    ...['copyto', '--config', '/dev/null', source, target],
  ]),
  {
    what: 'mv from another file system',
    promise: onceAndWhole,
    impossibleBecause: isOtherFileSystem() ? null : `needs ${otherFileSystem} on a file system of its own`,
    async write(scene) {
      const name = 'Moved from afar.mp4';
      const whole = mp4Bytes(sizeBytes);
      const folder = await mkdtemp(join(otherFileSystem, 'reelhold-writers-'));
      await writeFile(join(folder, name), whole);
      await run('mv', [join(folder, name), join(scene.inbox, name)]);
      await rm(folder, { recursive: true });
      return wholeFile(name, whole);
    },
  },
  {
    what: 'rsync --partial, interrupted and called again',
    promise: 'ends whole, whatever of the first half was taken',
    impossibleBecause: needsTools('rsync'),
    async write(scene) {
      const name = 'Interrupted.mp4';
      const whole = mp4Bytes(2 * sizeBytes);
      const source = await writeSource(scene, name, whole);
      const command = ['-a', '--partial', `--bwlimit=${kibibytesPerSecond}`, source, join(scene.inbox, name)];
      const first = spawn('rsync', command, { stdio: 'ignore' });
      await untilBegun(scene.inbox, `.${name}.`);
      first.kill('SIGINT');
      // Under its own name, cut off, with a date of 1970.
      await untilLarger(scene, name, 0);
      const cutOff = await asItStands(scene, name);
      await sleep(5_000);
      await run('rsync', command);
      return { name, whole, earlier: [], cutOff };
    },
  },
];

/** Waits until a good part of a file stands there under a passing name that begins so. */
async function untilBegun(inbox: string, start: string): Promise<void> {
  await until(
    `a file ${start}… in the inbox`,
    async () => {
      const name = (await readdir(inbox)).find((entry) => entry.startsWith(start));
      const size =
        name === undefined
          ? 0
          : await stat(join(inbox, name)).then(
              (found) => found.size,
              () => 0,
            );
      return size > 256 * 1024;
    },
    60_000,
  );
}

function isOtherFileSystem(): boolean {
  try {
    return statSync(otherFileSystem).dev !== statSync(tmpdir()).dev;
  } catch {
    return false;
  }
}
