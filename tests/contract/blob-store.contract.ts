import { describe } from 'vitest';
import { describeReading } from './blob-store-reading.ts';
import { type BlobStoreHarness, useSetting } from './blob-store-setting.ts';
import { describeStaging } from './blob-store-staging.ts';
import { describeStoring } from './blob-store-storing.ts';

/** The obligations of the port, for whoever implements it; `open` makes an empty store in an empty folder. */
export function describeBlobStore(name: string, open: (folder: string) => BlobStoreHarness): void {
  describe(`the blob store ${name}`, () => {
    const setting = useSetting(open);
    describeStaging(setting);
    describeStoring(setting);
    describeReading(setting);
  });
}
