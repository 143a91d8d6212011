import { describe, expect, it } from 'vitest';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());

describe('writes that belong together', () => {
  it('are all kept, and their value is given', () => {
    const { catalogue } = open;
    const value = catalogue.together(() => {
      catalogue.notes.setFact('a', '1');
      catalogue.notes.setFact('b', '2');
      return 'done';
    });
    expect([value, catalogue.notes.fact('a'), catalogue.notes.fact('b')]).toEqual(['done', '1', '2']);
  });

  it('are all undone where one fails', () => {
    const { catalogue } = open;
    const write = () =>
      catalogue.together(() => {
        catalogue.notes.setFact('a', '1');
        throw new Error('out of luck');
      });
    expect(write).toThrow('out of luck');
    expect(catalogue.notes.fact('a')).toBeNull();
  });

  it('may stand within others, and share their fate', () => {
    const { catalogue } = open;
    const write = () =>
      catalogue.together(() => {
        catalogue.together(() => catalogue.notes.setFact('inner', '1'));
        throw new Error('outer');
      });
    expect(write).toThrow('outer');
    expect(catalogue.notes.fact('inner')).toBeNull();
  });

  it('may hold the claim of an operation, which is a transaction by itself', () => {
    const { catalogue } = open;
    const claimed = catalogue.together(() => {
      catalogue.operations.insert({ kind: 'probe', lane: 'media', subject: 's', notBeforeMs: 0 }, 0);
      return catalogue.operations.claim('media', 0);
    });
    expect(claimed).toMatchObject({ kind: 'probe', state: 'running' });
  });
});
