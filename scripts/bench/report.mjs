import { counted, mib, ms, roundHeads, table } from './markdown.mjs';
import { programs } from './programs.mjs';
import { placeMethod, placeRuns, placeSections } from './report-places.mjs';
import { percentile } from './statistics.mjs';
import { judgeTargets, medianSeconds, pageTimes, peakMib, ratioToReelhold } from './targets.mjs';

/** Every part that was measured (null: it was not asked for), as the Markdown of docs/performance.md. */
export function report(results) {
  const { sets, inbox, places, notes } = results;
  const sections = [
    `# How fast it is\n\n${introduction(results)}`,
    `## Targets\n\n${targetTable(results)}`,
    ...(sets ?? []).map((set) => `## ${setTitle(set)}\n\n${setTable(set)}`),
    inbox === null ? '' : `## Memory, and the page while much comes in\n\n${inboxSection(results)}`,
    ...(places === null ? [] : placeSections(places)),
    notes === null ? '' : `## Where the time goes\n\n${notes}`,
    `## How it was measured\n\n${method(results)}`,
    `## Every run\n\n${rawRuns(results)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function introduction({ isQuick, rounds, date }) {
  const made = `Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}; changes by hand are lost.`;
  const trial = '**A trial with few files (`--quick`): its figures say nothing.**';
  const advice =
    `Medians of ${counted(rounds, 'round', 'rounds')}. It is the ratios that count: seconds depend on the disk, ` +
    'the processor and the day, but all programs were measured by turns in one run, on the same files.';
  return [made, isQuick ? trial : '', advice].filter((text) => text !== '').join('\n\n');
}

function targetTable(results) {
  const verdicts = new Map([
    [true, 'reached'],
    [false, '**missed**'],
    [null, 'not measured'],
  ]);
  const rows = judgeTargets(results).map(({ text, measured, isReached }) => [
    text,
    measured,
    verdicts.get(isReached),
  ]);
  return table(['target', 'measured', ''], rows);
}

function setTitle({ name, fileCount, bytes }) {
  const size = name === 'large' ? '8 to 40 MB' : '100 KB';
  return `${name}: ${fileCount.toLocaleString('en')} files of ${size}, ${(bytes / 1e6).toFixed(0)} MB`;
}

function setTable({ bytes, runs }) {
  const rows = programs.map(({ id, title, note }) => {
    const ratio = ratioToReelhold(runs, id);
    if (ratio === null) return [title, 'not installed', '', '', ''];
    const seconds = medianSeconds(runs[id]);
    const speed = (bytes / 1e6 / seconds).toFixed(0);
    return [title, seconds.toFixed(2), ratio.toFixed(2), speed, note];
  });
  return table(['', 's', '× reelhold', 'MB/s', 'mind'], rows, 'lrrrl');
}

function inboxSection({ sets, inbox, firstStart, quietSeconds, versions }) {
  const { runs, fileCount } = inbox;
  const pages = pageTimes(runs);
  const rows = [
    ...(sets ?? []).map(({ name, runs: added }) => [
      `peak memory of \`reelhold add\`, ${name}`,
      mib(peakMib(added.reelhold)),
    ]),
    ['peak memory of the daemon', mib(peakMib(runs))],
    ['peak memory of the first start after an installation', mib(peakMib([firstStart]))],
    ['from settled to all taken (median)', `${medianSeconds(runs).toFixed(2)} s`],
    ['the page, opened meanwhile', `${pages.count} times`],
    ['p50', ms(pages.p50)],
    ['p99', ms(pages.p99)],
    ['longest', ms(pages.max)],
  ];
  const media =
    versions.ffmpeg === null
      ? 'ffmpeg was not installed, so nothing looked into the videos meanwhile.'
      : 'Meanwhile ffprobe and ffmpeg look into the videos that are in; their memory is not counted.';
  return [
    `The daemon runs, and the ${fileCount.toLocaleString('en')} small files come into its inbox all at once. ` +
      `They settle in ${counted(quietSeconds, 'second', 'seconds')} (\`REELHOLD_QUIET_SECONDS=${quietSeconds}\`). ` +
      `The page is fetched about every 50 ms, one request after the other, until all are taken; ` +
      `how far it is the daemon is asked about every 100 ms. ${media}`,
    table(['', ''], rows, 'lr'),
    "Memory is the kernel's own peak of the whole process with all its threads (`VmHWM`), the highest of all rounds; " +
      'the times of the page are those of all rounds together. The first start after an installation compiles the ' +
      'program and keeps the result; everything else was measured after it.',
  ].join('\n\n');
}

function method({ machine, versions, load, sets, places }) {
  return [
    machineTable(machine, load),
    versionTable(versions),
    ...(sets === null ? [] : [commandList()]),
    rules(),
    ...(places === null ? [] : [placeMethod()]),
    repeating(),
  ].join('\n\n');
}

function machineTable(machine, load) {
  return table(
    ['machine', ''],
    [
      ['processor', machine.processor + (machine.isVirtual ? ', virtual machine' : '')],
      ['memory', `${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB`],
      ['kernel', machine.kernel],
      ['file system', machine.fileSystem],
      ['disk', machine.disk ?? 'unknown'],
      ['load before the start', load.toFixed(2)],
    ],
  );
}

function versionTable(versions) {
  const rows = Object.entries(versions).map(([name, version]) => [name, version ?? 'not installed']);
  return table(['program', 'version'], rows);
}

function commandList() {
  const lines = programs.flatMap(({ shown, preparation }) => [
    ...(preparation === undefined ? [] : [`${preparation}   # not timed`]),
    shown,
  ]);
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

function rules() {
  return [
    '- The files are raw video of seeded noise (YUV4MPEG2): the same on every machine, readable to ffmpeg, and nobody can compress them or find two alike.',
    '- Each program starts with an empty target on the same file system, which is removed afterwards. Before each run the files are read once, so that they are in memory for everybody, and `sync` is waited for. The order rotates with each round.',
    '- The time is that of the whole program from its start to its end. `npm` itself, which only starts it, is left out.',
    '- How much a program flushes to the disk is its own matter and left as it is: Reelhold and `cp` with `sync` end when everything is on the disk, restic and borg flush what they write to their repositories, git-annex flushes only its own notes, `rclone copy` nothing.',
    '- After each run the target is at least as large as the files, or the benchmark fails.',
  ].join('\n');
}

function repeating() {
  return [
    'To repeat it:',
    '',
    '```sh',
    'REELHOLD_BENCH_DIR=/a/folder/on/the/disk npm run bench',
    '```',
    '',
    'A program that is not installed is left out. `npm run bench -- --help` shows the options.',
  ].join('\n');
}

function rawRuns({ sets, inbox, places, rounds }) {
  const all = [
    ...(sets ?? []).map((set) => addingRuns(set, rounds)),
    ...(inbox === null ? [] : [inboxRuns(inbox, rounds)]),
    ...(places === null ? [] : placeRuns(places, rounds)),
  ];
  return `<details>\n<summary>All rounds</summary>\n\n${all.join('\n\n')}\n\n</details>`;
}

function addingRuns({ name, runs }, rounds) {
  const { heads, align } = roundHeads(rounds);
  const rows = programs
    .filter(({ id }) => runs[id] !== undefined)
    .map(({ id, title }) => [title, ...runs[id].map(({ seconds }) => seconds.toFixed(3))]);
  const peaks = runs.reelhold.map(({ peakBytes }) => (peakBytes / 1024 ** 2).toFixed(1));
  return table([`${name}, s`, ...heads], [...rows, ['`reelhold add`, peak MiB', ...peaks]], align);
}

function inboxRuns({ runs }, rounds) {
  const { heads, align } = roundHeads(rounds);
  const rows = [
    ['settled to all taken, s', ({ seconds }) => seconds.toFixed(3)],
    ['peak MiB', ({ peakBytes }) => (peakBytes / 1024 ** 2).toFixed(1)],
    ['pages', ({ pageTimesMs }) => String(pageTimesMs.length)],
    ['page p50, ms', ({ pageTimesMs }) => percentile(pageTimesMs, 0.5).toFixed(1)],
    ['page p99, ms', ({ pageTimesMs }) => percentile(pageTimesMs, 0.99).toFixed(1)],
    ['page longest, ms', ({ pageTimesMs }) => Math.max(...pageTimesMs).toFixed(1)],
  ].map(([title, show]) => [title, ...runs.map(show)]);
  return table(['inbox', ...heads], rows, align);
}
