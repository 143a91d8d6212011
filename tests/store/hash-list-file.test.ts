import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { HashList } from '#core/hash-list.ts';
import { createHashLists } from '#store/hash-list-file.ts';
import { createSourceFiles } from '#store/source-files.ts';
import { ascChain, ascMhl, c4OfBytes, classicMhl, md5Of } from '#tests/support/mhl.ts';
import fc from '#tests/support/properties.ts';

const folder = mkdtempSync(join(tmpdir(), 'reelhold-lists-'));
afterAll(() => rmSync(folder, { recursive: true }));
const lists = createHashLists(createSourceFiles());
const path = join(folder, 'list.mhl');

async function read(content: string | Uint8Array): Promise<HashList | null> {
  writeFileSync(path, content);
  return (await lists.read({ path, within: folder }))?.list ?? null;
}

const bytes = Buffer.from('film');
const listed = (name: string) => ({ path: name, bytes });

describe('a list of hashes', () => {
  it('is read as ASC MHL, with lists that it refers to', async () => {
    const list = await read(
      ascMhl(
        [listed('A001/clip & co.mov'), listed('A001/Grüße.mov')],
        [{ path: 'B001/ascmhl/0001.mhl', c4: 'c4x' }],
      ),
    );
    expect(list?.files).toEqual([
      { path: 'A001/clip & co.mov', sizeBytes: 4, hash: { algorithm: 'md5', value: md5Of(bytes) } },
      { path: 'A001/Grüße.mov', sizeBytes: 4, hash: { algorithm: 'md5', value: md5Of(bytes) } },
    ]);
    expect(list?.lists).toEqual([{ path: 'B001/ascmhl/0001.mhl', c4: 'c4x' }]);
  });

  it('is read as a chain', async () => {
    const manifest = ascMhl([listed('clip.mov')]);
    expect(await read(ascChain({ '0001_A001.mhl': manifest }))).toEqual({
      files: [],
      renamed: [],
      lists: [{ path: '0001_A001.mhl', c4: c4OfBytes(Buffer.from(manifest)) }],
    });
  });

  it('is read as classic MHL', async () => {
    const hash = ['xxhash64be', 'EF46DB3751D8E999'] as const;
    expect((await read(classicMhl([{ ...listed('a/clip.mov'), hash }])))?.files).toEqual([
      { path: 'a/clip.mov', sizeBytes: 4, hash: { algorithm: 'xxh64', value: 'ef46db3751d8e999' } },
    ]);
  });

  it.each([
    // of no bytes; 02cc5d05 and ef46db3751d8e999 as everybody else writes them
    ['xxhash', '0046947589', { algorithm: 'xxh32', value: '02cc5d05' }],
    ['xxhash', '46947589', { algorithm: 'xxh32', value: '02cc5d05', otherwise: ['46947589', '89759446'] }],
    ['xxhash', '02CC5D05', { algorithm: 'xxh32', value: '02cc5d05', otherwise: ['055dcc02'] }],
    ['xxhash', 'abababab', { algorithm: 'xxh32', value: 'abababab' }],
    [
      'xxhash64',
      '99E9D85137DB46EF',
      { algorithm: 'xxh64', value: 'ef46db3751d8e999', otherwise: ['99e9d85137db46ef'] },
    ],
  ] as const)('is read as classic MHL, with its %s %s', async (name, value, hash) => {
    const found = await read(classicMhl([{ ...listed('clip.mov'), hash: [name, value] }]));
    expect(found?.files[0]?.hash).toEqual(hash);
  });

  it('gives no hash where it names none that is known, or one that did not fit', async () => {
    for (const hash of [
      ['xxhash', '9999999999'],
      ['xxhash', '12345678901'],
      ['xxhash64', '99e9d851'],
      ['md5', 'short'],
      ['null', ''],
    ] as const) {
      expect((await read(classicMhl([{ ...listed('clip.mov'), hash }])))?.files[0]?.hash).toBeNull();
    }
    const failed = { ...listed('clip.mov'), action: 'failed' };
    expect((await read(ascMhl([failed])))?.files[0]?.hash).toBeNull();
  });

  it.each([
    ['is empty', ''],
    ['is another document', '<html><body/></html>'],
    ['is cut off', ascMhl([listed('clip.mov')]).slice(0, 600)],
    ['is no text', Buffer.from([0xff, 0xfe, 0x3c, 0x00])],
    ['goes on behind its end', `${classicMhl([listed('clip.mov')])}<more/>`],
    ['names a file outside its folder', ascMhl([listed('clip.mov'), listed('../clip.mov')])],
    ['names an absolute path', classicMhl([listed('/etc/passwd')])],
    ['names a path of another system', classicMhl([listed('..\\clip.mov')])],
    ['names a path with an empty part', classicMhl([listed('a//clip.mov')])],
    ['names a list outside its folder', ascMhl([], [{ path: '../x.mhl', c4: 'c4x' }])],
    ['names a file without a path', '<hashlist><hash><md5>x</md5></hash></hashlist>'],
    ['is nested deeper than any list', `<hashlist>${'<a>'.repeat(99)}${'</a>'.repeat(99)}</hashlist>`],
    ['has a path longer than any', classicMhl([listed('a'.repeat(5000))])],
    [
      'declares entities of its own',
      '<!DOCTYPE h [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><hashlist><hash><file>&b;</file></hash></hashlist>',
    ],
  ])('is not read where it %s', async (_what, content) => {
    expect(await read(content)).toBeNull();
  });

  it('is none where a link or a FIFO has its name', async () => {
    symlinkSync('/etc/hostname', join(folder, 'link.mhl'));
    execFileSync('mkfifo', [join(folder, 'fifo.mhl')]);
    for (const name of ['link.mhl', 'fifo.mhl', 'nothing.mhl']) {
      expect(await lists.read({ path: join(folder, name), within: folder })).toBeNull();
    }
  });

  it('is read piece by piece, also where a letter stands across two pieces', async () => {
    const files = Array.from({ length: 4000 }, (_, index) => listed(`Ordner/Grüße ${index} 🎬.mov`));
    const list = await read(classicMhl(files));
    expect(list?.files.map((file) => file.path)).toEqual(files.map((file) => file.path));
  });

  it('throws nothing and names no path that leaves its folder, whatever it holds', async () => {
    const part = fc.constantFrom(
      ...[
        '<hashlist>',
        '</hashlist>',
        '<hash>',
        '</hash>',
        '<file>',
        '</file>',
        '<path size="9">',
        '</path>',
      ],
      ...[
        '<md5>',
        '</md5>',
        '../',
        'a',
        '/',
        '\\',
        '&amp;',
        '&x;',
        ']]>',
        '<![CDATA[',
        '<!--',
        '\0',
        '<',
        'é',
      ],
      ...['<hashlistreference>', '</hashlistreference>', '<?xml', '?>', '<!DOCTYPE x [', '<previousPath>'],
    );
    const whole = classicMhl([listed('a/b.mov'), listed('c.mov')]);
    const spliced = fc
      .tuple(fc.nat(whole.length), fc.nat(40), fc.array(part, { maxLength: 6 }))
      .map(([at, gone, parts]) => whole.slice(0, at) + parts.join('') + whole.slice(at + gone));
    const content = fc.oneof(
      spliced,
      fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(content, async (text) => {
        const list = await read(text);
        const paths = [...(list?.files ?? []), ...(list?.lists ?? [])].map((file) => file.path);
        for (const name of paths) expect(join('/x', name).startsWith('/x/')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
