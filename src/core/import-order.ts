/**
 * Names of folders and files that say how finished the videos in them are, in English, German and Italian. The order
 * is that in which an old archive is taken: what cannot be made again from the rest goes first.
 */
const ranks: readonly ReadonlySet<string>[] = [
  wordSet('final finals finale finished master masters fertig fertige endfassung definitivo definitiva'),
  wordSet(
    'published publish posted upload uploads uploaded export exports exported',
    'veröffentlicht hochgeladen exportiert pubblicato pubblicati esportato esportati',
  ),
  // what says nothing
  new Set(),
  wordSet(
    'draft drafts rough wip test tests preview entwurf entwürfe rohschnitt vorschau bozza bozze anteprima',
  ),
  wordSet('raw raws rushes footage dcim rohmaterial rohdaten grezzo grezzi girato'),
];

const rankOfUnknown = 2;

/**
 * Says where among the files of an old archive one goes, by its path below the archive's folder: 0 for finals, then
 * what was published, what says nothing, drafts, and raw footage. The name nearest to the file has the say, and in it
 * the word that claims least: a "final draft" is a draft.
 */
export function importRank(path: string): number {
  for (const part of path.normalize('NFC').split('/').reverse()) {
    const rank = rankOfName(part);
    if (rank !== null) return rank;
  }
  return rankOfUnknown;
}

function rankOfName(name: string): number | null {
  const words = new Set(name.toLowerCase().match(/\p{L}+/gu) ?? []);
  const rank = ranks.findLastIndex((known) => !known.isDisjointFrom(words));
  return rank < 0 ? null : rank;
}

function wordSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.normalize('NFC').split(' ')));
}
