import { kitConfig } from '#core/kit-config.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { KitSecrets } from '#core/ports/kit-secrets.ts';
import { cryptSection } from '#locations/encrypted-style.ts';
import { formatSections, loadPassword, loadRcloneConfig } from '#locations/rclone-config.ts';
import type { Config } from './config.ts';
import { kitNoteFile, remoteConfigDir } from './place-folders.ts';
import type { KitDeps } from './recovery-kit.ts';

/** What a kit is made of, and compared with. */
export function kitDeps(
  config: Pick<Config, 'configDir'>,
  places: readonly PlaceSettings[],
  nowMs: number,
): KitDeps {
  return { places, secrets: createKitSecrets(config, places), noteFile: kitNoteFile(config), nowMs };
}

/** What a kit needs of this installation's remotes. */
export function createKitSecrets(
  config: Pick<Config, 'configDir'>,
  places: readonly PlaceSettings[],
): KitSecrets {
  const remotes = (names: readonly string[]) =>
    places.filter(({ name, placeKind }) => placeKind === 'remote' && names.includes(name));
  return {
    async exportConfig(names) {
      const configured = await Promise.all(
        remotes(names).map(async (place) => ({
          ...place,
          sections: await loadRcloneConfig(remoteConfigDir(config, place.location)),
        })),
      );
      return formatSections(kitConfig(configured, cryptSection));
    },
    async passwords(names) {
      return await Promise.all(
        remotes(names)
          .filter(({ encrypted }) => encrypted)
          .map(async ({ name, location }) => ({
            name,
            password: await loadPassword(remoteConfigDir(config, location)),
          })),
      );
    },
  };
}
