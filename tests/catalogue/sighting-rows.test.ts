import { describe, expect, it } from 'vitest';
import type { Sighting } from '#core/ports/catalogue.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { anyFileName } from '#tests/support/names.ts';
import fc from '#tests/support/properties.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const open = useCatalogue(useTempFolder());
const rows = () => open.catalogue.sightings;
const seen = (path: string, change: Partial<Sighting> = {}): Omit<Sighting, 'id' | 'changedAtMs'> => ({
  inbox: 'inbox',
  path,
  sizeBytes: 10,
  fingerprint: 'f1',
  state: 'settling',
  reason: null,
  ...change,
});

describe('a sighting', () => {
  it('is one row for each path, as it was last seen', () => {
    const first = rows().see(seen('a/b.mp4'), 5);
    const again = rows().see(seen('a/b.mp4', { sizeBytes: 20, fingerprint: 'f2' }), 9);
    expect(again).toEqual({ ...first, sizeBytes: 20, fingerprint: 'f2', changedAtMs: 9 });
    expect(rows().list('inbox')).toEqual([again]);
  });

  it('keeps when it was first seen', () => {
    rows().see(seen('a.mp4'), 5);
    rows().see(seen('a.mp4', { fingerprint: 'f2' }), 9);
    expect(
      open.database.sqlite.prepare('SELECT first_seen_at_ms, changed_at_ms FROM sightings').get(),
    ).toEqual({
      first_seen_at_ms: 5,
      changed_at_ms: 9,
    });
  });

  it('belongs to its inbox', () => {
    rows().see(seen('a.mp4'), 1);
    rows().see(seen('a.mp4', { inbox: 'other' }), 1);
    expect(rows().list('inbox')).toHaveLength(1);
    expect(rows().find('other', 'a.mp4')).toMatchObject({ inbox: 'other' });
    expect(rows().find('third', 'a.mp4')).toBeNull();
  });

  it('says where it is on its way, and starts over when it changes', () => {
    const { id } = rows().see(seen('a.mp4'), 1);
    rows().update(id, { state: 'taking', reason: null }, 2);
    rows().setProgress(id, 7);
    const bytesDone = () => open.database.sqlite.prepare('SELECT bytes_done FROM sightings').pluck().get();
    expect(bytesDone()).toBe(7);
    rows().update(id, { state: 'waiting', reason: 'no-room' }, 3);
    expect(bytesDone()).toBe(0);
    expect(rows().find('inbox', 'a.mp4')).toMatchObject({ state: 'waiting', reason: 'no-room' });
    rows().see(seen('a.mp4', { fingerprint: 'f2' }), 4);
    expect(rows().find('inbox', 'a.mp4')).toMatchObject({ state: 'settling', reason: null });
  });

  it('remembers which version it became, until it changes', () => {
    const version = () => open.database.sqlite.prepare('SELECT version_id FROM sightings').pluck().get();
    const { id } = rows().see(seen('a.mp4'), 1);
    rows().update(id, { state: 'taken', reason: 'new-video', versionId: 'n' }, 2);
    expect(version()).toBe('n');
    rows().see(seen('a.mp4', { fingerprint: 'f2' }), 3);
    expect(version()).toBeNull();
  });

  it('is forgotten when the file is gone', () => {
    const { id } = rows().see(seen('a.mp4'), 1);
    rows().forget(id);
    expect(rows().find('inbox', 'a.mp4')).toBeNull();
  });

  it.each([
    ['not UTF-8', 'caf\uDCE9.mp4'],
    ['a line break', 'two\nlines.mp4'],
    ['composed', 'caf\u00e9.mp4'],
    ['decomposed', 'cafe\u0301.mp4'],
    ['quotes', `'; DROP TABLE sightings; --".mp4`],
    ['marks of direction', '\u202Egpj.mp4'],
  ])('is found again by its very bytes: %s', (_, path) => {
    const { id } = rows().see(seen(path), 1);
    expect(rows().find('inbox', path)).toMatchObject({ id, path });
  });

  it('is another for each form of a name that Unicode calls the same', () => {
    const composed = rows().see(seen('caf\u00e9.mp4'), 1);
    const decomposed = rows().see(seen('cafe\u0301.mp4'), 1);
    expect(composed.id).not.toBe(decomposed.id);
    expect(rows().list('inbox')).toHaveLength(2);
  });

  it('is found again by its path, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyFileName, { minLength: 1, maxLength: 5 }), (paths) => {
        open.database.sqlite.exec('DELETE FROM sightings');
        for (const path of paths) rows().see(seen(path), 1);
        expect(paths.map((path) => rows().find('inbox', path)?.path)).toEqual(paths);
        expect(rows().list('inbox')).toHaveLength(paths.length);
      }),
    );
  });
});
