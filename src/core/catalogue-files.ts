/**
 * How many nightly backups of the catalogue are kept.
 *
 * @internal
 */
export const nightlyKept = 14;
const beforeMigrationKept = 3;
const damagedKept = 3;

const nightlyPattern = /^catalogue-\d{4}-\d{2}-\d{2}\.sqlite$/;
const beforeMigrationPattern = /^catalogue-before-\d{4}\.sqlite$/;
const damagedPattern = /^(catalogue-damaged-\d{8}T\d{9}Z)\.sqlite(-wal|-shm)?$/;

/** Names the backup of a local day, `YYYY-MM-DD`. */
export function nightlyName(day: string): string {
  return `catalogue-${day}.sqlite`;
}

/** Names what is kept of the catalogue as it was before a migration, `0001_some_words`. */
export function nameBeforeMigration(tag: string): string {
  return `catalogue-before-${tag.slice(0, 4)}.sqlite`;
}

/** The day of the newest nightly backup among these names, and how many there are; null for none. */
export function newestNightly(
  names: readonly string[],
): { readonly name: string; readonly day: string; readonly count: number } | null {
  const nightly = names.filter((name) => nightlyPattern.test(name)).sort();
  const name = nightly.at(-1);
  return name === undefined ? null : { name, day: name.slice(10, 20), count: nightly.length };
}

/**
 * Which backups give way to the one that was just written. That one stays whatever its day: a clock that was set
 * back must not make the newest backup look like the oldest.
 */
export function outlivedBackups(names: readonly string[], written: string): readonly string[] {
  const [pattern, kept] = nightlyPattern.test(written)
    ? [nightlyPattern, nightlyKept]
    : [beforeMigrationPattern, beforeMigrationKept];
  const others = names.filter((name) => name !== written && pattern.test(name));
  return others.sort().slice(0, Math.max(0, others.length - (kept - 1)));
}

/** Names a catalogue that was set aside, by the wall clock; what belongs to it gets `-wal` and `-shm` behind. */
export function damagedName(nowMs: number): string {
  return `catalogue-damaged-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}.sqlite`;
}

/** Which of the catalogues set aside give way to the newest few; the one that was set aside just now stays. */
export function outlivedDamaged(names: readonly string[], setAside: string): readonly string[] {
  const stemOf = (name: string) => damagedPattern.exec(name)?.[1];
  const mine = stemOf(setAside);
  const stems = [...new Set(names.map(stemOf))].filter((stem) => stem !== undefined && stem !== mine).sort();
  const gone = new Set(stems.slice(0, Math.max(0, stems.length - (damagedKept - 1))));
  return names.filter((name) => gone.has(stemOf(name)));
}
