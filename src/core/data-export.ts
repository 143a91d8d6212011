/**
 * The names of what platforms send to whoever asks for their data, in lower case; `*` stands for anything. They hold
 * private messages. TikTok: `TikTok_Data_<number>.zip`, `user_data.json`, `user_data_tiktok.json`; the others as their
 * help pages name them. Kept in a form that SQLite compares with too.
 */
export const dataExportNames: readonly string[] = [
  'tiktok_data_*',
  'user_data*.json',
  'instagram-*.zip',
  'facebook-*.zip',
  'twitter-2*.zip',
  'takeout-*.zip',
  'takeout-*.tgz',
];

const patterns = dataExportNames.map(
  (name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's'),
);

/** Whether a file is a platform's data export, by its name. */
export function isDataExport(name: string): boolean {
  const lower = name.toLowerCase();
  return patterns.some((pattern) => pattern.test(lower));
}
