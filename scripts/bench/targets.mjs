import { median, percentile } from './statistics.mjs';

const PEAK_MIB = 150;
const PAGE_P99_MS = 50;

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

/** Every target with what was measured; `isReached` is null where the other program is missing. */
export function judgeTargets({ sets, inbox }) {
  const byName = new Map(sets.map((set) => [set.name, set]));
  return [
    ...timeTargets.map((target) => judgeTime(target, byName.get(target.set).runs)),
    ...sets.map(({ name, runs }) => judgePeak(`\`reelhold add\`, ${name}`, runs.reelhold)),
    judgePeak('the daemon, its inbox full', inbox),
    judgePage(inbox),
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
  return Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1024 ** 2;
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
