import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { displayName } from '#core/file-name.ts';
import { copyAt, makeReport, type Report, type ReportFile, reportAsCsv } from '#core/report.ts';
import { createFormats } from '#views/formats.ts';
import { en } from '#views/locales/en.ts';
import { reportPage } from '#views/report.ts';
import { exitCodes } from './exit-codes.ts';
import { askCatalogue } from './places.ts';
import { counted, sizeInWords, timeInWords } from './words.ts';

type ReportFormat = 'text' | 'csv' | 'json' | 'html';

/** Prints what is held where, and when each copy was last read back. */
export async function runReport(config: Config, format: ReportFormat): Promise<number> {
  const report = askCatalogue(config, (queries): Report => {
    const [vault] = queries.condition('places')?.places ?? [];
    const others = queries.places().map(({ settings: { location, name } }) => ({ location, name }));
    const here = vault === undefined ? [] : [{ location: vault.location, name: en.places.vault }];
    return makeReport(clock.nowMs(), [...here, ...others], queries.report());
  });
  if (report === null) {
    process.stderr.write('There is no archive yet.\n');
    return exitCodes.failed;
  }
  process.stdout.write(await inFormat(config, report, format));
  return exitCodes.done;
}

async function inFormat({ timeZone }: Config, report: Report, format: ReportFormat): Promise<string> {
  if (format === 'csv') return reportAsCsv(report);
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'text') return inText(report, (atMs) => timeInWords(atMs, timeZone));
  const site = { words: en, formats: createFormats(en.formatLanguage, timeZone) };
  return `${await reportPage(site, report)}\n`;
}

function inText({ places, files }: Report, time: (atMs: number) => string): string {
  const lines = files.flatMap((file) => [
    `${displayName(file.title)}, ${whichOne(file)} (${sizeInWords(file.sizeBytes)}) ${file.digest}`,
    ...places.map(({ location, name }) => `  ${name}: ${en.report.copy(copyAt(file, location), time)}`),
  ]);
  return `${[...lines, `${counted(files.length, 'file', 'files')}.`].join('\n')}\n`;
}

function whichOne({ number, name }: ReportFile): string {
  return number === null ? displayName(name) : `version ${number}`;
}
