import { decodeName } from '#core/file-name.ts';
import fc from '#tests/support/properties.ts';

/** File names of any bytes but `/` and NUL, in their form in memory: at least one byte, at most 255. */
export const anyFileName: fc.Arbitrary<string> = fc
  .oneof(
    fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((bytes) => bytes.filter((byte) => byte !== 0 && byte !== 0x2f)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => fileBytes(text)),
    // What the rules are about, in all orders.
    fc
      .array(
        fc.constantFrom(
          ...[
            'Rome',
            'rome',
            'CON',
            'IMG_0001',
            'final',
            'raw',
            'older versions',
            'version 2',
            '(2)',
            'ß',
            'é',
          ],
          ...[
            'e\u0301',
            ' ',
            '.',
            '-',
            ':',
            '?',
            '"',
            '\t',
            '\n',
            '\u202E',
            '\u200E',
            '\uF022',
            '🎂',
            '.mp4',
            '.MOV',
          ],
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((pieces) => fileBytes(pieces.join(''))),
  )
  .filter((bytes) => bytes.length > 0)
  .map((bytes) => decodeName(bytes));

function fileBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text.replaceAll('/', '').replaceAll('\0', ''));
  return bytes.subarray(0, 255);
}
