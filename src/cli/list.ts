import { openForReading } from '#catalogue/database.ts';
import { type ListedVideo, listVideos } from '#catalogue/listed-videos.ts';
import type { Config } from '#config.ts';
import { displayName } from '#core/file-name.ts';
import { exitCodes } from './exit-codes.ts';
import { counted } from './words.ts';

/** Lists videos with the ids that other commands take; 1 where there is none of these words. */
export function runList(
  config: Config,
  { words, onlyTrash }: { readonly words: string; readonly onlyTrash: boolean },
): number {
  using database = openForReading(config.catalogueFile);
  const all = database === null ? [] : listVideos(database, words);
  const videos = onlyTrash ? all.filter(({ trashed }) => trashed) : all;
  process.stdout.write(videos.map((video) => `${inWords(video)}\n`).join(''));
  if (videos.length > 0) return exitCodes.done;
  const where = onlyTrash ? ' in the trash' : '';
  process.stderr.write(words === '' ? `There is no video${where}.\n` : `There is no such video${where}.\n`);
  return words === '' ? exitCodes.done : exitCodes.failed;
}

function inWords({ id, title, folder, versions, trashed }: ListedVideo): string {
  const [day = 'no day    '] = /\d{4}-\d{2}-\d{2}/.exec(folder) ?? [];
  const marks = [
    ...(versions > 1 ? [counted(versions, 'version', 'versions')] : []),
    ...(versions === 0 ? ['other files only'] : []),
    ...(trashed ? ['in the trash'] : []),
  ];
  return `${id}  ${day}  ${displayName(title)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}
