import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { KitSecrets } from '#core/ports/kit-secrets.ts';
import { judgeKit } from '#core/recovery-kit.ts';
import { createNoteKit, formatKitWish, type KitWish } from '#daemon/operations/note-kit.ts';
import { compareKit, isPhraseOf, makeKit } from '#recovery-kit.ts';
import {
  type MemoryArchive,
  openMemoryArchive,
  openTestArchive,
  type TestArchive,
} from '#tests/support/memory-archive.ts';
import { runHandler } from '#tests/support/operations.ts';
import { placeFacts } from '#tests/support/places.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const { kind: _, ...cloud } = placeFacts('cloud', { placeKind: 'remote', path: 'b2:videos' });
const places: readonly PlaceSettings[] = [cloud];
const secretsOf = (password: string, token = 'one'): KitSecrets => ({
  exportConfig: async (names) => `[b2]\nfor = ${names.join()}\ntoken = ${token}\n`,
  passwords: async () => [{ name: 'cloud', password }],
});

let archive: MemoryArchive;
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
});
afterEach(() => archive[Symbol.dispose]());

const noteFile = () => join(folder.path, 'recovery-kit.json');
const deps = (secrets: KitSecrets) => ({ secrets, places, noteFile: noteFile(), nowMs: 1 });
const note = (wish: KitWish, at: TestArchive = archive) =>
  runHandler(createNoteKit({ ...at, onNoted: () => {} }), formatKitWish(wish));
const make = (secrets = secretsOf('hunter2'), at: TestArchive = archive) =>
  makeKit(deps(secrets), {
    ...{ archive: 'id', folder: join(folder.path, 'kit') },
    number: async (made) => Number(await note({ kind: 'made', ...made }, at)),
  });
const compare = (secrets: KitSecrets, { catalogue }: TestArchive = archive) =>
  compareKit(deps(secrets), catalogue.archive.kit(), catalogue.notes);
const stateOf = ({ catalogue }: TestArchive = archive) =>
  judgeKit(catalogue.archive.kit(), catalogue.notes.condition('kit'), places);
const wordsIn = (file = '') => / kit confirm (.*) --kept/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
const isPhrase = (words: string) => {
  const kit = archive.catalogue.archive.kit();
  return kit !== null && isPhraseOf(kit, words);
};
const confirm = (keptAt: string | null, version = 1) => note({ kind: 'confirmed', version, keptAt });

describe('a recovery kit', () => {
  it('is readable by its owner alone, and nothing secret of it is in journal or catalogue', async () => {
    const files = await make();
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain('hunter2');
    }
    expect(statSync(noteFile()).mode & 0o777).toBe(0o600);
    const { secrets } = JSON.parse(readFileSync(noteFile(), 'utf8')) as { secrets: { hash: string } };
    const segments = [...archive.catalogue.archive.segments()].map(({ name }) => archive.journal.read(name));
    const journal = (await Promise.all(segments))
      .map(({ content }) => Buffer.from(content).toString())
      .join('');
    expect(journal).toContain('"kind":"kit"');
    for (const secret of ['hunter2', wordsIn(files[1]), secrets.hash]) expect(journal).not.toContain(secret);
    expect(readFileSync(noteFile(), 'utf8')).not.toContain('hunter2');
  });

  it('is known by its own words, however they are typed, and by no others', async () => {
    const [, old] = await make();
    const words = wordsIn(old);
    expect(isPhrase('babab dadad fafaf gagag')).toBe(false);
    expect(isPhrase(words.toUpperCase())).toBe(true);
    expect(stateOf()).toBe('unconfirmed');
    await confirm("at my sister's");
    expect(stateOf()).toBe('good');
    await confirm('at home');
    expect(stateOf()).toBe('at-home');
    await make();
    expect(isPhrase(words)).toBe(false);
    await expect(confirm('at the bank')).rejects.toMatchObject({ kind: 'unsupported' });
  });

  it('goes stale when a password changes, and not when a token does', async () => {
    await make();
    await confirm('at the bank');
    await compare(secretsOf('hunter2', 'two'));
    expect(stateOf()).toBe('good');
    await compare(secretsOf('hunter3'));
    expect(stateOf()).toBe('stale');
  });

  it('is judged by what can be known of each remote, where one cannot be asked', async () => {
    const { kind: _, ...other } = placeFacts('other', { placeKind: 'remote', path: 's3:videos' });
    const both = [cloud, other];
    const asked = (passwords: Readonly<Record<string, string>>): KitSecrets => ({
      exportConfig: async (names) => `[${names.join()}]\n`,
      passwords: async (names) =>
        names.map((name) => {
          const password = passwords[name];
          if (password !== undefined) return { name, password };
          throw new ReelholdError({ kind: 'missing', operation: 'read', object: name }, 'gone');
        }),
    });
    const judged = async (secrets: KitSecrets) => {
      const { archive: rows, notes } = archive.catalogue;
      await compareKit({ ...deps(secrets), places: both }, rows.kit(), notes);
      const check = notes.condition('kit');
      return { state: judgeKit(rows.kit(), check, both), unknown: check?.unknown ?? [] };
    };
    await makeKit(
      { ...deps(asked({ [cloud.name]: 'one', [other.name]: 'two' })), places: both },
      {
        ...{ archive: 'id', folder: join(folder.path, 'kit') },
        number: async (made) => Number(await note({ kind: 'made', ...made })),
      },
    );
    await confirm('at the bank');
    const good = { state: 'good', unknown: [] };
    expect(await judged(asked({ [cloud.name]: 'one', [other.name]: 'two' }))).toEqual(good);
    expect(await judged(asked({ [cloud.name]: 'one' }))).toEqual({ state: 'good', unknown: [other.name] });
    expect(await judged(asked({}))).toEqual({ state: 'good', unknown: [cloud.name, other.name] });
    expect(await judged(asked({ [cloud.name]: 'new' }))).toEqual({ state: 'stale', unknown: [other.name] });
    // What was found of one that cannot be asked any more still holds.
    expect(await judged(asked({}))).toEqual({ state: 'stale', unknown: [cloud.name, other.name] });
    expect(await judged(asked({ [cloud.name]: 'one', [other.name]: 'two' }))).toEqual(good);
  });

  it('is as it was when the catalogue was lost, and the next one has the next number', async () => {
    await make();
    await make();
    await confirm('at the bank', 2);
    using after = openTestArchive(join(folder.path, 'after'), archive.store, archive.journal);
    await after.reconcile();
    await compare(secretsOf('hunter2'), after);
    expect(stateOf(after)).toBe('good');
    await compare(secretsOf('hunter3'), after);
    expect(stateOf(after)).toBe('stale');
    await make(secretsOf('hunter3'), after);
    expect(after.catalogue.archive.kit()).toMatchObject({ version: 3, keptAt: null });
  });

  it('is stale on a machine that does not know what is secret in it', async () => {
    await make();
    await confirm('at the bank');
    rmSync(noteFile());
    await compare(secretsOf('hunter2'));
    expect(stateOf()).toBe('stale');
  });

  it('is not written, and takes no number, where the configuration of a place cannot be had', async () => {
    const unknown: KitSecrets = {
      ...secretsOf('hunter2'),
      exportConfig: async () => {
        throw new ReelholdError({ kind: 'missing', operation: 'read', object: 'rclone.conf' }, 'gone');
      },
    };
    await expect(make(unknown)).rejects.toMatchObject({ kind: 'missing' });
    expect(stateOf()).toBe('none');
  });
});
