import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isReelholdError, type ReelholdError, translateError } from '#core/errors.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { NoteRows } from '#core/ports/catalogue.ts';
import type { KitSecrets } from '#core/ports/kit-secrets.ts';
import {
  type KitNote,
  type KitSecretsNote,
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
  readonly secrets: KitSecrets;
  readonly places: readonly PlaceSettings[];
  /** Where is noted, among the settings, what is secret in the last kit. */
  readonly noteFile: string;
  readonly nowMs: number;
}

export interface KitOrder {
  readonly archive: string;
  readonly folder: string;
  /** Has it noted in the journal that there is a kit, and gives its number. */
  readonly number: (made: Pick<KitNote, 'places' | 'phrase'>) => Promise<number>;
}

/**
 * Writes a kit to a folder (both files for their owner alone). Its number is taken first: one that could not be written
 * leaves a gap, and never a second kit of the same number.
 */
export async function makeKit(deps: KitDeps, order: KitOrder): Promise<readonly string[]> {
  const { places, nowMs, noteFile } = deps;
  const { config, passwords } = await readSecrets(deps, remotesOf(deps));
  const phrase = makePhrase(randomBytes(phraseBytes));
  const shown = places.map(toKitPlace);
  const version = await order.number({ places: shown, phrase: hashOf(phrase) });
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const kit: Kit = { version, day, archive: order.archive, places: shown, config, passwords, phrase };
  const files = await writeKit(kit, order.folder);
  const note: KitSecretsNote = {
    ...{ version, secrets: hashOf(fingerprint({ config, passwords })) },
    places: Object.fromEntries(await hashEach(deps)),
  };
  await writeSecret(noteFile, JSON.stringify(note));
  return files;
}

/** Whether these are the words that are printed in the kit. */
export function isPhraseOf({ phrase }: KitNote, words: string): boolean {
  return isHashOf(phrase, normalisePhrase(words));
}

/**
 * Notes whether the passwords and configurations are still those of the kit. Where nobody here knows what is in it, as
 * on a new machine, they are taken for others: a new kit is soon made. What cannot be had of one remote is neither, and
 * keeps no other from being compared; gives why.
 */
export async function compareKit(
  deps: KitDeps,
  kit: KitNote | null,
  notes: NoteRows,
): Promise<readonly ReelholdError[]> {
  if (kit === null) return [];
  const found = await readEach(deps);
  const unknown = found.filter((one) => one.secrets instanceof Error);
  const known = await readSecretsNote(deps.noteFile);
  const isChangedNow =
    known?.version !== kit.version ? unknown.length < found.length : await haveChanged(deps, known, found);
  // What was found of one that cannot be asked any more still holds.
  const before = unknown.length === 0 ? null : notes.condition('kit');
  const wasChanged = before?.version === kit.version && before.haveSecretsChanged;
  const haveSecretsChanged = isChangedNow || wasChanged;
  const names = unknown.map(({ place }) => place.name);
  const check = { version: kit.version, haveSecretsChanged };
  notes.setCondition('kit', names.length === 0 ? check : { ...check, unknown: names }, deps.nowMs);
  return unknown.flatMap(({ secrets }) => (isReelholdError(secrets) ? [secrets] : []));
}

/** Of a note that is of all remotes together nothing is told where one is unknown. */
async function haveChanged(
  deps: KitDeps,
  { secrets: together, places }: KitSecretsNote,
  found: readonly FoundSecrets[],
): Promise<boolean> {
  if (places === undefined) {
    if (found.some(({ secrets }) => secrets instanceof Error)) return false;
    return !isHashOf(together, fingerprint(await readSecrets(deps, remotesOf(deps))));
  }
  return found.some(({ place, secrets }) => {
    const hash = places[place.location];
    return !(secrets instanceof Error) && (hash === undefined || !isHashOf(hash, fingerprint(secrets)));
  });
}

interface Secrets {
  readonly config: string;
  readonly passwords: Kit['passwords'];
}

/** Of one remote; or why they cannot be had. */
interface FoundSecrets {
  readonly place: PlaceSettings;
  readonly secrets: Secrets | ReelholdError;
}

async function readEach(deps: KitDeps): Promise<readonly FoundSecrets[]> {
  return await Promise.all(
    remotesOf(deps).map(async (place) => {
      const secrets = await readSecrets(deps, [place]).catch((error: unknown) => {
        if (isReelholdError(error)) return error;
        throw error;
      });
      return { place, secrets };
    }),
  );
}

async function hashEach(deps: KitDeps): Promise<readonly (readonly [string, SaltedHash])[]> {
  const hashes = remotesOf(deps).map(
    async (place) => [place.location, hashOf(fingerprint(await readSecrets(deps, [place])))] as const,
  );
  return await Promise.all(hashes);
}

function remotesOf({ places }: KitDeps): readonly PlaceSettings[] {
  return places.filter(({ placeKind }) => placeKind === 'remote');
}

async function readSecrets({ secrets }: KitDeps, remotes: readonly PlaceSettings[]): Promise<Secrets> {
  const names = remotes.map(({ name }) => name);
  return { config: await secrets.exportConfig(names), passwords: await secrets.passwords(names) };
}

async function readSecretsNote(file: string): Promise<KitSecretsNote | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KitSecretsNote;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw translateError(error, { operation: 'read', object: file });
  }
}

function fingerprint({ config, passwords }: Secrets): string {
  return JSON.stringify([stableConfig(config), passwords.map(({ name, password }) => [name, password])]);
}

function hashOf(text: string): SaltedHash {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: scryptSync(text, salt, 32).toString('hex') };
}

function isHashOf({ salt, hash }: SaltedHash, text: string): boolean {
  const known = Buffer.from(hash, 'hex');
  return known.length === 32 && timingSafeEqual(scryptSync(text, salt, 32), known);
}

const names = { page: 'reelhold-recovery-kit.html', text: 'reelhold-recovery-kit.txt' };

async function writeKit(kit: Kit, folder: string): Promise<readonly string[]> {
  const files = [
    { path: join(folder, names.page), content: String(await kitPage(kit)) },
    { path: join(folder, names.text), content: kitText(kit) },
  ];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { path, content } of files) await writeSecret(path, content);
  } catch (error) {
    throw translateError(error, { operation: 'write the recovery kit to', object: folder });
  }
  return files.map(({ path }) => path);
}

async function writeSecret(path: string, content: string): Promise<void> {
  await replaceFile(path, content, `${path}.${randomBytes(4).toString('hex')}`, 0o600);
}
