import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDiskJournal } from '#store/disk-journal.ts';
import { describeJournal } from './journal.contract.ts';

describeJournal('on a disk', (root) => {
  for (const folder of ['journal', 'index', 'staging']) mkdirSync(join(root, folder));
  return createDiskJournal({ root });
});
