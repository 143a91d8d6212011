import { join, resolve } from 'node:path';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import { openShared } from '#catalogue/shared.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { isAtHome, judgeKit } from '#core/recovery-kit.ts';
import { formatKitWish, type KitWish } from '#daemon/operations/note-kit.ts';
import { kitDeps } from '#kit-secrets.ts';
import { compareKit, isPhraseOf, makeKit } from '#recovery-kit.ts';
import { loadInstallation } from '#store/installation.ts';
import { en } from '#views/locales/en.ts';
import { exitCodes } from './exit-codes.ts';
import { runOperation } from './run-operation.ts';

/** Writes the recovery kit, to the folder that is named or among the settings. */
export async function runKit(config: Config, { to }: { readonly to: string | null }): Promise<number> {
  const { archive } = await loadInstallation(config.configDir);
  if (archive === null) throw noArchive(config);
  const places = withCatalogue(config, (catalogue) => catalogue.places.list());
  const folder = to === null ? join(config.configDir, 'recovery-kit') : resolve(to);
  const files = await makeKit(kitDeps(config, places, clock.nowMs()), {
    ...{ archive, folder },
    number: async (made) => Number(await noteKit(config, { kind: 'made', ...made })),
  });
  await compareNow(config);
  process.stdout.write(
    `${files.join('\n')}\nPrint it, keep it away from home, delete these files, and type back the words at its end.\n`,
  );
  return exitCodes.done;
}

/** Takes the words of the kit back; 1 where they are not those of the last one, 3 where it is kept at home or nowhere. */
export async function runKitConfirm(config: Config, words: string, kept: string | null): Promise<number> {
  const keptAt = kept?.trim() ? kept.trim() : null;
  const kit = withCatalogue(config, ({ archive }) => archive.kit());
  if (kit === null || !isPhraseOf(kit, words)) {
    process.stderr.write(
      'These are not the words of the last kit. An older kit may be out of date: print the new one.\n',
    );
    return exitCodes.failed;
  }
  await noteKit(config, { kind: 'confirmed', version: kit.version, keptAt });
  const isKept = keptAt ?? kit.keptAt;
  process.stdout.write(
    isKept === null
      ? 'The words are right. Say where it is kept: --kept "at my sister\'s".\n'
      : `The words are right, and it is kept ${isKept}.\n`,
  );
  if (isKept === null) return exitCodes.notAllProven;
  if (isAtHome(isKept)) {
    process.stdout.write(
      'What takes this NAS may take the kit too: fire, water, theft. Keep it somewhere else, and say where: --kept "at my sister\'s".\n',
    );
    return exitCodes.notAllProven;
  }
  return exitCodes.done;
}

/** Says whether the kit is up to date; 3 where something is to be done about it. */
export async function runKitStatus(config: Config): Promise<number> {
  await compareNow(config);
  const { state, unknown } = withCatalogue(config, ({ archive, notes, places }) => {
    const check = notes.condition('kit');
    const kit = archive.kit();
    const isOfThisKit = check !== null && check.version === kit?.version;
    return { state: judgeKit(kit, check, places.list()), unknown: (isOfThisKit && check.unknown) || [] };
  });
  process.stdout.write(`${en.kit[state]}\n`);
  for (const name of unknown) process.stdout.write(`${unknownInWords(name)}\n`);
  const isGood = state === 'not-needed' || (state === 'good' && unknown.length === 0);
  return isGood ? exitCodes.done : exitCodes.notAllProven;
}

function unknownInWords(name: string): string {
  return `"${name}" could not be compared: this machine cannot read what it takes to reach it, or its password. "reelhold location sign-in NAME PATH" gives it that.`;
}

/** Has it written into the journal, by this process or by the daemon that holds the vault. */
async function noteKit(config: Config, wish: KitWish): Promise<string | undefined> {
  return await runOperation(config, {
    ...{ kind: 'note-kit', lane: 'intake', subject: formatKitWish(wish), name: 'the recovery kit' },
    handler: (archive) => archive.noteKit,
  });
}

async function compareNow(config: Config): Promise<void> {
  using database = openKnown(config);
  const { archive, notes, places } = createTransactor(database);
  await compareKit(kitDeps(config, places.list(), clock.nowMs()), archive.kit(), notes);
}

function withCatalogue<T>(config: Config, read: (catalogue: Catalogue) => T): T {
  using database = openKnown(config);
  return read(createTransactor(database));
}

function openKnown(config: Config): CatalogueDatabase {
  const database = openShared(config.catalogueFile);
  if (database === null) throw noArchive(config);
  return database;
}

function noArchive({ catalogueFile }: Config): ReelholdError {
  const facts = { kind: 'missing', operation: 'ask the catalogue', object: catalogueFile } as const;
  return new ReelholdError(
    { ...facts, hint: '"reelhold start" makes an archive.' },
    'there is no archive yet',
  );
}
