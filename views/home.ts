import { html } from 'hono/html';
import { type ArrivingProps, arrivingRegion } from './arriving.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import { type PlacesProps, placesRegion } from './places.ts';
import type { Site } from './site.ts';
import { pageTitle, type VerdictProps, verdictRegion } from './verdict.ts';
import { type VideosProps, videosRegion } from './videos.ts';

/** The first page: is everything safe, what is arriving, what came last. */
export function homePage(
  site: Site,
  props: VerdictProps & { readonly places: PlacesProps } & ArrivingProps & VideosProps,
): Html {
  const content = html`${verdictRegion(site, props)}
${placesRegion(site, props.places)}
${arrivingRegion(site, props)}
${videosRegion(site, props)}`;
  return layout(site, { title: pageTitle(site, props.overview), content, live: true });
}
