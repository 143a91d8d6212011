import { describe, expect, it } from 'vitest';
import type { PlaceIdentity } from '#core/ports/location.ts';
import { identity, type LocationSetting, untouched } from './location-setting.ts';

const others: readonly (readonly [string, Partial<PlaceIdentity>, string])[] = [
  ['another archive', { archive: '0198f2a0-0000-7000-8000-0000000000aa' }, 'another-archive'],
  ['another place', { location: '0198f2a0-0000-7000-8000-0000000000bb' }, 'another-place'],
  ['another installation', { writer: 'ba9876543210' }, 'another-writer'],
  ['a later owner of the place', { generation: 2 }, 'another-writer'],
];

/** How a place is told from every other, and that nothing is written or read where it is not the one. */
export function describeIdentity(setting: LocationSetting): void {
  describe('says', () => {
    it('that it is not prepared, and stays as it is', async () => {
      expect(await setting.location.look(untouched)).toMatchObject({ kind: 'away', reason: 'not-prepared' });
      expect(await setting.harness.content('location.json')).toBeNull();
      expect(await setting.harness.content('archive.json')).toBeNull();
    });

    it('that it is present once it is prepared, and who last wrote there', async () => {
      await setting.prepare();
      const presence = await setting.location.look(untouched);
      expect(presence).toMatchObject({ kind: 'present', mark: setting.marks.location });
      if (presence.kind === 'present' && presence.freeBytes !== null)
        expect(presence.freeBytes).toBeLessThanOrEqual(presence.totalBytes ?? Number.POSITIVE_INFINITY);
    });

    it('the same when it is prepared twice, as after a crash', async () => {
      await setting.prepare();
      await setting.prepare();
      expect(await setting.location.look(untouched)).toMatchObject({ kind: 'present' });
    });

    it.each(others)('to %s that it is none of its', async (_, change, reason) => {
      await setting.prepare();
      const other = setting.harness.as({ ...identity, ...change });
      expect(await other.look(untouched)).toMatchObject({ kind: 'away', reason });
    });

    it('that its mark cannot be read, where that was damaged', async () => {
      await setting.prepare();
      await setting.harness.cut('location.json', 20);
      const presence = await setting.location.look(untouched);
      expect(presence).toMatchObject({ kind: 'away', reason: 'unreadable-mark' });
    });
  });

  describe('refuses', () => {
    it('to be prepared by another archive, and keeps its marks', async () => {
      await setting.prepare();
      const before = await setting.harness.content('archive.json');
      const other = { ...identity, archive: '0198f2a0-0000-7000-8000-0000000000aa' };
      const marks = { ...setting.marks, archive: { ...setting.marks.archive, archive: other.archive } };
      await expect(setting.harness.as(other).prepare(marks, untouched)).rejects.toMatchObject({
        name: 'ReelholdError',
      });
      expect(await setting.harness.content('archive.json')).toEqual(before);
    });

    it.each(others)('whatever %s wants to bring, replace, remove or know', async (_, change) => {
      await setting.prepare();
      const held = await setting.hold('held bytes');
      await setting.harness.damage(held.path);
      const before = await setting.harness.content(held.path);
      const other = setting.harness.as({ ...identity, ...change });
      const brought = setting.file('brought bytes');
      const context = { signal: untouched };

      const outcomes = await other.put([brought], context).catch(() => null);
      expect(outcomes?.[0]?.kind ?? 'failed').toBe('failed');
      expect(await setting.harness.content(brought.path)).toBeNull();
      const replaced = await other.replaceUnproven(held, context).catch(() => null);
      expect(replaced?.kind ?? 'failed').toBe('failed');
      await expect(other.erase([held], untouched)).rejects.toMatchObject({ name: 'ReelholdError' });
      await expect(
        other.putMutable('README.txt', new TextEncoder().encode('other'), untouched),
      ).rejects.toMatchObject({ name: 'ReelholdError' });
      expect(await setting.harness.content(held.path)).toEqual(before);

      const findings = await other.prove([held], context).catch(() => null);
      expect(findings?.[0]?.kind ?? 'unknown').toBe('unknown');
      await expect(other.fetch(held, setting.target(), context)).rejects.toMatchObject({
        name: 'ReelholdError',
      });
      const listing = (async () => {
        for await (const file of other.list('blobs', untouched)) expect(file).toBeUndefined();
      })();
      await expect(listing).rejects.toMatchObject({ name: 'ReelholdError' });
    });
  });
}
