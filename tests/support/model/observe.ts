import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueDatabase } from '#catalogue/database.ts';
import type { ModelState, ModelVersion } from './state.ts';

interface VersionRow {
  readonly video: string;
  readonly title: string;
  readonly trashedAtMs: number | null;
  readonly digest: string;
  readonly name: string;
  readonly how: string;
  readonly seq: number;
}

/** What the catalogue says the owner has. */
export function observeState({ sqlite }: Pick<CatalogueDatabase, 'sqlite'>): ModelState {
  const rows = sqlite
    .prepare(
      `SELECT videos.id AS video, title, trashed_at_ms AS trashedAtMs, digest, name, how, versions.seq AS seq
       FROM versions JOIN videos ON videos.id = video_id ORDER BY video_id, number`,
    )
    .all() as VersionRow[];
  const videos = [...Map.groupBy(rows, ({ video }) => video).values()].map((own) => ({
    title: own[0]?.title ?? '',
    trashed: (own[0]?.trashedAtMs ?? null) !== null,
    versions: own.map(toVersion),
  }));
  const links = sqlite
    .prepare(
      "SELECT digest || ' ' || platform || ' ' || post FROM links JOIN versions ON versions.id = version_id",
    )
    .pluck()
    .all() as string[];
  const settings = sqlite.prepare('SELECT name, value FROM settings').raw().all() as [string, string][];
  return { videos, links: new Set(links), settings: new Map(settings) };
}

function toVersion({ digest, name, how, seq }: VersionRow): ModelVersion {
  return { digest, name, isFound: how === 'found', order: seq };
}

/** Digests whose copy in the vault the catalogue calls present. */
export function presentCopies({ sqlite }: Pick<CatalogueDatabase, 'sqlite'>): ReadonlySet<string> {
  const digests = sqlite
    .prepare("SELECT DISTINCT copies.digest FROM copies JOIN versions USING (digest) WHERE state = 'present'")
    .pluck()
    .all();
  return new Set(digests.map(String));
}

/** Every file below a folder, with the digest of its bytes; by the hash of Node, and nothing of Reelhold's. */
export function digestsBelow(folder: string): ReadonlyMap<string, string> {
  return new Map(
    filesBelow(folder).map((path) => [
      path,
      `sha256:${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}`,
    ]),
  );
}

export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry: Dirent) => entry.isFile())
    .map((entry: Dirent) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The digest that a blob's name says. */
export function digestOfBlob(path: string): string {
  return `sha256:${path.slice(path.lastIndexOf('/') + 1).slice(0, 64)}`;
}
