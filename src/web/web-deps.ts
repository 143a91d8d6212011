import type { Queries } from '#catalogue/queries.ts';
import type { Commands } from '#core/ports/commands.ts';
import type { Content } from '#core/ports/content.ts';
import type { Log } from '#core/ports/log.ts';
import type { Trouble } from '#core/trouble.ts';

/** Everything the page is made from. */
export interface WebDeps {
  readonly queries: Queries;
  readonly content: Content;
  /** Why the archive cannot be worked on just now; null where it can. Known also where the catalogue cannot say it. */
  readonly trouble: () => Trouble | null;
  /** '' or a path that begins with a slash and does not end with one. */
  readonly basePath: string;
  /** Names by which a browser may ask, lower-case, without a port. */
  readonly allowedHosts: readonly string[];
  readonly version: string;
  /** The inboxes' names: what the owner calls them, and rows too; at least one. */
  readonly inboxes: readonly [string, ...string[]];
  readonly commands: Commands;
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly log: Log;
}
