import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openForReading } from '#catalogue/database.ts';
import { type OpenArchive, openArchive } from '#compose.ts';
import { type Config, loadConfig } from '#config.ts';
import { digestOf } from './digests.ts';
import { createTestLog } from './test-log.ts';

/** Archives as released versions wrote them, each in a folder of its own. */
export const goldenDir = fileURLToPath(new URL('../fixtures/archives', import.meta.url));

/** What an archive says, in words that no later version changes. */
export interface GoldenAccount {
  readonly videos: readonly {
    readonly title: string;
    readonly folder: string;
    readonly trashed: boolean;
    /** In the order of their numbers. */
    readonly versions: readonly {
      readonly name: string;
      readonly digest: string;
      readonly posts: readonly string[];
      /** What was wrong with it before it came; absent where nothing was. */
      readonly damaged?: string;
    }[];
    /** In the order in which they were recorded; absent where there are none. */
    readonly parts?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly path: string | null;
      readonly digest: string;
      readonly damaged?: string;
    }[];
  }[];
  readonly settings: Readonly<Record<string, string>>;
  /** Places other than the vault, by their names; absent where there are none. */
  readonly places?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly encrypted: boolean;
    /** Digests that were read back there. */
    readonly proven: readonly string[];
    /** Digests that were deleted everywhere, and are to go from there yet. */
    readonly pending: readonly string[];
    /** What blobs became there: the digest of the encrypted bytes, by the path of the blob. */
    readonly ciphers: Readonly<Record<string, string>>;
  }[];
  /** Absent where there is none. */
  readonly kit?: {
    readonly version: number;
    readonly places: readonly string[];
    readonly keptAt: string | null;
  };
}

export interface Golden extends GoldenAccount {
  /** The readable tree: what each file's bytes hash to, by its path. */
  readonly tree: Readonly<Record<string, string>>;
}

/** What the encrypted remotes of golden archives are encrypted with: nothing secret is in them. */
export const cloudPassword = '00JM6-MVWM2-Q7F0F-6A2D8-EABVY-SR86A-5D87K-B6NZA';

export function goldenNames(): readonly string[] {
  return readdirSync(goldenDir).sort();
}

export function readExpected(name: string): Golden {
  return JSON.parse(readFileSync(join(goldenDir, name, 'expected.json'), 'utf8')) as Golden;
}

/** Copies a golden archive into the folder, with or without its catalogue, and opens it as a command does. */
export async function openGolden(name: string, folder: string, options: { readonly withCatalogue: boolean }) {
  const from = (...parts: readonly string[]) => join(goldenDir, name, ...parts);
  cpSync(from('vault'), join(folder, 'vault'), { recursive: true });
  cpSync(from('installation.json'), join(folder, 'config/installation.json'));
  if (options.withCatalogue) cpSync(from('catalogue.sqlite'), join(folder, 'config/catalogue.sqlite'));
  return await openIn(folder);
}

/** Opens the archive below a folder, or makes one there. */
export async function openIn(folder: string): Promise<{ archive: OpenArchive; config: Config }> {
  const settings = {
    REELHOLD_CONFIG: join(folder, 'config'),
    REELHOLD_VAULT: join(folder, 'vault'),
    REELHOLD_LIBRARY: join(folder, 'library'),
    REELHOLD_INBOX: join(folder, 'inbox'),
    TZ: 'UTC',
    PATH: process.env.PATH,
  };
  const config = loadConfig(settings, folder);
  const use = { program: 'command', onTaken: () => {}, largestBatch: 64 } as const;
  const archive = await openArchive(config, createTestLog(), use);
  if (archive.kind !== 'open') throw new Error(`the archive is ${archive.kind}`);
  await archive.reconcile();
  return { archive, config };
}

/** Reads from the tables themselves, so that no query of a later version has a say. */
export function readAccount({ catalogueFile }: Config): GoldenAccount {
  using database = openForReading(catalogueFile);
  if (database === null) throw new Error('there is no catalogue');
  const all = <Row>(sql: string, ...values: readonly string[]) =>
    database.sqlite.prepare(sql).all(...values) as Row[];
  const videos = all<{ id: string; title: string; folder: string; trashed: number }>(
    `SELECT id, title, folder, trashed_at_ms IS NOT NULL AS trashed FROM videos
     WHERE EXISTS (SELECT 1 FROM versions WHERE video_id = videos.id)
        OR EXISTS (SELECT 1 FROM parts WHERE video_id = videos.id) ORDER BY folder`,
  ).map(({ id, trashed, ...video }) => ({
    ...video,
    trashed: trashed === 1,
    ...partsOf(all, id),
    versions: all<{ id: string; name: string; digest: string; damaged: string | null }>(
      'SELECT id, name, digest, damaged FROM versions WHERE video_id = ? ORDER BY number',
      id,
    ).map(({ id: version, damaged, ...rest }) => ({
      ...rest,
      ...(damaged === null ? {} : { damaged }),
      posts: all<{ post: string }>(
        "SELECT platform || ' ' || post AS post FROM links WHERE version_id = ? ORDER BY 1",
        version,
      ).map(({ post }) => post),
    })),
  }));
  const settings = all<{ name: string; value: string }>('SELECT name, value FROM settings ORDER BY name');
  return {
    videos,
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    ...placesOf(all),
    ...kitOf(all),
  };
}

type All = <Row>(sql: string, ...values: readonly string[]) => Row[];

function placesOf(all: All): Pick<GoldenAccount, 'places'> {
  const digests = (sql: string, id: string) => all<{ digest: string }>(sql, id).map(({ digest }) => digest);
  const places = all<{ id: string; name: string; kind: string; encrypted: number }>(
    'SELECT id, name, kind, encrypted FROM locations ORDER BY name',
  ).map(({ id, name, kind, encrypted }) => ({
    ...{ name, kind, encrypted: encrypted === 1 },
    proven: digests(
      'SELECT digest FROM copies WHERE location = ? AND proven_at_ms IS NOT NULL ORDER BY digest',
      id,
    ),
    pending: digests(
      'SELECT digest FROM copies JOIN tombstones USING (digest) WHERE location = ? ORDER BY digest',
      id,
    ),
    ciphers: Object.fromEntries(
      all<{ path: string; digest: string }>(
        `SELECT path, cipher_digest AS digest FROM ciphers WHERE location = ? AND path LIKE 'blobs/%' ORDER BY path`,
        id,
      ).map(({ path, digest }) => [path, digest]),
    ),
  }));
  return places.length === 0 ? {} : { places };
}

function kitOf(all: All): Pick<GoldenAccount, 'kit'> {
  const [row] = all<{ value: string }>("SELECT value FROM meta WHERE key = 'kit'");
  if (row === undefined) return {};
  const { version, places, keptAt } = JSON.parse(row.value) as {
    readonly version: number;
    readonly places: readonly { readonly name: string }[];
    readonly keptAt: string | null;
  };
  return { kit: { version, places: places.map(({ name }) => name), keptAt } };
}

type Part = NonNullable<GoldenAccount['videos'][number]['parts']>[number];

function partsOf(all: All, video: string) {
  const rows = all<Part & { readonly damaged: string | null }>(
    'SELECT kind, name, path, digest, damaged FROM parts WHERE video_id = ? ORDER BY seq, rowid',
    video,
  );
  const parts = rows.map(({ damaged, ...part }) => ({ ...part, ...(damaged === null ? {} : { damaged }) }));
  return parts.length === 0 ? {} : { parts };
}

/** Every file below a folder, by its path, with what its bytes hash to. */
export function readTree(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length + 1), digestOf(readFileSync(path))]),
  );
}
