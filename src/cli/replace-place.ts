import type { Config } from '#config.ts';
import { wishOfReplaced } from '#core/plan-place.ts';
import { type AskedRemote, notEncrypted, runAddRemote } from './add-remote.ts';
import { exitCodes } from './exit-codes.ts';
import { driveWish, runPlaceChange } from './location.ts';
import { placesCalled } from './places.ts';
import { neverEncrypted } from './words.ts';

/** Lets another drive, or another remote, take the part of a place: its name, and all that was settled of it. */
export async function runReplace(
  config: Config,
  { name, path, isPlain, passwordFile, anyway = false }: Omit<AskedRemote, 'wish' | 'replaces'>,
): Promise<number> {
  const [place] = placesCalled(config, name);
  if (place === undefined) return exitCodes.failed;
  const { settings } = place;
  const wish = wishOfReplaced(settings, path);
  if (settings.placeKind === 'drive' && (isPlain || passwordFile !== null)) {
    process.stderr.write(`error: ${neverEncrypted}\n`);
    return exitCodes.usage;
  }
  if (settings.placeKind === 'remote') {
    if (!settings.encrypted && passwordFile !== null) return notEncrypted(settings.name);
    const asked = { name: settings.name, path, isPlain: isPlain || !settings.encrypted, passwordFile };
    return await runAddRemote(config, { ...asked, wish, replaces: settings.location, anyway });
  }
  const replaces = settings.location;
  return await runPlaceChange(config, { kind: 'add', wish: driveWish(wish), replaces, anyway });
}
