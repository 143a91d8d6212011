import { expect, it } from 'vitest';
import { trustedHash } from '#core/provider-hashes.ts';

it.each([
  ['drive', ['md5', 'sha1', 'sha256'], 'provider', 'sha256'],
  ['onedrive', ['quickxor'], 'provider', 'quickxor'],
  ['dropbox', ['dropbox'], 'provider', 'dropbox'],
  ['sftp', ['md5', 'sha1'], 're-reads', 'sha1'],
])('%s hashes what arrives', (type, offered, when, hash) => {
  expect(trustedHash(type, {}, offered)).toMatchObject({ when, type: hash });
});

it.each([
  ['webdav', ['sha1', 'md5']],
  ['azureblob', ['md5']],
  ['crypt', []],
  ['union', ['md5']],
  ['constructor', ['md5']],
  ['drive', []],
])('%s proves nothing by its hashes', (type, offered) => {
  expect(trustedHash(type, {}, offered)).toBeNull();
});

it.each([
  [undefined, 200 * 2 ** 20],
  ['5Gi', 5 * 2 ** 30],
  ['5G', 5 * 2 ** 30],
  ['1.5M', 1.5 * 2 ** 20],
  ['512', 512 * 1024],
  ['100B', 100],
  ['off', 0],
])('S3 proves by its hash only what arrives in one part: upload_cutoff %s', (cutoff, maxSizeBytes) => {
  const options = cutoff === undefined ? {} : { upload_cutoff: cutoff };
  expect(trustedHash('s3', options, ['md5'])?.maxSizeBytes).toBe(maxSizeBytes);
});
