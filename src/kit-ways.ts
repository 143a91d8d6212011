import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReelholdError, translateError } from '#core/errors.ts';
import { kitNames, withNewTokens } from '#core/kit-config.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location } from '#core/ports/location.ts';
import type { OpenByKit } from '#daemon/places/drill.ts';
import { openRemoteToRead } from '#locations/open-remote.ts';
import { rcloneConfigFile } from '#locations/rclone.ts';
import { loadRcloneConfig, saveRcloneConfig } from '#locations/rclone-config.ts';
import { rcloneBinary } from './compose-ways.ts';
import type { Config } from './config.ts';
import { createKitSecrets } from './kit-secrets.ts';
import { remoteConfigDir } from './place-folders.ts';

export interface KitWaysDeps {
  readonly config: Pick<Config, 'configDir' | 'searchPath' | 'timeZone'>;
  readonly clock: Clock;
}

/**
 * The ways to places that a recovery kit gives, as one made now would: a drive by its folder, a remote by the
 * configuration and the name that are printed there, in a folder of its own that has nothing else of this installation.
 */
export function createKitWays(deps: KitWaysDeps): OpenByKit {
  return async ({ settings, location }, signal) => {
    if (settings.placeKind === 'drive') return { fetch: location.fetch, async [Symbol.asyncDispose]() {} };
    const name = kitNames([settings]).get(settings.location) ?? '';
    const own = remoteConfigDir(deps.config, settings.location);
    const configDir = await writeKitConfig(deps, own, settings);
    const close = () => rm(configDir, { recursive: true, force: true });
    try {
      const before = await loadRcloneConfig(configDir);
      const remote = await openRemoteToRead({
        ...{ binary: rcloneBinary, searchPath: deps.config.searchPath, clock: deps.clock, configDir },
        ...{
          root: `${name}:`,
          bandwidth: settings.bandwidth,
          timeZone: deps.config.timeZone,
          encrypted: null,
        },
      });
      await requireMeant(remote, settings, signal);
      return {
        fetch: remote.fetch,
        async [Symbol.asyncDispose]() {
          try {
            const sections = await loadRcloneConfig(own);
            const renewed = withNewTokens(sections, name, {
              before,
              after: await loadRcloneConfig(configDir),
            });
            if (JSON.stringify(renewed) !== JSON.stringify(sections)) await saveRcloneConfig(own, renewed);
          } finally {
            await close();
          }
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
}

/** What a killed process leaves of it is removed with all else that passes (`clearScratch`). */
async function writeKitConfig(
  { config }: KitWaysDeps,
  own: string,
  settings: PlaceSettings,
): Promise<string> {
  const text = await createKitSecrets(config, [settings]).exportConfig([settings.name]);
  try {
    const scratch = join(own, 'scratch');
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(scratch, 'kit-'));
    await writeFile(rcloneConfigFile(folder), text, { mode: 0o600 });
    return folder;
  } catch (error) {
    throw translateError(error, { operation: 'write', object: 'what the recovery kit says', side: 'vault' });
  }
}

async function requireMeant(
  remote: Location,
  { name, location }: PlaceSettings,
  signal: AbortSignal,
): Promise<void> {
  const presence = await remote.look(signal);
  if (presence.kind === 'present' && presence.mark.location === location) return;
  throw new ReelholdError(
    { kind: 'unsupported', operation: 'reach by the recovery kit', object: name },
    presence.kind === 'present' ? 'another place stands there' : `it cannot be used (${presence.reason})`,
  );
}
