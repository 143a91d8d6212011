import { createHash } from 'node:crypto';
import sax from 'sax';
import { c4Of } from '#core/c4.ts';
import type { HashList } from '#core/hash-list.ts';
import { createMhlReader } from '#core/mhl.ts';
import type { HashLists } from '#core/ports/hash-lists.ts';
import type { OpenSource, SourceFiles } from '#core/ports/source-files.ts';

/** A list of the most files that one may name, with all hashes, is smaller. */
const largestBytes = 64 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/**
 * Lists as XML files. The parser knows a fixed table of entities and no others, reads no document type, and holds
 * nothing but the element it is at; it is fed piece by piece, so that nobody waits for a long list.
 */
export function createHashLists(files: SourceFiles): HashLists {
  return {
    async read(source) {
      await using file = await files.open(source);
      return file === null ? null : await readList(file);
    },
  };
}

async function readList(file: OpenSource): Promise<{ list: HashList | null; c4: string }> {
  const { sizeBytes } = file.stat;
  if (sizeBytes > largestBytes) return { list: null, c4: '' };
  const hash = createHash('sha512');
  const parser = createParser();
  for (let at = 0; at < sizeBytes; ) {
    const bytes = await file.read({ at, length: chunkBytes });
    if (bytes.length === 0) return { list: null, c4: '' };
    hash.update(bytes);
    parser.write(bytes);
    at += bytes.length;
  }
  return { list: parser.end(), c4: c4Of(hash.digest()) };
}

function createParser() {
  const reader = createMhlReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const xml = sax.parser(true, { trim: false });
  xml.onopentag = ({ name, attributes }) =>
    reader.open(localName(name), attributes as Record<string, string>);
  xml.ontext = reader.text;
  xml.oncdata = reader.text;
  xml.onclosetag = reader.close;
  let isBroken = false;
  /** A parser that met an error throws from then on: what is no XML is no list. */
  const tryTo = (action: () => void) => {
    if (isBroken) return;
    try {
      action();
    } catch {
      isBroken = true;
    }
  };
  return {
    write: (bytes: Uint8Array) => tryTo(() => xml.write(decoder.decode(bytes, { stream: true }))),
    end(): HashList | null {
      tryTo(() => {
        xml.write(decoder.decode());
        xml.close();
      });
      return isBroken ? null : reader.end();
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}
