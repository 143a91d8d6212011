import { describe, expect, it } from 'vitest';
import { readSidecar, type SidecarFacts, sidecarFormatOf } from '#core/sidecar-facts.ts';
import { processorMsOf } from '#tests/support/processor.ts';
import fc from '#tests/support/properties.ts';

const nothing: SidecarFacts = {
  ...{ title: null, description: null, date: null, tags: [], rating: null, sourceId: null, sourceUrl: null },
};

const xmp = (
  description: string,
  attributes = '',
) => `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" ${attributes}>${description}</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

describe('an XMP sidecar', () => {
  it('is read as Adobe, digiKam and Immich write it', () => {
    const text = xmp(
      `<!-- a comment <rdf:li> -->
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Rom &amp; Oslo &#x1F382;</rdf:li></rdf:Alt></dc:title>
      <dc:description><rdf:Alt><rdf:li xml:lang="x-default"><![CDATA[one <b>\ntwo]]></rdf:li></rdf:Alt></dc:description>
      <digiKam:TagsList><rdf:Seq><rdf:li>Places/Rome</rdf:li><rdf:li>winter</rdf:li></rdf:Seq></digiKam:TagsList>
      <dc:subject><rdf:Bag><rdf:li>winter</rdf:li></rdf:Bag></dc:subject>`,
      'xmp:Rating="4" xmp:CreateDate=\'2026-11-21T10:14:22+01:00\'',
    );
    expect(readSidecar(text, 'xmp')).toEqual({
      ...nothing,
      title: 'Rom & Oslo 🎂',
      description: 'one <b>\ntwo',
      date: '2026-11-21T10:14:22+01:00',
      tags: ['Places/Rome', 'winter'],
      rating: 4,
    });
  });

  it('is read with properties as elements too', () => {
    expect(
      readSidecar(xmp('<xmp:Rating>5</xmp:Rating><xmp:CreateDate>2026-11-21</xmp:CreateDate>'), 'xmp'),
    ).toEqual({
      ...nothing,
      rating: 5,
      date: '2026-11-21',
    });
  });

  it.each([
    [
      'entities that grow',
      `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]>${xmp('<dc:title>&l2;</dc:title>')}`,
    ],
    [
      'an entity that is a file',
      `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xmp('<dc:title>&e;</dc:title>')}`,
    ],
    ['no XML', 'just text'],
    ['XML of another kind', '<a><b>c</b></a>'],
    ['a tag that never ends', '<rdf:RDF><rdf:Description'],
    ['tags that cross', '<rdf:RDF><a><b></a></b></rdf:RDF>'],
    ['a quote that never ends', '<rdf:RDF><rdf:Description xmp:Rating="4></rdf:Description></rdf:RDF>'],
    ['folders without end', `<rdf:RDF>${'<a>'.repeat(5000)}`],
    ['nothing to say', xmp('')],
    ['nothing at all', ''],
  ])('with %s says nothing', (_, text) => {
    expect(readSidecar(text, 'xmp')).toBe(null);
  });

  it('knows the entities of XML and no others', () => {
    const text = xmp(
      '<dc:title><rdf:Alt><rdf:li>&lt;&bogus;&#0;&#xD800;&#9999999;</rdf:li></rdf:Alt></dc:title>',
    );
    expect(readSidecar(text, 'xmp')?.title).toBe('<&bogus;\u2400\uFFFD');
  });

  it('of any bytes is read in no time, or says nothing', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '=',
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      'rdf:li',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
        readSidecar(xmp(pieces.join('')), 'xmp');
        readSidecar(pieces.join('').repeat(50), 'xmp');
      }),
    );
    const hostile = [
      '<'.repeat(1e6),
      '<a '.repeat(3e5),
      `<a ${'x='.repeat(5e5)}>`,
      '&'.repeat(1e6),
      '<!--'.repeat(2e5),
    ];
    const readAll = () => {
      for (const text of hostile) readSidecar(text, 'xmp');
    };
    expect(processorMsOf(readAll)).toBeLessThan(5000);
  });
});

describe("yt-dlp's info.json", () => {
  it('is read as facts', () => {
    const info = {
      ...{
        id: '7301234567890123456',
        title: 'Rome  in\nwinter',
        webpage_url: 'https://www.tiktok.com/@a/video/7301',
      },
      ...{
        upload_date: '20261121',
        description: 'line one\nline two',
        tags: ['rome', 7, 'rome'],
        formats: [{}],
      },
    };
    expect(readSidecar(JSON.stringify(info), 'info-json')).toEqual({
      ...nothing,
      title: 'Rome in winter',
      description: 'line one\nline two',
      date: '2026-11-21',
      tags: ['rome'],
      sourceId: '7301234567890123456',
      sourceUrl: 'https://www.tiktok.com/@a/video/7301',
    });
  });

  it.each([
    ['a script as its address', { webpage_url: 'javascript:alert(1)' }],
    ['a day that is none', { upload_date: '20261399' }],
    ['values of other types', { title: 5, description: [], id: {}, tags: 'x' }],
  ])('with %s says nothing of it', (_, info) => {
    expect(readSidecar(JSON.stringify(info), 'info-json')).toBe(null);
  });

  it.each(['', '[]', 'null', '{', '"x"'])('that is %j says nothing', (text) => {
    expect(readSidecar(text, 'info-json')).toBe(null);
  });

  it('is cut where it is long', () => {
    const facts = readSidecar(
      JSON.stringify({ title: 'x'.repeat(9000), description: 'y'.repeat(90_000) }),
      'info-json',
    );
    expect([facts?.title?.length, facts?.description?.length]).toEqual([300, 5000]);
  });
});

describe('a sidecar', () => {
  it.each([
    ['clip.mp4.xmp', 'xmp'],
    ['CLIP.XMP', 'xmp'],
    ['clip.info.json', 'info-json'],
    ['clip.json', null],
    ['._clip.xmp', null],
    ['clip.srt', null],
  ])('%s is read as %s', (name, format) => {
    expect(sidecarFormatOf(name)).toBe(format);
  });
});
