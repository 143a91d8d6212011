import { join } from 'node:path';
import { cryptSection } from '#locations/encrypted-style.ts';
import { createMemoryCipherLedger } from '#locations/memory-cipher-ledger.ts';
import { rcloneConfigFile } from '#locations/rclone.ts';
import { openEncryptedTestRemote } from '#tests/support/test-remote.ts';
import { describeLocation } from './location.contract.ts';
import { cryptDisk, folderServer, remoteHarness } from './remote-harness.ts';

describeLocation('rclone crypt', async (folder) => {
  const place = join(folder, 'archive');
  const configDir = join(folder, 'config');
  const as = await openEncryptedTestRemote({
    configDir,
    sections: { server: { type: 'alias', remote: folder } },
    root: 'server:archive',
    spoolDir: join(folder, 'spool'),
    ledger: createMemoryCipherLedger(),
    password: 'of the tests',
  });
  return remoteHarness(folderServer(place), cryptDisk(place, rcloneConfigFile(configDir), cryptSection), as);
});
