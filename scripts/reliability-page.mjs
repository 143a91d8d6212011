/** Gathers what the suites recorded, a line of JSON each, by section, in the order of the sections' names. */
export function readSections(lines) {
  const sections = new Map();
  for (const line of lines.split('\n').filter(Boolean)) {
    const { section, figures } = JSON.parse(line);
    sections.set(section, [...(sections.get(section) ?? []), ...figures]);
  }
  return [...sections].sort(([a], [b]) => a.localeCompare(b, 'en'));
}

/** Writes docs/reliability.md. */
export function reliabilityPage(sections, { day, machine, minutes }) {
  const tables = sections.map(
    ([section, figures]) => `## ${section}\n\n| what | figure |\n|---|---|\n${figures.map(row).join('\n')}\n`,
  );
  return `# Reliability

What \`npm run test:faults\` did to Reelhold in its last complete run, and what it counted. The script writes this page;
nobody types a figure into it. After each fault an oracle with a hash of its own looks at the disk: everything that was
acknowledged reads back with its digest, nothing is acknowledged that does not, nothing that was in the inbox is lost,
and the next start finishes the rest, or Reelhold says plainly what is wrong and stays up.

Written ${day} after ${minutes} minutes on ${machine}. A seed repeats a run:
\`REELHOLD_TEST_SEED=<seed> npm run test:faults -- FILE\`.

${tables.join('\n')}`;
}

function row({ what, figure }) {
  const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
  return `| ${cell(what)} | ${cell(figure)} |`;
}
