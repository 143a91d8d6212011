import type { KitPlace } from '#core/recovery-kit.ts';

/** The words of the recovery kit, which is read by somebody who has nothing else. */
export const enKit = {
  title: 'Recovery kit',
  issued: (version: number, day: string) => `Kit ${version}, made on ${day}`,
  what: 'With this sheet all videos can be brought back, even if every machine at home is gone. Whoever has it can read them: keep it like a key, and not at home.',
  archive: (id: string) => `The archive: ${id}`,
  places: 'Where the copies are',
  place: ({ name, placeKind, path, encrypted }: KitPlace) =>
    `${name}: ${placeKind === 'drive' ? 'a drive, at' : 'by rclone, at'} ${path}${encrypted ? ' (encrypted)' : ''}`,
  noPlaces: 'The vault is the only place so far.',
  fetch: 'First: fetch a copy',
  fetchDrive: 'From a drive: connect it. It holds the whole archive, as files.',
  fetchRemote:
    'From the cloud: install rclone (rclone.org), save the part "Configuration of rclone" below as a file named rclone.conf, and type:',
  withReelhold: 'Then, with Reelhold on a new machine',
  withReelholdText: 'This makes everything as it was. FOLDER is the folder of the copy, on the drive too.',
  withReelholdRemote:
    'The other lines read straight from the cloud, with the file rclone.conf; then nothing has to be fetched first.',
  goOn: 'To go on with the same places',
  goOnText:
    'Only if the old machine is gone for good. In the order of the list above. Save the password of an encrypted one, from below, as a file named password.txt first.',
  without: 'Or without Reelhold',
  withoutText: 'This brings every video back under its own name, with nothing installed but a shell.',
  passwords: 'Passwords',
  config: 'Configuration of rclone',
  confirm: 'Check words',
  confirmText:
    'To tell Reelhold that this sheet can be read, and where it is kept, type on the machine at home:',
};
