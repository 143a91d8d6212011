import { join } from 'node:path';
import { openTestRemote } from '#tests/support/test-remote.ts';
import { describeLocation } from './location.contract.ts';
import { folderServer, plainDisk, remoteHarness } from './remote-harness.ts';

describeLocation('rclone local', async (folder) => {
  const place = join(folder, 'archive');
  const as = await openTestRemote({
    configDir: join(folder, 'config'),
    sections: { server: { type: 'alias', remote: folder } },
    root: 'server:archive',
  });
  return remoteHarness(folderServer(place), plainDisk(place), as);
});
