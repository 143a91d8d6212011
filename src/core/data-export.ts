/**
 * The names of what platforms send to whoever asks for their data, which holds private messages; in lower case, in the
 * form of SQLite's GLOB, which compares with them too. TikTok: `TikTok_Data_<number>.zip`, `user_data.json`,
 * `user_data_tiktok.json`; the others as their help pages name them. No film has such a name.
 */
export const dataExportNames: readonly string[] = [
  'tiktok_data_*.zip',
  'tiktok_data_*.json',
  'user_data*.json',
  'instagram-*.zip',
  'facebook-*.zip',
  'twitter-20[0-9][0-9]-*.zip',
  'takeout-20[0-9]*.zip',
  'takeout-20[0-9]*.tgz',
];

/** The folder that such an archive is unpacked into, with whatever is in it. */
export const dataExportFolder = 'tiktok_data_[0-9]*';

const patterns = dataExportNames.map(
  (name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's'),
);

/** Whether a file is a platform's data export, by its name. */
export function isDataExport(name: string): boolean {
  const lower = name.toLowerCase();
  return patterns.some((pattern) => pattern.test(lower));
}
