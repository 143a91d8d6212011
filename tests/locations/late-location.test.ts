import { describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { createLateLocation } from '#locations/late-location.ts';
import { createMemoryLocation, createMemoryPlace } from '#locations/memory-location.ts';
import { identity, untouched } from '#tests/contract/location-setting.ts';

const place = () => createMemoryLocation(createMemoryPlace(), identity);
const failure = (kind: 'missing' | 'denied') =>
  new ReelholdError({ kind, operation: 'read', object: 'rclone.conf' }, 'it cannot be read');

describe('a place that is opened when it is first asked', () => {
  it('is opened once, however much is asked at the same time', async () => {
    let times = 0;
    const late = createLateLocation('memory', async () => {
      times += 1;
      return place();
    });
    expect(times).toBe(0);
    await Promise.all([late.look(untouched), late.look(untouched), late.look(untouched)]);
    expect(times).toBe(1);
  });

  it('is away where its configuration is not on this machine, and comes with it', async () => {
    let isHere = false;
    const late = createLateLocation('remote', async () => {
      if (!isHere) throw failure('missing');
      return place();
    });
    expect(await late.look(untouched)).toMatchObject({ kind: 'away', reason: 'not-set-up' });
    await expect(late.read('archive.json', untouched)).rejects.toMatchObject({ kind: 'missing' });
    isHere = true;
    expect(await late.look(untouched)).not.toMatchObject({ reason: 'not-set-up' });
  });

  it('says what else kept it from being opened, and tries again', async () => {
    let times = 0;
    const late = createLateLocation('remote', async () => {
      times += 1;
      throw failure('denied');
    });
    await expect(late.look(untouched)).rejects.toMatchObject({ kind: 'denied' });
    const listing = late.list('blobs', untouched)[Symbol.asyncIterator]();
    await expect(listing.next()).rejects.toMatchObject({ kind: 'denied' });
    expect(times).toBe(2);
  });
});
