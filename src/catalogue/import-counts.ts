import type Database from 'better-sqlite3';

export interface Count {
  readonly files: number;
  readonly bytes: number;
}

/** What an import has found. */
export interface ImportCounts {
  /** Taken by an earlier import. */
  readonly taken: Count;
  /** To be taken. */
  readonly open: Count;
  /** Of `open`, those that are held already, and the second and later ones of those that are there twice. */
  readonly held: Count;
  readonly twice: Count;
  /** Of all, how many files are videos by themselves, lie beside a video, and are lists of hashes. */
  readonly videos: number;
  readonly beside: number;
  readonly lists: number;
  /** Projects and cards, and the files in them. */
  readonly projects: number;
  readonly inProjects: number;
  /** The projects of which most would be versions of one video. */
  readonly largest: readonly ProjectCount[];
}

export interface ProjectCount {
  readonly folder: string;
  readonly files: number;
  readonly versions: number;
}

const sums = 'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM found WHERE';
const kinds = `SELECT count(*) FILTER (WHERE kind = 'video') AS videos,
  count(*) FILTER (WHERE kind IN ('beside', 'named')) AS beside, count(*) FILTER (WHERE kind = 'list') AS lists,
  count(DISTINCT project) AS projects, count(*) FILTER (WHERE kind = 'project') AS inProjects FROM found`;

const largest = `SELECT project AS folder, count(*) AS files, count(work) AS versions FROM found
  WHERE project IS NOT NULL GROUP BY project ORDER BY versions DESC, files DESC, project LIMIT 3`;

/** Counts what stands in the table of a plan. */
export function readCounts(sqlite: Database.Database): ImportCounts {
  const count = (condition: string) => sqlite.prepare<[], Count>(`${sums} ${condition}`).get() ?? none;
  const twice = `taken IS NULL AND NOT held AND sample IS NOT NULL AND id NOT IN
    (SELECT min(id) FROM found WHERE taken IS NULL AND sample IS NOT NULL GROUP BY size, sample)`;
  return {
    taken: count('taken IS NOT NULL'),
    open: count('taken IS NULL'),
    held: count('taken IS NULL AND held'),
    twice: count(twice),
    ...(sqlite.prepare(kinds).get() as Omit<ImportCounts, 'taken' | 'open' | 'held' | 'twice' | 'largest'>),
    largest: sqlite.prepare<[], ProjectCount>(largest).all(),
  };
}

const none: Count = { files: 0, bytes: 0 };
