import { counted, mib, roundHeads, table } from './markdown.mjs';
import { placeKinds } from './place-kinds.mjs';
import { largestMib, medianSeconds } from './targets.mjs';

/** What was measured of places, as sections of the page. */
export function placeSections({ mirroring, listing }) {
  const { fileCount, bytes } = mirroring;
  return [
    `## Places: ${counted(fileCount, 'clip', 'clips')}, ${(bytes / 1024 ** 2).toFixed(0)} MiB\n\n${mirrorTable(mirroring)}`,
    listing === null
      ? ''
      : `## A list of ${counted(listing.fileCount, 'copy', 'copies')}\n\n${listTable(listing)}`,
  ];
}

function mirrorTable({ bytes, mirrors }) {
  const rows = placeKinds.flatMap(({ id, title, peers, note }) => {
    const { runs } = mirrors.find((one) => one.id === id);
    const entrants = [{ id: 'reelhold', title: '`reelhold mirror`', note }, ...peers];
    return entrants.map((entrant) => {
      if (runs[entrant.id] === undefined) return [title, entrant.title, 'not measured', '', '', ''];
      const seconds = medianSeconds(runs[entrant.id]);
      const ratio = seconds / medianSeconds(runs[peers[0].id]);
      const speed = (bytes / 1e6 / seconds).toFixed(0);
      return [title, entrant.title, seconds.toFixed(2), ratio.toFixed(2), speed, entrant.note ?? ''];
    });
  });
  return table(['place', '', 's', '× the first peer', 'MB/s', 'mind'], rows, 'llrrrl');
}

function listTable({ runs }) {
  const rows = [
    ['from asking for the list to its end (median)', `${medianSeconds(runs).toFixed(2)} s`],
    ['peak memory of the daemon', mib(largestMib(runs, 'peakBytes'))],
    ['of that, what it had not had before', mib(Math.max(...runs.map(growthMib)))],
    ['peak memory of rclone', mib(largestMib(runs, 'rcloneBytes'))],
  ];
  return table(['', ''], rows, 'lr');
}

function growthMib({ peakBytes, beforeBytes }) {
  return (peakBytes - beforeBytes) / 1024 ** 2;
}

/** How places were measured: what was run, and the rules. */
export function placeMethod() {
  const shown = new Set(placeKinds.flatMap(({ peers }) => peers.map((peer) => peer.shown)));
  return [
    `\`\`\`sh\nreelhold mirror PLACE\n${[...shown].join('\n')}\n\`\`\``,
    [
      '- Places: all servers run on this machine and keep their files on the same file system: s3rver, `rclone serve sftp`, `rclone serve webdav`. The drive is a folder of it too. Nothing is on a network, so what the processor does counts in full.',
      '- The archive has the clips already, and has read them back. Each run fills a new place, and the files have been read once before; adding the place is not timed. `rclone copy` sends with its own settings.',
      '- After `reelhold mirror` each copy is proven, and journal, index, `restore.sh` and `README.txt` are there too; `rclone copy` leaves the files, and compares hashes where the server tells one.',
      '- The list is of a WebDAV server. But for one, its files were laid there and their rows written into the catalogue by the benchmark: only the list is measured, as the daemon does it every night, from the request in its queue to the end. One list before is not counted. The peak of the memory begins anew with each list.',
    ].join('\n'),
  ].join('\n\n');
}

/** Every run of the places, as tables. */
export function placeRuns({ mirroring, listing }, rounds) {
  const { heads, align } = roundHeads(rounds);
  const mirrorRows = mirroring.mirrors.flatMap(({ id, runs }) =>
    Object.entries(runs).map(([entrant, list]) => [`${id}: ${entrant}`, ...inSeconds(list)]),
  );
  const listRows = [
    ['seconds', ...inSeconds(listing?.runs ?? [])],
    ...[
      ['daemon before, MiB', 'beforeBytes'],
      ['daemon peak, MiB', 'peakBytes'],
      ['rclone peak, MiB', 'rcloneBytes'],
    ].map(([title, field]) => [
      title,
      ...(listing?.runs ?? []).map((run) => (run[field] / 1024 ** 2).toFixed(1)),
    ]),
  ];
  return [
    table(['places, s', ...heads], mirrorRows, align),
    ...(listing === null ? [] : [table(['list', ...heads], listRows, align)]),
  ];
}

function inSeconds(runs) {
  return runs.map(({ seconds }) => seconds.toFixed(3));
}
