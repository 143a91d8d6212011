import { beforeEach, describe, expect, it } from 'vitest';
import { type LocationSetting, untouched } from './location-setting.ts';

/** What a place says when it is away, full or read-only: never that anything is gone. */
export function describePlaceTrouble(setting: LocationSetting): void {
  beforeEach(() => setting.prepare());

  describe('while it is not connected', () => {
    it('says so, and is the same when it is back', async ({ skip }) => {
      const { harness, location } = setting;
      if (harness.disconnect === undefined || harness.reconnect === undefined) return skip();
      const held = await setting.hold('held bytes');
      await harness.disconnect();
      expect(await location.look(untouched)).toMatchObject({ kind: 'away' });
      await harness.reconnect();
      expect(await location.look(untouched)).toMatchObject({ kind: 'present' });
      expect(await setting.fetched(held)).toEqual(Buffer.from('held bytes'));
    });

    it('never calls missing what it cannot ask for', async ({ skip }) => {
      const { harness, location } = setting;
      if (harness.disconnect === undefined || harness.reconnect === undefined) return skip();
      const held = await setting.hold('held bytes');
      const other = setting.file('other bytes');
      await harness.disconnect();
      const context = { signal: untouched };
      const [finding] = await location.prove([held], context).catch(() => []);
      expect(finding?.kind ?? 'unknown').toBe('unknown');
      await expect(location.read('README.txt', untouched)).rejects.toMatchObject({ name: 'ReelholdError' });
      const fetching = location.fetch(held, setting.target(), context);
      await expect(fetching).rejects.not.toMatchObject({ kind: 'missing' });
      await expect(setting.list('blobs')).rejects.toMatchObject({ name: 'ReelholdError' });
      const [outcome] = await setting.put([other]);
      expect(outcome?.kind).toBe('failed');
      await expect(location.erase([held], untouched)).rejects.toMatchObject({ name: 'ReelholdError' });
      await harness.reconnect();
      expect(await harness.content(held.path)).toEqual(Buffer.from('held bytes'));
      expect(await harness.content(other.path)).toBeNull();
    });
  });

  describe('while it is full', () => {
    it('fails, keeps what it has, and takes it once there is room', async ({ skip }) => {
      const { harness } = setting;
      if (harness.fill === undefined || harness.makeRoom === undefined) return skip();
      const held = await setting.hold('held bytes');
      const big = setting.file(Buffer.alloc(2 * 1024 * 1024, 'x'));
      await harness.fill();
      const [outcome] = await setting.put([big]);
      const told = harness.saysFull === false ? {} : { error: { kind: 'full' } };
      expect(outcome).toMatchObject({ kind: 'failed', ...told });
      expect(await harness.content(held.path)).toEqual(Buffer.from('held bytes'));
      await harness.makeRoom();
      const [again] = await setting.put([big]);
      if (again?.kind === 'differs') await setting.location.replaceUnproven(big, { signal: untouched });
      expect((await harness.content(big.path))?.length).toBe(big.sizeBytes);
    });
  });

  describe('while it can only be read', () => {
    it('takes nothing, and gives what it has', async ({ skip }) => {
      const { harness, location } = setting;
      if (harness.makeReadOnly === undefined) return skip();
      const held = await setting.hold('held bytes');
      const other = setting.file('other bytes');
      await harness.makeReadOnly();
      const [outcome] = await setting.put([other]);
      expect(outcome?.kind).toBe('failed');
      expect(await harness.content(other.path)).toBeNull();
      const presence = await location.look(untouched);
      if (presence.kind === 'away') expect(presence.reason).toMatch(/^(read-only|denied)$/);
      else expect(await setting.fetched(held)).toEqual(Buffer.from('held bytes'));
    });
  });
}
