import { describe, expect, it } from 'vitest';
import { parseInboxes } from '#core/inbox-setting.ts';
import fc from '#tests/support/properties.ts';

const inbox = (dir: string, mode = 'consume', kind = 'loose') => ({ dir, mode, kind });

describe('the setting of the inboxes', () => {
  it.each([
    ['/a', [inbox('/a')]],
    ['/a:keep', [inbox('/a', 'keep')]],
    ['/a:projects', [inbox('/a', 'consume', 'projects')]],
    ['/a:projects:keep', [inbox('/a', 'keep', 'projects')]],
    ['/a:keep:projects', [inbox('/a', 'keep', 'projects')]],
    ['/a:consume:loose', [inbox('/a')]],
    ['/a:here:keep', [inbox('/a:here', 'keep')]],
    ['/a:Keep', [inbox('/a:Keep')]],
    ['/keep', [inbox('/keep')]],
    ['/a, /b:keep ,c', [inbox('/a'), inbox('/b', 'keep'), inbox('c')]],
    ['/a b/c', [inbox('/a b/c')]],
  ])('%j is %j', (text, inboxes) => {
    expect(parseInboxes(text)).toEqual(inboxes);
  });

  it.each([
    '',
    ',',
    '/a,',
    '/a,,/b',
    ':keep',
    '/a:keep:consume',
    '/a:loose:projects',
    '/a:keep:keep',
    'a\0b',
  ])('%j names no inboxes', (text) => {
    expect(parseInboxes(text)).toBeNull();
  });

  it('gives back what it was written from, in either order of its words', () => {
    const folder = fc
      .stringMatching(/^\/[a-z :]{0,8}[a-z]$/)
      .filter((dir) => !/:(keep|consume|loose|projects)$/.test(dir));
    const one = fc.record({
      dir: folder,
      mode: fc.constantFrom('keep', 'consume'),
      kind: fc.constantFrom('loose', 'projects'),
      isKindFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1 }), (inboxes) => {
        const text = inboxes.map(({ dir, mode, kind, isKindFirst }) =>
          [dir, ...(isKindFirst ? [kind, mode] : [mode, kind])].join(':'),
        );
        expect(parseInboxes(text.join(','))).toEqual(
          inboxes.map(({ dir, mode, kind }) => inbox(dir, mode, kind)),
        );
      }),
    );
  });
});
