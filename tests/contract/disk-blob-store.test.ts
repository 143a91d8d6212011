import { openDiskBlobStore, useHashPool } from '#tests/support/disk-store.ts';
import { describeBlobStore } from './blob-store.contract.ts';

const pool = useHashPool();
describeBlobStore('on a disk', (root) => openDiskBlobStore(root, pool));
