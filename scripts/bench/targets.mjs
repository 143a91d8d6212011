import { placeKinds } from './place-kinds.mjs';
import { median, percentile } from './statistics.mjs';

const PEAK_MIB = 150;
const PAGE_P99_MS = 50;
const LIST_SECONDS = 30;
const LIST_MIB = 250;

const timeTargets = [
  { set: 'large', peer: 'cp', name: '`cp -r` and `sync`', most: 2.0 },
  { set: 'large', peer: 'borg', name: 'borg', faster: 2.5 },
  { set: 'large', peer: 'restic', name: 'restic', faster: 3 },
  { set: 'large', peer: 'annex-copy', name: '`cp -r` and `git annex add`', faster: 4 },
  { set: 'large', peer: 'annex', name: '`git annex add` alone, which makes no copy', faster: 4 },
  { set: 'small', peer: 'borg', name: 'borg', most: 1.5 },
  { set: 'small', peer: 'annex-copy', name: '`cp -r` and `git annex add`', faster: 5 },
  { set: 'small', peer: 'annex', name: '`git annex add` alone, which makes no copy', faster: 5 },
];

/** Every target of the parts that were measured; `isReached` is null where the other program is missing. */
export function judgeTargets({ sets, inbox, places }) {
  const adding = sets ?? [];
  const byName = new Map(adding.map((set) => [set.name, set]));
  return [
    ...timeTargets
      .filter(({ set }) => byName.has(set))
      .map((target) => judgeTime(target, byName.get(target.set).runs)),
    ...adding.map(({ name, runs }) => judgePeak(`\`reelhold add\`, ${name}`, runs.reelhold)),
    ...(inbox === null ? [] : [judgePeak('the daemon, its inbox full', inbox.runs), judgePage(inbox.runs)]),
    ...(places === null ? [] : [...places.mirroring.mirrors.map(judgeMirror), ...judgeList(places.listing)]),
  ];
}

/** How many times as long as Reelhold a program took, medians over medians; null where it is missing. */
export function ratioToReelhold(runs, peer) {
  if (runs[peer] === undefined) return null;
  return medianSeconds(runs[peer]) / medianSeconds(runs.reelhold);
}

export function medianSeconds(runs) {
  return median(runs.map(({ seconds }) => seconds));
}

export function peakMib(runs) {
  return largestMib(runs, 'peakBytes');
}

/** The largest number of bytes in a field of the runs, in MiB. */
export function largestMib(runs, field) {
  return Math.max(...runs.map((run) => run[field])) / 1024 ** 2;
}

/** How long the page took, all rounds together, in ms. */
export function pageTimes(inbox) {
  const all = inbox.flatMap(({ pageTimesMs }) => pageTimesMs);
  return { count: all.length, p50: percentile(all, 0.5), p99: percentile(all, 0.99), max: Math.max(...all) };
}

function judgeTime({ set, peer, name, most, faster }, runs) {
  const ratio = ratioToReelhold(runs, peer);
  const text =
    most === undefined
      ? `${set}: at least ${faster} × faster than ${name}`
      : `${set}: at most ${most.toFixed(1)} × the time of ${name}`;
  if (ratio === null) return { text, measured: 'not installed', isReached: null };
  if (most === undefined) return { text, measured: `${ratio.toFixed(2)} ×`, isReached: ratio >= faster };
  return { text, measured: `${(1 / ratio).toFixed(2)} ×`, isReached: 1 / ratio <= most };
}

function judgePeak(what, runs) {
  const peak = peakMib(runs);
  return {
    text: `peak memory of ${what}: at most ${PEAK_MIB} MiB`,
    measured: `${peak.toFixed(1)} MiB`,
    isReached: peak <= PEAK_MIB,
  };
}

function judgePage(inbox) {
  const { p99 } = pageTimes(inbox);
  return {
    text: `the page meanwhile: under ${PAGE_P99_MS} ms (p99)`,
    measured: `${p99.toFixed(1)} ms`,
    isReached: p99 < PAGE_P99_MS,
  };
}

function judgeMirror({ id, runs }) {
  const { title, most, peers } = placeKinds.find((kind) => kind.id === id);
  const [peer] = peers;
  const text = `filling ${title}: at most ${most.toFixed(1)} × the time of ${peer.title}`;
  if (runs.reelhold === undefined) return { text, measured: 'not installed', isReached: null };
  const ratio = medianSeconds(runs.reelhold) / medianSeconds(runs[peer.id]);
  return { text, measured: `${ratio.toFixed(2)} ×`, isReached: ratio <= most };
}

function judgeList(listing) {
  if (listing === null) {
    const text = `a list of a place: under ${LIST_SECONDS} s and ${LIST_MIB} MiB with rclone`;
    return [{ text, measured: 'not installed', isReached: null }];
  }
  const { fileCount, runs } = listing;
  const of = `a list of ${fileCount.toLocaleString('en')} copies`;
  const seconds = medianSeconds(runs);
  const memory = largestMib(runs, 'peakBytes') + largestMib(runs, 'rcloneBytes');
  return [
    {
      text: `${of}: under ${LIST_SECONDS} s`,
      measured: `${seconds.toFixed(2)} s`,
      isReached: seconds < LIST_SECONDS,
    },
    {
      text: `${of}: under ${LIST_MIB} MiB, the daemon and rclone together`,
      measured: `${memory.toFixed(1)} MiB`,
      isReached: memory < LIST_MIB,
    },
  ];
}
