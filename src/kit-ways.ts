import { ReelholdError } from '#core/errors.ts';
import { kitNames } from '#core/kit-config.ts';
import { needsOwner } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Location } from '#core/ports/location.ts';
import type { OpenByKit } from '#daemon/places/drill.ts';
import { openRemoteToRead } from '#locations/open-remote.ts';
import { rcloneBinary } from './compose-ways.ts';
import type { Config } from './config.ts';
import { createKitSecrets } from './kit-secrets.ts';
import { makeKitFolder, settleKitFolder } from './kit-tokens.ts';
import { remoteConfigDir } from './place-folders.ts';

export interface KitWaysDeps {
  readonly config: Pick<Config, 'configDir' | 'searchPath' | 'timeZone'>;
  readonly clock: Clock;
}

/**
 * The ways to places that a recovery kit gives, as one made now would: a drive by its folder, a remote by the
 * configuration and the name that are printed there, in a folder of its own that has nothing else of this installation.
 */
export function createKitWays({ config, clock }: KitWaysDeps): OpenByKit {
  return async ({ settings, location }, signal) => {
    if (settings.placeKind === 'drive') return { fetch: location.fetch, async [Symbol.asyncDispose]() {} };
    const name = kitNames([settings]).get(settings.location) ?? '';
    const own = remoteConfigDir(config, settings.location);
    const text = await createKitSecrets(config, [settings]).exportConfig([settings.name]);
    const configDir = await makeKitFolder(own, name, text);
    const close = () => settleKitFolder(own, configDir);
    try {
      const remote = await openRemoteToRead({
        ...{ binary: rcloneBinary, searchPath: config.searchPath, clock, configDir },
        ...{ root: `${name}:`, bandwidth: settings.bandwidth, timeZone: config.timeZone, encrypted: null },
      });
      await requireMeant(remote, settings, signal);
      return { fetch: remote.fetch, [Symbol.asyncDispose]: close };
    } catch (error) {
      await close();
      throw error;
    }
  };
}

async function requireMeant(
  remote: Location,
  { name, location }: PlaceSettings,
  signal: AbortSignal,
): Promise<void> {
  const presence = await remote.look(signal);
  if (presence.kind === 'present' && presence.mark.location === location) return;
  const isPassing = presence.kind === 'away' && !needsOwner(presence.reason);
  throw new ReelholdError(
    { kind: isPassing ? 'unreachable' : 'unsupported', operation: 'reach by the recovery kit', object: name },
    presence.kind === 'present' ? 'another place stands there' : `it cannot be used (${presence.reason})`,
  );
}
