import { createFormats } from '#views/formats.ts';
import { en } from '#views/locales/en.ts';
import type { Site } from '#views/site.ts';
import type { Asset } from './assets.ts';
import type { WebDeps } from './web-deps.ts';

type SiteDeps = Pick<WebDeps, 'basePath' | 'version' | 'timeZone' | 'nowMs'>;

/** Gives what views need to know, as of now. */
export function createSiteMaker(deps: SiteDeps, assets: ReadonlyMap<string, Asset>): () => Site {
  const { basePath, version, timeZone, nowMs } = deps;
  const formats = createFormats(en.formatLanguage, timeZone);
  const asset = (name: string) => `${basePath}/assets/${name}?v=${assets.get(name)?.hash ?? ''}`;
  return () => ({ basePath, version, words: en, formats, asset, nowMs: nowMs() });
}
