import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { translateError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { NoteRows } from '#core/ports/catalogue.ts';
import type { KitSecrets } from '#core/ports/kit-secrets.ts';
import {
  type KitNote,
  makePhrase,
  normalisePhrase,
  phraseBytes,
  type SaltedHash,
  stableConfig,
  toKitPlace,
} from '#core/recovery-kit.ts';
import { replaceFile } from '#store/durable.ts';
import type { Kit } from '#views/kit-sections.ts';
import { kitPage, kitText } from '#views/recovery-kit.ts';

export interface KitDeps {
  readonly notes: NoteRows;
  readonly secrets: KitSecrets;
  readonly places: readonly PlaceSettings[];
  readonly nowMs: number;
}

/** Writes a kit to a folder (both files for their owner alone), and notes what is in it, without its secrets. */
export async function makeKit(
  deps: KitDeps,
  { archive, folder }: { readonly archive: string; readonly folder: string },
): Promise<readonly string[]> {
  const { notes, places, nowMs } = deps;
  const { config, passwords } = await readSecrets(deps);
  const phrase = makePhrase(randomBytes(phraseBytes));
  const version = (notes.condition('kit')?.version ?? 0) + 1;
  const shown = places.map(toKitPlace);
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const kit: Kit = { version, day, archive, places: shown, config, passwords, phrase };
  const files = await writeKit(kit, folder);
  const note: KitNote = {
    ...{ version, madeAtMs: nowMs, places: shown, haveSecretsChanged: false },
    ...{ secrets: hashOf(fingerprint(config, passwords)), phrase: hashOf(phrase) },
    ...{ confirmedAtMs: null, keptAt: null },
  };
  notes.setCondition('kit', note, nowMs);
  return files;
}

/** Notes that somebody has the kit before him, and where it is kept; false where the words are not those in it. */
export function confirmKit(
  notes: NoteRows,
  {
    words,
    keptAt,
    nowMs,
  }: { readonly words: string; readonly keptAt: string | null; readonly nowMs: number },
): boolean {
  const note = notes.condition('kit');
  if (note === null || !isHashOf(note.phrase, normalisePhrase(words))) return false;
  notes.setCondition('kit', { ...note, confirmedAtMs: nowMs, keptAt: keptAt ?? note.keptAt }, nowMs);
  return true;
}

/** Notes whether the passwords and configurations are still those of the kit. */
export async function compareKit(deps: KitDeps): Promise<void> {
  const note = deps.notes.condition('kit');
  if (note === null) return;
  const { config, passwords } = await readSecrets(deps);
  const haveSecretsChanged = !isHashOf(note.secrets, fingerprint(config, passwords));
  deps.notes.setCondition('kit', { ...note, haveSecretsChanged }, deps.nowMs);
}

async function readSecrets({ secrets, places }: KitDeps) {
  const names = places.filter(({ placeKind }) => placeKind === 'remote').map(({ name }) => name);
  return { config: await secrets.exportConfig(names), passwords: await secrets.passwords(names) };
}

function fingerprint(config: string, passwords: Kit['passwords']): string {
  return JSON.stringify([stableConfig(config), passwords.map(({ name, password }) => [name, password])]);
}

function hashOf(text: string): SaltedHash {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: scryptSync(text, salt, 32).toString('hex') };
}

function isHashOf({ salt, hash }: SaltedHash, text: string): boolean {
  return timingSafeEqual(scryptSync(text, salt, 32), Buffer.from(hash, 'hex'));
}

const names = { page: 'reelhold-recovery-kit.html', text: 'reelhold-recovery-kit.txt' };

async function writeKit(kit: Kit, folder: string): Promise<readonly string[]> {
  const files = [
    { path: join(folder, names.page), content: String(await kitPage(kit)) },
    { path: join(folder, names.text), content: kitText(kit) },
  ];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { path, content } of files) {
      await replaceFile(path, content, `${path}.${randomBytes(4).toString('hex')}`, 0o600);
    }
  } catch (error) {
    throw translateError(error, { operation: 'write the recovery kit to', object: folder });
  }
  return files.map(({ path }) => path);
}
