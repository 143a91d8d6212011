import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatMark, parseLocationMark } from '#core/archive-format.ts';
import { wishOfReplaced } from '#core/plan-place.ts';
import { createMemoryPlace } from '#locations/memory-location.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { writer } from '#tests/support/records.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
beforeEach(() => {
  bench = openPlaceBench(folder.path, pool);
});
afterEach(() => bench[Symbol.dispose]());

const add = (name: string, path = name) =>
  bench.changePlace({ kind: 'add', wish: { name, placeKind: 'drive', path } });
const names = () => bench.catalogue.places.list().map(({ name }) => name);

describe('adding a place', () => {
  it('prepares it, records it, and has verdicts go by it', async () => {
    const { id, place } = await bench.addDrive('Blue', { awayFromHome: true, set: 'turns' });
    expect([...place.files.keys()]).toEqual(expect.arrayContaining(['archive.json', 'location.json']));
    expect(bench.catalogue.places.find(id)).toMatchObject({ name: 'Blue', promiseDays: 180, everyDays: 35 });
    expect(bench.listed().map(({ location }) => location)).toEqual([bench.vault, id]);
    expect(bench.listed()[1]).toMatchObject({ awayFromHome: true, set: 'turns', isHere: true });
  });

  it.each([
    ['a name that another has', 'blue', 'elsewhere', 'there is a place of that name'],
    ['no name', '  ', 'elsewhere', 'a place needs a name'],
    ['the vault’s name', 'Vault', 'elsewhere', 'there is a place of that name'],
    ['a folder that is a place already', 'Green', 'Blue', 'it is a place already'],
  ])('is refused with %s', async (_, name, path, words) => {
    await add('Blue');
    await expect(add(name, path)).rejects.toThrow(words);
    expect(names()).toEqual(['Blue']);
  });

  it.each([
    ['hours that are none', { schedule: 'at night' }, 'those are no hours of a day'],
    ['a limit that is none', { bandwidth: 'fast' }, 'that is no limit that rclone knows'],
  ])('is refused with %s, and says how they are written', async (_, change, words) => {
    const wish = { name: 'Blue', placeKind: 'drive', path: 'Blue', ...change } as const;
    await expect(bench.changePlace({ kind: 'add', wish })).rejects.toThrow(words);
    expect(names()).toEqual([]);
  });

  it('is refused where it would share a folder of Reelhold’s own, and says which', async () => {
    bench[Symbol.dispose]();
    const ownFolderAt = (path: string) => (path === 'inbox' ? "it is of Reelhold's own: an inbox" : null);
    bench = openPlaceBench(folder.path, pool, { ownFolderAt });
    await expect(add('Blue', 'inbox')).rejects.toMatchObject({
      message: expect.stringContaining("it is of Reelhold's own: an inbox"),
      hint: expect.stringContaining('another disk'),
    });
    expect(names()).toEqual([]);
    expect(bench.slots.get('inbox')?.files.size ?? 0).toBe(0);
  });

  it('is refused where it cannot be reached, or is another archive’s', async () => {
    const away = createMemoryPlace();
    away.away = 'empty-mount-point';
    bench.slots.set('Blue', away);
    await expect(add('Blue')).rejects.toMatchObject({ kind: 'unsupported', retryable: false });
    const foreign = createMemoryPlace();
    foreign.files.set('archive.json', Buffer.from('{"format":1,"archive":"another","createdAt":""}'));
    foreign.files.set('location.json', Buffer.from('{"location":"x","role":"drive"}'));
    bench.slots.set('Green', foreign);
    await expect(add('Green')).rejects.toThrow('another archive');
    expect(foreign.files.size).toBe(2);
    expect(names()).toEqual([]);
  });

  it('again after it was removed gives it its old id, with what it holds', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id, place } = await bench.addDrive('Blue');
    await bench.changePlace({ kind: 'remove', name: 'Blue', anyway: true });
    expect(names()).toEqual([]);
    expect(bench.listed()).toHaveLength(1);
    const files = place.files.size;
    expect(await add('Blue again', 'Blue')).toBe(id);
    expect(place.files.size).toBe(files);
    expect(bench.copy(rome, id)).toMatchObject({ state: 'present' });
    expect(names()).toEqual(['Blue again']);
  });
});

describe('changing a place', () => {
  it('finds it by its name or its id, whatever the case', async () => {
    const id = (await add('Blue drive')) ?? '';
    await bench.changePlace({ kind: 'pause', name: 'BLUE DRIVE' });
    expect(bench.catalogue.places.find(id)).toMatchObject({ paused: true });
    await bench.changePlace({ kind: 'resume', name: id });
    expect(bench.catalogue.places.find(id)).toMatchObject({ paused: false });
    await expect(bench.changePlace({ kind: 'pause', name: 'Green' })).rejects.toThrow('no such place');
  });

  it('keeps what is not changed', async () => {
    const id = (await add('Blue')) ?? '';
    const before = bench.catalogue.places.find(id);
    await bench.changePlace({
      kind: 'adjust',
      name: 'Blue',
      adjustment: { promiseDays: 90, roles: ['final'] },
    });
    expect(bench.catalogue.places.find(id)).toEqual({ ...before, promiseDays: 90, roles: ['final'] });
    const bad = { kind: 'adjust', name: 'Blue', adjustment: { promiseDays: 0 } } as const;
    await expect(bench.changePlace(bad)).rejects.toThrow('not possible');
  });

  it('is all in the journal: a lost catalogue has it again', async () => {
    const id = (await add('Blue')) ?? '';
    await bench.changePlace({ kind: 'pause', name: 'Blue' });
    const before = bench.catalogue.places.find(id);
    bench.catalogue.together(() => bench.catalogue.archive.startAgain());
    expect(bench.catalogue.places.find(id)).toEqual(before);
  });
});

describe('removing a place', () => {
  const remove = (name: string, anyway = false) => bench.changePlace({ kind: 'remove', name, anyway });

  it('that has the only copies outside of the NAS is refused, until another has them too', async () => {
    for (const name of ['Rome', 'Oslo']) await bench.hold(`${name}.mp4`, name);
    await bench.addDrive('Blue');
    await expect(remove('Blue')).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/only copy outside of this NAS of files of 2 videos$/),
      hint: expect.stringMatching(/location add.*--anyway/),
    });
    expect(names()).toEqual(['Blue']);
    await bench.addDrive('Green');
    await remove('Blue');
    expect(names()).toEqual(['Green']);
    await expect(remove('Green')).rejects.toThrow('2 videos');
  });

  it('that alone has good bytes is refused, and is free to go once the vault was mended from it', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    const { id: greenId } = await bench.addDrive('Green');
    const { id } = await bench.addDrive('Blue');
    const bad = { digest: rome, state: 'corrupt', listedAtMs: null, provenAtMs: null } as const;
    bench.catalogue.archive.setCopy({ ...bad, location: bench.vault });
    bench.catalogue.archive.setCopy({ ...bad, location: greenId });
    await expect(remove('Blue')).rejects.toMatchObject({
      message: expect.stringMatching(/only good copy of files of 1 video$/),
      hint: expect.stringMatching(/reelhold verify.*--anyway/),
    });
    bench.catalogue.archive.setCopy({ ...bad, location: bench.vault, state: 'present', provenAtMs: 1 });
    await expect(remove('Blue')).rejects.toThrow('outside of this NAS');
    bench.catalogue.archive.setCopy({ ...bad, location: greenId, state: 'present', provenAtMs: 1 });
    await remove('Blue');
    expect(bench.catalogue.places.find(id)).toMatchObject({ removed: true });
  });

  it('that has nothing is done at once, and any other where it is meant all the same', async () => {
    await bench.addDrive('Empty');
    await remove('Empty');
    await bench.hold('Rome.mp4', 'rome');
    await bench.addDrive('Blue');
    await remove('Blue', true);
    expect(names()).toEqual([]);
  });
});

describe('taking a place over', () => {
  it('that could not be written to is gone on with: it is one generation, however often it is tried', async () => {
    const { id, place } = await bench.addDrive('Blue');
    const mark = () => parseLocationMark(new TextDecoder().decode(place.files.get('location.json')));
    const foreign = { location: id, role: 'drive', generation: 1, writer: 'ba9876543210' } as const;
    const text = formatMark(foreign);
    place.files.set('location.json', new TextEncoder().encode(text));
    place.isReadOnly = true;
    const segments = () => [...bench.catalogue.archive.segments()].length;
    const before = segments();
    const takeOver = () => bench.changePlace({ kind: 'take-over', name: 'Blue' });
    for (let tries = 0; tries < 3; tries += 1) await expect(takeOver()).rejects.toThrow('only be read');
    expect(segments()).toBe(before + 1);
    place.isReadOnly = false;
    await takeOver();
    expect(mark()).toMatchObject({ generation: 2, writer });
    expect(bench.catalogue.places.find(id)).toMatchObject({ generation: 2 });
    expect(await bench.at(id, 'mirror')).toMatchObject({ kind: 'mirrored' });
  });
});

describe('replacing a place', () => {
  const replace = (name: string, path: string, anyway = false) => {
    const old = bench.catalogue.places.list().find((one) => one.name === name);
    if (old === undefined) throw new Error('it is there');
    return bench.changePlace({ kind: 'add', wish: wishOfReplaced(old, path), replaces: name, anyway });
  };

  it('gives its name and all that was settled of it to another drive, which is filled', async () => {
    const terms = {
      awayFromHome: true,
      set: 'turns',
      everyDays: 9,
      promiseDays: 44,
      roles: ['final'],
    } as const;
    const { id, place } = await bench.addDrive('Blue', { ...terms });
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.at(id, 'mirror');
    const before = new Map(place.files);
    const next = (await replace('Blue', 'new disk')) ?? '';
    await bench.drain(next);
    expect(next).not.toBe(id);
    expect(bench.catalogue.places.find(next)).toMatchObject({ name: 'Blue', path: 'new disk', ...terms });
    expect(names()).toEqual(['Blue']);
    expect(bench.copy(rome, next)).toMatchObject({ state: 'present' });
    expect(place.files).toEqual(before);
    expect(bench.listed().map(({ location }) => location)).toEqual([bench.vault, next]);
  });

  it('is refused where it alone has good bytes, unless it is lost for good', async () => {
    const rome = await bench.hold('Rome.mp4', 'rome');
    await bench.addDrive('Blue');
    const bad = { digest: rome, state: 'corrupt', listedAtMs: null, provenAtMs: null } as const;
    bench.catalogue.archive.setCopy({ ...bad, location: bench.vault });
    await expect(replace('Blue', 'new disk')).rejects.toThrow('only good copy of files of 1 video');
    expect(bench.slots.has('new disk')).toBe(false);
    await replace('Blue', 'new disk', true);
    expect(bench.slots.has('new disk')).toBe(true);
  });

  it('is done once, however often it is tried: what was cut off after the record goes on', async () => {
    const { id } = await bench.addDrive('Blue');
    const old = bench.catalogue.places.list()[0];
    if (old === undefined) throw new Error('it is there');
    const wish = { ...wishOfReplaced(old, 'new disk'), location: '0198f2a0-0000-7000-8000-0000000000ff' };
    const change = { kind: 'add', wish, replaces: id } as const;
    expect(await bench.changePlace(change)).toBe(wish.location);
    expect(await bench.changePlace(change)).toBe(wish.location);
    expect(bench.catalogue.places.list()).toMatchObject([{ location: wish.location, name: 'Blue' }]);
  });

  it('takes no copy of the place for another one, and says what to do with it', async () => {
    const { place } = await bench.addDrive('Blue');
    bench.slots.set('copied', { ...createMemoryPlace(), files: new Map(place.files) });
    await expect(replace('Blue', 'copied')).rejects.toMatchObject({
      message: expect.stringContaining('it is the same place, or a copy of it'),
    });
    expect(bench.catalogue.places.list()).toMatchObject([{ path: 'Blue' }]);
  });

  it('leaves the old one as it is where the new one cannot take its part', async () => {
    const { id } = await bench.addDrive('Blue');
    const away = createMemoryPlace();
    away.away = 'empty-mount-point';
    bench.slots.set('new disk', away);
    await expect(replace('Blue', 'new disk')).rejects.toThrow('no drive is mounted');
    expect(bench.catalogue.places.list()).toMatchObject([{ location: id, path: 'Blue' }]);
  });
});
