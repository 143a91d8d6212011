import { createMemoryLocation, createMemoryPlace } from '#locations/memory-location.ts';
import { describeLocation } from './location.contract.ts';
import type { LocationHarness } from './location-setting.ts';

for (const proves of ['at-once', 'when-asked'] as const) {
  describeLocation(`in memory, which proves ${proves}`, async (): Promise<LocationHarness> => {
    const place = createMemoryPlace();
    place.provesAtOnce = proves === 'at-once';
    const bytesOf = (path: string) => place.files.get(path) ?? new Uint8Array();
    return {
      proves,
      role: 'drive',
      as: (identity) => createMemoryLocation(place, identity),
      async damage(path, at = 0) {
        const bytes = Uint8Array.from(bytesOf(path));
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        place.files.set(path, bytes);
      },
      async cut(path, sizeBytes) {
        place.files.set(path, bytesOf(path).slice(0, sizeBytes));
      },
      async lose(path) {
        place.files.delete(path);
      },
      async content(path) {
        const bytes = place.files.get(path);
        return bytes === undefined ? null : Buffer.from(bytes);
      },
      async disconnect() {
        place.away = 'not-connected';
      },
      async reconnect() {
        place.away = null;
      },
      async fill() {
        place.roomBytes = 1024 * 1024;
      },
      async makeRoom() {
        place.roomBytes = Number.POSITIVE_INFINITY;
      },
      async makeReadOnly() {
        place.isReadOnly = true;
      },
    };
  });
}
