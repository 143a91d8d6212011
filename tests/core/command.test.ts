import { describe, expect, it } from 'vitest';
import { formatInboxFile, operationOf, parseInboxFile, readInboxFile } from '#core/command.ts';
import fc from '#tests/support/properties.ts';

describe('a file of an inbox', () => {
  it('comes back from plain characters, whatever bytes its name has', () => {
    const name = fc.string({
      unit: fc.oneof(fc.constantFrom('\udce9', '"', '\\', '\n', 'é', '🎬'), fc.string()),
    });
    fc.assert(
      fc.property(name, name, (inbox, path) => {
        const text = formatInboxFile({ inbox, path });
        expect(text).toMatch(/^[ -~]*$/);
        expect(parseInboxFile(text)).toEqual({ inbox, path });
      }),
    );
  });

  it.each(['', 'null', '1', '"a"', '[]', '{}', '{"inbox":"/a"}', '{"inbox":"/a","path":1}', '{'])(
    'is not named by %j',
    (text) => {
      expect(parseInboxFile(text)).toBeNull();
    },
  );

  it('is read without anything else that was sent with it', () => {
    expect(readInboxFile({ inbox: '/a', path: 'b', kind: 'erase' })).toEqual({ inbox: '/a', path: 'b' });
    expect(operationOf({ kind: 'take-inbox-file', inbox: '/a', path: 'b' })).toEqual({
      kind: 'take-inbox-file',
      lane: 'intake',
      subject: '{"inbox":"/a","path":"b"}',
    });
  });
});
