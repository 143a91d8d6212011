import { createHash } from 'node:crypto';
import { c4Of } from '#core/c4.ts';

interface Listed {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The element and the value of its hash; MD5 unless told otherwise. */
  readonly hash?: readonly [string, string];
  readonly action?: string;
}

export const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
export const c4OfBytes = (bytes: Uint8Array) => c4Of(createHash('sha512').update(bytes).digest());

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A manifest of ASC MHL v2, as its reference tool writes them. */
export function ascMhl(
  files: readonly Listed[],
  references: readonly { path: string; c4: string }[] = [],
): string {
  const hashes = files.map(({ path, bytes, hash, action = 'original' }) => {
    const [name, value] = hash ?? ['md5', md5Of(bytes)];
    return `<hash><path size="${bytes.length}" lastmodificationdate="2026-11-21T10:00:00+00:00">${escapeXml(path)}</path>
<${name} action="${action}" hashdate="2026-11-21T10:00:00+00:00">${value}</${name}></hash>`;
  });
  const others = references.map(
    ({ path, c4 }) => `<hashlistreference><path>${escapeXml(path)}</path><c4>${c4}</c4></hashlistreference>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
<creatorinfo><creationdate>2026-11-21T10:00:00+00:00</creationdate><hostname>cart</hostname><tool version="1.2">ascmhl</tool></creatorinfo>
<processinfo><process>in-place</process><roothash><content><c4>${c4OfBytes(new Uint8Array())}</c4></content></roothash>
<ignore><pattern>.DS_Store</pattern><pattern>ascmhl</pattern></ignore></processinfo>
<hashes>${hashes.join('\n')}
<directoryhash><path>A001</path><content><c4>x</c4></content></directoryhash></hashes>
<references>${others.join('')}</references></hashlist>`;
}

/** The chain file of ASC MHL v2 over these manifests. */
export function ascChain(manifests: Readonly<Record<string, string>>): string {
  const lists = Object.entries(manifests).map(
    ([name, xml], index) =>
      `<hashlist sequencenr="${index + 1}"><path>${name}</path><c4>${c4OfBytes(Buffer.from(xml))}</c4></hashlist>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">${lists.join('')}</ascmhldirectory>`;
}

/** A list of MHL 1.1, as copying programs write it. */
export function classicMhl(files: readonly Listed[]): string {
  const hashes = files.map(({ path, bytes, hash }) => {
    const [name, value] = hash ?? ['md5', md5Of(bytes)];
    return `<hash><file>${escapeXml(path)}</file><size>${bytes.length}</size><lastmodificationdate>2026-11-21T10:00:00Z</lastmodificationdate><${name}>${value}</${name}><hashdate>2026-11-21T10:00:00Z</hashdate></hash>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><hashlist version="1.1"><creatorinfo><name>cart</name></creatorinfo>${hashes.join('\n')}</hashlist>`;
}
