import { describe, expect, it } from 'vitest';
import type { CipherEntry } from '#core/ports/cipher-ledger.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { digestOf } from '#tests/support/digests.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const open = useCatalogue(folder);

const entryOf = (path: string, cipherPath: string, bytes = 'encrypted'): CipherEntry => ({
  ...{ path, cipherPath, cipherSizeBytes: bytes.length },
  ...{ cipherDigest: digestOf(bytes), cipherHashes: { md5: bytes } },
});

describe('the rows of what was encrypted', () => {
  it('give an entry by either of its paths, with all that was known of it', () => {
    const entry = entryOf('blobs/one', 'x/1');
    open.catalogue.ciphers.put('cloud', [entry, entryOf('blobs/two', 'x/2')]);
    expect(open.catalogue.ciphers.find('cloud', 'blobs/one')).toEqual(entry);
    expect(open.catalogue.ciphers.findByCipherPath('cloud', 'x/1')).toEqual(entry);
    expect(open.catalogue.ciphers.find('cloud', 'x/1')).toBeNull();
    expect(open.catalogue.ciphers.findByCipherPath('cloud', 'blobs/one')).toBeNull();
  });

  it('keep places apart, as each has other bytes', () => {
    const [here, there] = [entryOf('blobs/one', 'x/1', 'here'), entryOf('blobs/one', 'x/1', 'there')];
    open.catalogue.ciphers.put('cloud', [here]);
    open.catalogue.ciphers.put('other', [there]);
    expect(open.catalogue.ciphers.find('cloud', 'blobs/one')).toEqual(here);
    expect(open.catalogue.ciphers.find('other', 'blobs/one')).toEqual(there);
  });

  it('keep of a file what was made of it last', () => {
    const last = entryOf('blobs/one', 'x/1', 'made again');
    open.catalogue.ciphers.put('cloud', [entryOf('blobs/one', 'x/0'), last]);
    expect(open.catalogue.ciphers.find('cloud', 'blobs/one')).toEqual(last);
    expect(open.catalogue.ciphers.findByCipherPath('cloud', 'x/0')).toBeNull();
  });

  it('are written all or none', () => {
    const { catalogue } = open;
    expect(() =>
      catalogue.together(() => {
        catalogue.ciphers.put('cloud', [entryOf('blobs/one', 'x/1')]);
        throw new Error('stopped');
      }),
    ).toThrow('stopped');
    expect(catalogue.ciphers.find('cloud', 'blobs/one')).toBeNull();
  });
});
