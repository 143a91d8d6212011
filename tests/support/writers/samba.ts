import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mp4Bytes } from '#tests/support/clip-bytes.ts';
import { digestOf } from '#tests/support/digests.ts';
import { hasFruit, noSambaBecause, type ShareKind } from '#tests/support/samba.ts';
import {
  asItStands,
  kill,
  needsTools,
  onceAndWhole,
  succeeds,
  untilLarger,
  type Writer,
  wholeFile,
} from './writer.ts';

const mebibyte = 2 ** 20;
/** The test's daemon waits for three seconds. */
const longerThanQuietMs = 5_000;
const noExplorer = noSambaBecause ?? needsTools('python3');

function asExplorer(share: ShareKind, name: string, impossibleBecause: string | null): Writer {
  return {
    what: `Explorer, into a share of the kind "${share}"`,
    promise: onceAndWhole,
    impossibleBecause,
    async write(scene) {
      const whole = mp4Bytes(5 * mebibyte);
      const client = scene.share.uploadAsExplorer(name, 700, { share });
      client.stdin?.end(whole);
      await succeeds(client, `the upload into ${share}`);
      return wholeFile(name, whole);
    },
  };
}

/** Writes a piece, pauses, and so on. */
async function sendSlowly({ stdin }: ChildProcess, bytes: Buffer, pauseMs: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += mebibyte / 2) {
    stdin?.write(bytes.subarray(at, at + mebibyte / 2));
    await sleep(pauseMs);
  }
  stdin?.end();
}

/** Clients of a real Samba. */
export const sambaWriters: readonly Writer[] = [
  asExplorer('inbox', 'From Windows.mp4', noExplorer),
  asExplorer('strict', 'From Windows at full length.mp4', noExplorer),
  asExplorer('fruit', 'Into a share for Macs.mp4', noExplorer ?? (hasFruit ? null : "needs Samba's fruit")),
  {
    what: 'smbclient with a slow source',
    promise: onceAndWhole,
    impossibleBecause: noSambaBecause,
    async write(scene) {
      const name = 'Slowly over SMB.mp4';
      const whole = mp4Bytes(3 * mebibyte);
      const client = scene.share.upload(name);
      await sendSlowly(client, whole, 600);
      await succeeds(client, 'smbclient');
      return wholeFile(name, whole);
    },
  },
  {
    what: 'smbclient under a passing name, then renamed',
    promise: onceAndWhole,
    impossibleBecause: noSambaBecause,
    async write(scene) {
      const name = 'Renamed at the end.mp4';
      const whole = mp4Bytes(2 * mebibyte);
      const client = scene.share.upload('.tmp-upload');
      await sendSlowly(client, whole, 600);
      await succeeds(client, 'smbclient');
      await succeeds(scene.share.rename('.tmp-upload', name), 'smbclient');
      return wholeFile(name, whole);
    },
  },
  {
    what: 'smbclient over a name that is there',
    promise: 'ends with the bytes that came last',
    impossibleBecause: noSambaBecause,
    async write(scene) {
      const name = 'Overwritten.mp4';
      const [before, whole] = [mp4Bytes(2 * mebibyte), mp4Bytes(3 * mebibyte)];
      for (const bytes of [before, whole]) {
        const client = scene.share.upload(name);
        client.stdin?.end(bytes);
        await succeeds(client, 'smbclient');
      }
      return { name, whole, earlier: [before], cutOff: [] };
    },
  },
  {
    what: 'smbclient that is killed before its first byte arrives',
    promise: 'leaves an empty file, which is never taken',
    impossibleBecause: noSambaBecause,
    async write(scene) {
      const name = 'Killed at nothing.mp4';
      const client = scene.share.upload(name);
      client.stdin?.write(mp4Bytes(mebibyte / 16));
      await untilLarger(scene, name, -1);
      await kill(client);
      await sleep(longerThanQuietMs);
      return { name, whole: null, earlier: [], cutOff: await asItStands(scene, name) };
    },
  },
  {
    what: 'Explorer, killed in the middle, and then the whole again',
    promise: 'ends whole, whatever of the first half was taken',
    impossibleBecause: noExplorer,
    async write(scene) {
      const name = 'Killed at half.mp4';
      const whole = mp4Bytes(5 * mebibyte);
      const client = scene.share.uploadAsExplorer(name, 800);
      client.stdin?.end(whole);
      await untilLarger(scene, name, 0);
      await sleep(1_200);
      await kill(client);
      await sleep(300);
      const cutOff = await asItStands(scene, name); // the full size, with a tail of zeros
      await sleep(longerThanQuietMs);
      const again = scene.share.upload(name);
      again.stdin?.end(whole);
      await succeeds(again, 'smbclient');
      return { name, whole, earlier: [], cutOff };
    },
  },
  {
    what: 'Explorer, stalled in the middle for longer than the quiet time',
    promise: 'ends whole, whatever of the first half was taken',
    impossibleBecause: noExplorer,
    async write(scene) {
      const name = 'Stalled at full length.mp4';
      const whole = mp4Bytes(5 * mebibyte);
      const client = scene.share.uploadAsExplorer(name, 800);
      client.stdin?.end(whole);
      await untilLarger(scene, name, 0);
      await sleep(1_200);
      client.kill('SIGSTOP');
      await sleep(300);
      const cutOff = await asItStands(scene, name);
      await sleep(longerThanQuietMs);
      client.kill('SIGCONT');
      await succeeds(client, 'the stalled upload');
      return { name, whole, earlier: [], cutOff };
    },
  },
  {
    what: 'a client that stalls, and goes on after what it had written was taken',
    promise: 'brings the rest as the next version of the same video',
    impossibleBecause: noExplorer,
    async write(scene) {
      // Bytes of which nobody knows how they are wrapped: every beginning looks as whole as all of it.
      const name = 'Stalled while growing.mpg';
      const whole = randomBytes(6 * mebibyte);
      const client = scene.share.uploadAsExplorer(name, 800, { grows: true });
      client.stdin?.end(whole);
      await untilLarger(scene, name, mebibyte);
      client.kill('SIGSTOP');
      await sleep(300);
      const earlier = await asItStands(scene, name);
      const [half] = earlier;
      if (half === undefined || half.length >= whole.length)
        throw new Error('it did not stall in the middle');
      await scene.untilTaken(name, digestOf(half));
      client.kill('SIGCONT');
      await succeeds(client, 'the stalled upload');
      return { name, whole, earlier, cutOff: [] };
    },
  },
];
