import { describe, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());

describe('a note', () => {
  it('of a fact holds until the next', () => {
    const { notes } = open.catalogue;
    expect(notes.fact('k')).toBeNull();
    notes.setFact('k', '1');
    notes.setFact('k', '2');
    expect(notes.fact('k')).toBe('2');
  });

  it('of a job says when it last succeeded', () => {
    const { notes } = open.catalogue;
    expect(notes.lastSuccessMs('tidy')).toBeNull();
    notes.setSuccess('tidy', 5);
    notes.setSuccess('tidy', 9);
    expect(notes.lastSuccessMs('tidy')).toBe(9);
  });
});

describe('a condition', () => {
  it('is read as it was said', () => {
    const queries = createQueries(open.database, () => 0);
    expect(queries.condition('space')).toBeNull();
    const space = { level: 'low', freeBytes: 5, totalBytes: 90 } as const;
    open.catalogue.notes.setCondition('space', space, 1);
    expect(queries.condition('space')).toEqual(space);
  });

  it('that stays the same writes nothing, so that the disk may sleep', () => {
    const { notes } = open.catalogue;
    const changes = () => open.database.sqlite.prepare('SELECT total_changes()').pluck().get();
    notes.setCondition('library', { written: 0, gone: 0 }, 1);
    const before = changes();
    notes.setCondition('library', { written: 0, gone: 0 }, 2);
    expect(changes()).toBe(before);
    notes.setCondition('library', { written: 1, gone: 0 }, 3);
    expect(changes()).not.toBe(before);
  });
});
