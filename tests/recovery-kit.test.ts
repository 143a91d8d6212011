import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { KitSecrets } from '#core/ports/kit-secrets.ts';
import { judgeKit } from '#core/recovery-kit.ts';
import { compareKit, confirmKit, makeKit } from '#recovery-kit.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { placeFacts } from '#tests/support/places.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const open = useCatalogue(folder);
const { kind: _, ...cloud } = placeFacts('cloud', { placeKind: 'remote', path: 'b2:videos' });
const places: readonly PlaceSettings[] = [cloud];
const secretsOf = (password: string, token = 'one'): KitSecrets => ({
  exportConfig: async (names) => `[b2]\nfor = ${names.join()}\ntoken = ${token}\n`,
  passwords: async () => [{ name: 'cloud', password }],
});
const deps = (secrets: KitSecrets) => ({ notes: open.catalogue.notes, secrets, places, nowMs: 1 });
const make = (password = 'hunter2') =>
  makeKit(deps(secretsOf(password)), { archive: 'id', folder: join(folder.path, 'kit') });
const state = () => judgeKit(open.catalogue.notes.condition('kit'), places);
const wordsIn = (file: string) => / kit confirm (.*) --kept/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
const confirm = (words: string, keptAt: string | null) =>
  confirmKit(open.catalogue.notes, { words, keptAt, nowMs: 2 });

describe('a recovery kit', () => {
  it('is readable by its owner alone, and nothing secret of it is noted', async () => {
    const files = await make();
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain('hunter2');
    }
    const noted = JSON.stringify(open.catalogue.notes.condition('kit'));
    expect(noted).not.toContain('hunter2');
    expect(noted).not.toContain(wordsIn(files[1] ?? ''));
  });

  it('is confirmed by its own words, however they are typed, and by no others', async () => {
    const [, old = ''] = await make();
    const words = wordsIn(old);
    expect(confirm('babab dadad fafaf gagag', 'x')).toBe(false);
    expect(state()).toBe('unconfirmed');
    expect(confirm(words.toUpperCase(), "at my sister's")).toBe(true);
    expect(state()).toBe('good');
    expect(confirm(words, 'at home')).toBe(true);
    expect(state()).toBe('at-home');
    await make();
    expect(open.catalogue.notes.condition('kit')?.version).toBe(2);
    expect(confirm(words, null)).toBe(false);
  });

  it('goes stale when a password changes, and not when a token does', async () => {
    const [, text = ''] = await make();
    confirm(wordsIn(text), 'at the bank');
    await compareKit(deps(secretsOf('hunter2', 'two')));
    expect(state()).toBe('good');
    await compareKit(deps(secretsOf('hunter3')));
    expect(state()).toBe('stale');
  });

  it('is not written where the configuration of a place cannot be had', async () => {
    const unknown: KitSecrets = {
      ...secretsOf('hunter2'),
      exportConfig: async () => {
        throw new ReelholdError({ kind: 'missing', operation: 'read', object: 'rclone.conf' }, 'gone');
      },
    };
    const made = makeKit(deps(unknown), { archive: 'id', folder: folder.path });
    await expect(made).rejects.toMatchObject({ kind: 'missing' });
    expect(state()).toBe('none');
  });
});
