import { randomUUIDv7 } from 'node:crypto';
import type { Log } from '#core/ports/log.ts';
import { createInbox, type Inbox } from '#daemon/inbox/inbox.ts';
import { readMounts } from '#daemon/inbox/mounts.ts';
import { nameInboxes } from '#daemon/inbox/name-inboxes.ts';
import { watchInbox } from '#daemon/inbox/watch.ts';
import { createHashLists } from '#store/hash-list-file.ts';
import { createSourceFiles } from '#store/source-files.ts';
import type { OpenArchive } from './compose.ts';
import { type Config, inboxNames } from './config.ts';

/** Makes the inboxes of an open archive, in the order of the setting; their rows are named as this version does. */
export function createInboxes(config: Config, log: Log, archive: OpenArchive): readonly Inbox[] {
  nameInboxes(archive.catalogue, inboxNames(config));
  const { catalogue, intake, space, changes, clock, location } = archive;
  const files = createSourceFiles();
  return config.inboxes.map(({ dir, mode, kind }) =>
    createInbox({
      ...{ inbox: dir, root: dir, mode, kind, quietMs: config.quietMs },
      ...{ catalogue, intake, space, changes, clock, log, location },
      ...{ newId: randomUUIDv7, watch: watchInbox, readMounts, files, hashLists: createHashLists(files) },
    }),
  );
}
