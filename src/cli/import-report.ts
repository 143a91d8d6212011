import type { Count, ImportCounts } from '#catalogue/import-counts.ts';
import { displayName } from '#core/file-name.ts';
import type { ImportForecast } from '#core/import-forecast.ts';
import type { Survey } from './survey-archive.ts';
import { counted, durationInWords, sizeInWords } from './words.ts';

/** All that is said before an import begins. */
export interface ImportReport {
  readonly survey: Survey;
  readonly counts: ImportCounts;
  /** Not all that might be there already was looked into: there were too many. */
  readonly isPartial: boolean;
  readonly forecast: ImportForecast;
  readonly bytesPerSecond: number | null;
}

/** What an import would do, line by line, for the owner to decide on. */
export function importInWords(report: ImportReport): string[] {
  const { survey, counts, isPartial } = report;
  const found = sum(counts.taken, counts.open);
  return [
    `Found ${filesInWords(found, counts)} in ${counted(survey.folders, 'folder', 'folders')}${kindsInWords(counts)}.`,
    ...(counts.taken.files > 0 ? [`  ${sized(counts.taken)} already taken by an earlier import`] : []),
    ...(counts.held.files > 0 ? [`  ${sized(counts.held)} most likely held already`] : []),
    ...(counts.twice.files > 0
      ? [`  ${sized(counts.twice)} most likely there twice: they are held once`]
      : []),
    ...(isPartial ? ['  There may be more of these: not all files could be looked into now.'] : []),
    ...crowdsInWords(counts),
    ...leftInWords(survey),
    ...unreadableInWords(survey),
    ...survey.likeProjects.map(likeProjectInWords),
    ...(counts.open.files > 0 ? workInWords(report) : ['There is nothing to take.']),
  ];
}

/** What stays behind, and why. */
export function leftInWords({ passedOver, endings }: Survey): string[] {
  const parts = [
    passedOver['not-a-video'] > 0
      ? `${counted(passedOver['not-a-video'], 'file that is no video and belongs to none', 'files that are no videos and belong to none')}${endingsInWords(endings)}`
      : '',
    thingsInWords(passedOver.system, 'that a system makes for itself', 'that systems make for themselves'),
    thingsInWords(passedOver.unfinished, 'that was never finished', 'that were never finished'),
    thingsInWords(passedOver['other-program'], 'that another program needs', 'that other programs need'),
    thingsInWords(passedOver.hidden, 'that is hidden', 'that are hidden'),
    passedOver.link > 0 ? `${counted(passedOver.link, 'link', 'links')} (links are not followed)` : '',
    passedOver.empty > 0 ? counted(passedOver.empty, 'empty file', 'empty files') : '',
    passedOver.special > 0
      ? counted(passedOver.special, 'device, pipe or socket', 'devices, pipes or sockets')
      : '',
    passedOver.own > 0
      ? counted(passedOver.own, "folder of Reelhold's own", "folders of Reelhold's own")
      : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`Passed over: ${parts.join('; ')}.`];
}

function thingsInWords(count: number, one: string, many: string): string {
  return count === 0 ? '' : counted(count, `file or folder ${one}`, `files or folders ${many}`);
}

function workInWords({ counts, forecast, bytesPerSecond }: ImportReport): string[] {
  const { neededBytes, roomBytes, missingBytes, durationMs } = forecast;
  const room = `Room: ${sizeInWords(neededBytes)} needed, ${sizeInWords(roomBytes)} free for it in the vault.`;
  return [
    `To take: ${filesInWords(counts.open, counts)}, finals first, raw footage last. The originals stay where they are.`,
    missingBytes === 0
      ? room
      : `${room} It does not fit: ${sizeInWords(missingBytes)} are missing. Make room on the vault's disk first.`,
    durationMs === null || bytesPerSecond === null
      ? 'Time: could not be measured beforehand.'
      : `Time: ${durationInWords(durationMs)}, at the ${sizeInWords(bytesPerSecond)}/s that was measured just now.`,
  ];
}

/** Nothing where all of them are videos by themselves. */
function kindsInWords(counts: ImportCounts): string {
  const { videos, beside, lists, projects, inProjects } = counts;
  const parts = [
    videos > 0 ? counted(videos, 'video', 'videos') : '',
    beside > 0 ? `${counted(beside, 'file', 'files')} beside them (subtitles, notes, pictures)` : '',
    lists > 0 ? counted(lists, 'list of checksums', 'lists of checksums') : '',
    projects > 0
      ? `${counted(projects, 'project or card', 'projects or cards')} with ${counted(inProjects, 'file', 'files')}, each one video with all that belongs to it`
      : '',
  ].filter((part) => part !== '');
  return hasOnlyVideos(counts) ? '' : `: ${parts.join('; ')}`;
}

function hasOnlyVideos({ beside, lists, inProjects }: ImportCounts): boolean {
  return beside + lists + inProjects === 0;
}

/** More versions than one work has. */
const crowd = 10;

/** Where all finals of an owner lie in one folder, and all drafts in another, they look like those of one work. */
function crowdsInWords({ largest }: ImportCounts): string[] {
  return largest
    .filter(({ versions }) => versions > crowd)
    .map(
      ({ folder, versions }) =>
        `  ${displayName(folder)} would be one video with ${versions} versions. If these are different videos, end here, and name the folders in it by themselves.`,
    );
}

const endingsShown = 5;

function endingsInWords(endings: ReadonlyMap<string, number>): string {
  const known = [...endings].filter(([ending]) => ending !== '').sort((a, b) => b[1] - a[1]);
  if (known.length === 0) return '';
  const shown = known.slice(0, endingsShown).map(([ending, files]) => `${files} .${ending}`);
  const rest = known.length > endingsShown ? ', …' : '';
  return ` (${shown.join(', ')}${rest})`;
}

function unreadableInWords({ unreadable, unreadableSaid }: Survey): string[] {
  if (unreadable === 0) return [];
  const more = unreadable - unreadableSaid.length;
  return [
    `Could not be looked at: ${counted(unreadable, 'place', 'places')}. Let the user that runs Reelhold read them, or connect their drive again, then run the same command again.`,
    ...unreadableSaid.map((said) => `  ${said}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function likeProjectInWords(folder: string): string {
  return `${displayName(folder)} itself looks like one video's project. If it is, end here, and run the same command with --kind project: then all in it stays together.`;
}

function filesInWords({ files, bytes }: Count, counts: ImportCounts): string {
  const what = hasOnlyVideos(counts) ? counted(files, 'video', 'videos') : counted(files, 'file', 'files');
  return `${what} (${sizeInWords(bytes)})`;
}

function sized({ files, bytes }: Count): string {
  return `${files} (${sizeInWords(bytes)})`;
}

function sum(a: Count, b: Count): Count {
  return { files: a.files + b.files, bytes: a.bytes + b.bytes };
}
