import { describe, expect, it } from 'vitest';

const script = new URL('../../scripts/reliability-page.mjs', import.meta.url);
const { readSections, reliabilityPage } = await import(script.href);

const recorded = `${[
  { section: 'Power cuts', figures: [{ what: 'seed', figure: 1 }] },
  { section: 'Full disks', figures: [{ what: 'a | b', figure: 'said\nso' }] },
  { section: 'Power cuts', figures: [{ what: 'cuts survived', figure: 68 }] },
]
  .map((line) => JSON.stringify(line))
  .join('\n')}\n`;

describe('the page of figures', () => {
  it('has a table for each section, with what all its tests recorded', () => {
    expect(readSections(recorded)).toEqual([
      ['Full disks', [{ what: 'a | b', figure: 'said\nso' }]],
      [
        'Power cuts',
        [
          { what: 'seed', figure: 1 },
          { what: 'cuts survived', figure: 68 },
        ],
      ],
    ]);
  });

  it('says when and on what they were taken, and keeps its tables whole', () => {
    const facts = { day: '2026-11-22', machine: 'a machine', minutes: 9 };
    const page = reliabilityPage(readSections(recorded), facts);
    expect(page).toContain('Written 2026-11-22 after 9 minutes on a machine.');
    expect(page).toContain('| cuts survived | 68 |\n');
    expect(page).toContain('| a \\| b | said so |\n');
    expect(page.endsWith('|\n')).toBe(true);
  });
});
