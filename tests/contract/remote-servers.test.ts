import { join } from 'node:path';
import { serveS3, serveSftp, serveWebdav, type TestServer } from '#tests/support/remote-servers.ts';
import { openTestRemote } from '#tests/support/test-remote.ts';
import { describeLocation } from './location.contract.ts';
import { plainDisk, remoteHarness, type ServersDisk, s3Disk } from './remote-harness.ts';

const only = process.env.ONLY;
const servers: readonly (readonly [
  string,
  (f: string, s: string) => Promise<TestServer>,
  (f: string) => ServersDisk,
])[] = [
  ['WebDAV', serveWebdav, plainDisk],
  ['SFTP', serveSftp, plainDisk],
  ['S3', serveS3, s3Disk],
];
for (const [name, serve, disk] of servers) {
  if (only !== undefined && only !== name) continue;
  describeLocation(`rclone over ${name}`, async (folder) => {
    const server = await serve(join(folder), join(folder, '..', 'state'));
    const as = await openTestRemote({
      configDir: join(folder, '..', 'config'),
      sections: server.sections,
      root: `server:${server.path}`,
    });
    return remoteHarness(server, disk(server.folder), as);
  });
}
