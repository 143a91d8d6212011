import { join, resolve } from 'node:path';
import { openShared } from '#catalogue/shared.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { isAtHome, judgeKit } from '#core/recovery-kit.ts';
import { createKitSecrets } from '#kit-secrets.ts';
import { compareKit, confirmKit, type KitDeps, makeKit } from '#recovery-kit.ts';
import { loadInstallation } from '#store/installation.ts';
import { en } from '#views/locales/en.ts';
import { exitCodes } from './exit-codes.ts';

/** Writes the recovery kit, to the folder that is named or among the settings. */
export async function runKit(config: Config, { to }: { readonly to: string | null }): Promise<number> {
  const { archive } = await loadInstallation(config.configDir);
  return await withCatalogue(config, async ({ notes, places }) => {
    if (archive === null) throw noArchive(config);
    const folder = to === null ? join(config.configDir, 'recovery-kit') : resolve(to);
    const deps = kitDeps(config, { notes, places });
    const files = await makeKit(deps, { archive, folder });
    process.stdout.write(
      `${files.join('\n')}\nPrint it, keep it away from home, delete these files, and type back the words at its end.\n`,
    );
    return exitCodes.done;
  });
}

/** Takes the words of the kit back; 1 where they are not those of the last one. */
export async function runKitConfirm(config: Config, words: string, keptAt: string | null): Promise<number> {
  return await withCatalogue(config, async ({ notes }) => {
    if (!confirmKit(notes, { words, keptAt, nowMs: clock.nowMs() })) {
      process.stderr.write(
        'These are not the words of the last kit. An older kit may be out of date: print the new one.\n',
      );
      return exitCodes.failed;
    }
    const kept = notes.condition('kit')?.keptAt ?? null;
    process.stdout.write(
      kept === null
        ? 'The words are right. Say where it is kept: --kept "at my sister\'s".\n'
        : `The words are right, and it is kept ${kept}.\n`,
    );
    if (kept !== null && isAtHome(kept)) {
      process.stdout.write(
        'What takes this NAS may take the kit too: fire, water, theft. Keep it somewhere else.\n',
      );
    }
    return exitCodes.done;
  });
}

/** Says whether the kit is up to date; 3 where something is to be done about it. */
export async function runKitStatus(config: Config): Promise<number> {
  return await withCatalogue(config, async ({ notes, places }) => {
    await compareKit(kitDeps(config, { notes, places }));
    const state = judgeKit(notes.condition('kit'), places.list());
    process.stdout.write(`${en.kit[state]}\n`);
    return state === 'good' || state === 'not-needed' ? exitCodes.done : exitCodes.notAllProven;
  });
}

function kitDeps(config: Config, { notes, places }: Pick<Catalogue, 'notes' | 'places'>): KitDeps {
  const all = places.list();
  return { notes, places: all, secrets: createKitSecrets(config, all), nowMs: clock.nowMs() };
}

async function withCatalogue(
  config: Config,
  run: (catalogue: Catalogue) => Promise<number>,
): Promise<number> {
  using database = openShared(config.catalogueFile);
  if (database === null) throw noArchive(config);
  return await run(createTransactor(database));
}

function noArchive({ catalogueFile }: Config): ReelholdError {
  const facts = { kind: 'missing', operation: 'ask the catalogue', object: catalogueFile } as const;
  return new ReelholdError(
    { ...facts, hint: '"reelhold start" makes an archive.' },
    'there is no archive yet',
  );
}
