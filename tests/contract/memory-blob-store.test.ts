import { createMemoryBlobStore } from '#store/memory-blob-store.ts';
import { describeBlobStore } from './blob-store.contract.ts';

describeBlobStore('in memory', () => {
  const store = createMemoryBlobStore();
  return {
    store,
    damage: (ref, at) => store.damage(ref, at),
    lose: (ref) => store.lose(ref),
    stagedCount: () => store.stagedCount(),
    quarantine: () => store.quarantine.map((bytes) => Buffer.from(bytes)),
  };
});
