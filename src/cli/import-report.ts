import type { Count, ImportPlan } from '#catalogue/import-plan.ts';
import type { ImportForecast } from '#core/import-forecast.ts';
import type { Survey } from './survey-archive.ts';
import { counted, durationInWords, sizeInWords } from './words.ts';

/** All that is said before an import begins. */
export interface ImportReport {
  readonly survey: Survey;
  readonly counts: ReturnType<ImportPlan['counts']>;
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
    `Found ${videosInWords(found)} in ${counted(survey.folders, 'folder', 'folders')}.`,
    ...(counts.taken.files > 0 ? [`  ${sized(counts.taken)} already taken by an earlier import`] : []),
    ...(counts.held.files > 0 ? [`  ${sized(counts.held)} most likely held already`] : []),
    ...(counts.twice.files > 0
      ? [`  ${sized(counts.twice)} most likely there twice: they are held once`]
      : []),
    ...(isPartial ? ['  There may be more of these: there were too many to look into all of them now.'] : []),
    ...passedOverInWords(survey),
    ...unreadableInWords(survey),
    ...(counts.open.files > 0 ? workInWords(report) : ['There is nothing to take.']),
  ];
}

function workInWords({ counts, forecast, bytesPerSecond }: ImportReport): string[] {
  const { neededBytes, roomBytes, missingBytes, durationMs } = forecast;
  const room = `Room: ${sizeInWords(neededBytes)} needed, ${sizeInWords(roomBytes)} free for it in the vault.`;
  return [
    `To take: ${videosInWords(counts.open)}, finals first, raw footage last. The originals stay where they are.`,
    missingBytes === 0
      ? room
      : `${room} It does not fit: ${sizeInWords(missingBytes)} are missing. Make room on the vault's disk first.`,
    durationMs === null || bytesPerSecond === null
      ? 'Time: could not be measured beforehand.'
      : `Time: ${durationInWords(durationMs)}, at the ${sizeInWords(bytesPerSecond)}/s that was measured just now.`,
  ];
}

function passedOverInWords({ passedOver, endings }: Survey): string[] {
  const parts = [
    passedOver['not-a-video'] > 0
      ? `${counted(passedOver['not-a-video'], 'file that is no video', 'files that are no videos')}${endingsInWords(endings)}`
      : '',
    passedOver.system > 0 ? `${passedOver.system} that a system makes for itself` : '',
    passedOver.unfinished > 0 ? `${passedOver.unfinished} that were never finished` : '',
    passedOver['other-program'] > 0 ? `${passedOver['other-program']} that other programs need` : '',
    passedOver.hidden > 0 ? `${passedOver.hidden} hidden` : '',
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

function videosInWords({ files, bytes }: Count): string {
  return `${counted(files, 'video', 'videos')} (${sizeInWords(bytes)})`;
}

function sized({ files, bytes }: Count): string {
  return `${files} (${sizeInWords(bytes)})`;
}

function sum(a: Count, b: Count): Count {
  return { files: a.files + b.files, bytes: a.bytes + b.bytes };
}
