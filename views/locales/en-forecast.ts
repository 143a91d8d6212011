import type { AssetRole } from '#core/asset-role.ts';
import type { PlaceForecast } from '#core/place-forecast.ts';

/** How sizes and times are written where these words stand. */
export interface Amounts {
  readonly size: (bytes: number) => string;
  readonly duration: (ms: number) => string;
}

const roles: Readonly<Record<AssetRole, string>> = {
  final: 'finals',
  published: 'published versions',
  draft: 'drafts',
  raw: 'raw footage',
  other: 'project files and the like',
  export: 'data exports',
};

/** `drafts, raw footage and project files and the like`; what is in the trash where it is nothing else. */
export function rolesInWords(names: readonly AssetRole[]): string {
  if (names.length === 0) return 'what is in the trash';
  const words = names.map((name) => roles[name]);
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

/** What filling a place comes to, in some sentences; none where there is nothing to bring. */
export function forecastWords(
  forecast: PlaceForecast,
  schedule: string | null,
  { size, duration }: Amounts,
): readonly string[] {
  const { files, bytes, fitsBytes, outRoles, tooLargeFrom, durationMs, isMeasured, spool } = forecast;
  if (files === 0) return [];
  const what = `${files} ${files === 1 ? 'file' : 'files'}, ${size(bytes)}`;
  const time = durationMs === null ? 'longer than a few years at this speed' : duration(durationMs);
  const how = [
    ...(schedule === null || durationMs === null ? [] : [`within its hours, ${schedule}`]),
    ...(isMeasured ? [] : ['a guess: its speed is not known yet']),
  ];
  const aside = how.length === 0 ? '' : ` (${how.join('; ')})`;
  const lines = [fitsBytes === 0 ? `To bring: ${what}.` : `To bring: ${what}; that takes ${time}${aside}.`];
  if (fitsBytes < bytes) {
    lines.push(
      `There is room for ${size(fitsBytes)} of it, and finals go first. Out stay ${size(bytes - fitsBytes)}: ${rolesInWords(outRoles)}.`,
    );
  }
  if (tooLargeFrom !== null) {
    lines.push(
      `Files of more than ${size(tooLargeFrom)} stay out, as it is formatted (FAT32). A drive that is formatted as exFAT takes them.`,
    );
  }
  if (spool !== null && spool.roomBytes < spool.neededBytes) {
    lines.push(
      `It is encrypted on this NAS first, which takes ${size(spool.neededBytes)} at a time; there is room for ${size(spool.roomBytes)}. What is larger waits until there is more; the rest goes in smaller portions.`,
    );
  }
  return lines;
}
