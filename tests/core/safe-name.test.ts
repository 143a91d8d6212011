import { describe, expect, it } from 'vitest';
import { foldName, safeTitle, titleOf } from '#core/safe-name.ts';
import fc from '#tests/support/properties.ts';

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  // What the rules are about, in all orders.
  fc
    .array(
      fc.constantFrom(
        ...[
          'con',
          'NUL',
          'com¹',
          'Lpt9',
          '.',
          ' ',
          '-',
          '_',
          ':',
          '?',
          '*',
          '"',
          '<',
          '>',
          '|',
          '/',
          '\\',
          '\n',
          '\0',
        ],
        ...[
          'a',
          'é',
          'e\u0301',
          '\u0338',
          '\uDC80',
          '\uD83C',
          '🎂',
          '👩‍👩‍👧‍👦',
          '\u202E',
          '\u200D',
          '\uFEFF',
          '\uF022',
          'ß',
          '\u0345',
        ],
      ),
      { maxLength: 80 },
    )
    .map((pieces) => pieces.join('')),
);

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

describe('a safe title', () => {
  it.each([
    ['Holiday in Rome', 'Holiday in Rome'],
    ['Part 1: Rome', 'Part 1 - Rome'],
    ['At 10:30', 'At 10-30'],
    ['What? Why*', 'What Why_'],
    ['"Quoted" <b>|/\\', "'Quoted' (b)---"],
    ['  .hidden.  ', 'hidden'],
    ['..', 'Untitled'],
    ['...mp4', 'mp4'],
    ['-rf', 'rf'],
    ['???', 'Untitled'],
    ['\u200D\u3164', 'Untitled'],
    ['', 'Untitled'],
    ['two\n\n lines', 'two lines'],
    ['bell\u0007', 'bell'],
    ['caf\uDCE9', 'caf_'],
    ['cafe\u0301', 'caf\u00E9'],
    ['gpj.\u202Etrap', 'gpj.trap'],
    ['Rome\uF022 day 1\uF025', 'Rome - day 1'],
    ['con', '_con'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['Nul .tar.gz', '_Nul .tar.gz'],
    ['com0', '_com0'],
    ['COM¹', '_COM¹'],
    ['lpt³.x', '_lpt³.x'],
    ['con?', '_con'],
    ['conin$', '_conin$'],
    ['concert', 'concert'],
    ['com10', 'com10'],
    ['👩‍👩‍👧‍👦 🎂', '👩‍👩‍👧‍👦 🎂'],
  ])('of %j is %j', (stem, safe) => {
    expect(safeTitle(stem)).toBe(safe);
  });

  it('is one that ext4, NTFS, exFAT and SMB take, whatever it is made of', () => {
    fc.assert(
      fc.property(anyName, (stem) => {
        const safe = safeTitle(stem);
        expect(safe).not.toBe('');
        expect(safe.isWellFormed()).toBe(true);
        expect(safe).toBe(safe.normalize('NFC'));
        expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Bidi_Control}]/u);
        expect(safe).not.toMatch(/^[\s.-]|[\s.]$|\s\s|[^\S ]/);
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\s*\.|$)/i);
        expect(bytesOf(safe)).toBeLessThanOrEqual(110);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyName, (stem) => {
        expect(safeTitle(safeTitle(stem))).toBe(safeTitle(stem));
      }),
      { numRuns: 2000 },
    );
  });

  it('is cut between what a person sees as characters', () => {
    const family = '👩‍👩‍👧‍👦';
    const safe = safeTitle(family.repeat(20));
    expect(safe).toBe(family.repeat(Math.floor(110 / bytesOf(family))));
    expect(safeTitle('e\u0301\u0323'.repeat(90))).toBe('\u1EB9\u0301'.repeat(22));
  });

  it('is cut inside a character that is longer than a name may be', () => {
    const zalgo = `a${'\u0335'.repeat(200)}`;
    expect(bytesOf(safeTitle(zalgo))).toBe(109);
    // Here the cut bares a device name.
    expect(safeTitle(`con ${zalgo}`)).toBe('_con');
  });
});

describe('a folded name', () => {
  it.each([
    ['ROME.mp4', 'rome.MP4'],
    ['cafe\u0301', 'CAF\u00C9'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['  two   words ', 'Two\u00A0Words'],
    ['\uFB01lm', 'FILM'],
  ])('is the same for %j and %j', (a, b) => {
    expect(foldName(a)).toBe(foldName(b));
  });

  it.each([
    ['Part ²', 'Part 2'],
    ['①', '1'],
    ['Rome', 'Roma'],
    ['caf\uDCE9', 'caf\uDCE8'],
    ['Ａ', 'A'],
  ])('differs for %j and %j', (a, b) => {
    expect(foldName(a)).not.toBe(foldName(b));
  });

  it('does not depend on case or normal form, and folds to itself', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const folded = foldName(name);
        expect(foldName(folded)).toBe(folded);
        expect(foldName(name.normalize('NFD'))).toBe(folded);
        expect(foldName(name.normalize('NFC').toUpperCase())).toBe(folded);
      }),
      { numRuns: 2000 },
    );
  });

  it('does so for every character there is', () => {
    const odd: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      const folded = foldName(character);
      const others = [folded, character.toUpperCase(), character.toLowerCase(), character.normalize('NFD')];
      if (others.some((other) => foldName(other) !== folded)) odd.push(code.toString(16));
    }
    expect(odd).toEqual([]);
  }, 20_000);

  it('is one for two safe titles that a file system which ignores case takes for one', () => {
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        const [safeA, safeB] = [safeTitle(a), safeTitle(b)];
        if (safeA.toLowerCase() === safeB.toLowerCase()) expect(foldName(safeA)).toBe(foldName(safeB));
      }),
    );
  });
});

describe('the title of a file', () => {
  it.each([
    ['What? Why: part 1.mp4', 'What? Why: part 1'],
    ['  spaced   out  .mov', 'spaced out'],
    ['two\nlines.mp4', 'two lines'],
    ['caf\uDCE9.mp4', 'caf\uFFFD'],
    ['gpj.\u202Etrap.mp4', 'gpj.trap'],
    ['Rome\uF022 day 1\uF025.mp4', 'Rome: day 1?'],
    ['.mp4', '.mp4'],
    [' .mp4', 'Untitled'],
    ['\u200D.mp4', 'Untitled'],
    ['', 'Untitled'],
    ['bell\u0007.mp4', 'bell␇'],
  ])('of %j is %j', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it('is never empty and always one line', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const title = titleOf(name);
        expect(title).not.toBe('');
        expect(title).not.toMatch(/^\s|\s$|\s\s|[\p{Cc}\p{Bidi_Control}]/u);
        expect(title.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
