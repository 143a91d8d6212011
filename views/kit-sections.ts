import { kitNames } from '#core/kit-config.ts';
import type { KitPassword } from '#core/ports/kit-secrets.ts';
import type { KitPlace } from '#core/recovery-kit.ts';
import { enKit } from './locales/en-kit.ts';

/** All that stands in a recovery kit. */
export interface Kit {
  readonly version: number;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly archive: string;
  readonly places: readonly KitPlace[];
  readonly config: string;
  readonly passwords: readonly KitPassword[];
  readonly phrase: string;
}

/** A part of the kit: sentences, then what is typed or copied letter by letter. */
export interface KitSection {
  readonly title: string;
  readonly text: readonly string[];
  readonly code?: string;
}

/** The kit from its first line to its last, for whatever shows it. */
export function kitSections(kit: Kit): readonly KitSection[] {
  const { places, config, passwords } = kit;
  const remotes = places.filter(({ placeKind }) => placeKind === 'remote');
  return [
    {
      title: enKit.title,
      text: [enKit.issued(kit.version, kit.day), enKit.archive(kit.archive), enKit.what],
    },
    { title: enKit.places, text: places.length === 0 ? [enKit.noPlaces] : places.map(enKit.place) },
    ...fetchSections(remotes),
    {
      title: enKit.withReelhold,
      text: [enKit.withReelholdText, ...(remotes.length === 0 ? [] : [enKit.withReelholdRemote])],
      code: [
        'npm run reelhold -- rebuild --from FOLDER',
        ...remoteNames(remotes).map(
          (name) => `RCLONE_CONFIG=rclone.conf npm run reelhold -- rebuild --from ${name}:`,
        ),
      ].join('\n'),
    },
    ...goOnSections(places),
    { title: enKit.without, text: [enKit.withoutText], code: 'sh FOLDER/restore.sh /path/of/another/disk' },
    ...(passwords.length === 0
      ? []
      : [
          {
            title: enKit.passwords,
            text: [],
            code: passwords.map((one) => `${one.name}: ${one.password}`).join('\n'),
          },
        ]),
    ...(config.trim() === '' ? [] : [{ title: enKit.config, text: [], code: config.trimEnd() }]),
    {
      title: enKit.confirm,
      text: [enKit.confirmText],
      code: `npm run reelhold -- kit confirm ${kit.phrase} --kept "WHERE IT IS"`,
    },
  ];
}

/** What lets the new Reelhold write where the old one did; places go by their ids, which a shell takes as they are. */
function goOnSections(places: readonly KitPlace[]): KitSection[] {
  if (places.length === 0) return [];
  const names = kitNames(places);
  const code = places.flatMap(({ location, path, encrypted }) => {
    const own = names.get(location);
    const password = encrypted ? ' --password-file password.txt' : '';
    const signIn = `RCLONE_CONFIG=rclone.conf npm run reelhold -- location sign-in ${location} ${own}-${plainPath(path)}${password}`;
    return [...(own === undefined ? [] : [signIn]), `npm run reelhold -- location take-over ${location}`];
  });
  return [{ title: enKit.goOn, text: [enKit.goOnText], code: code.join('\n') }];
}

/** The path where a shell and everybody's eyes take it as it is, else what to put there. */
function plainPath(path: string): string {
  return /^[\w.,:/@+-]+$/.test(path) ? path : 'PATH';
}

function fetchSections(remotes: readonly KitPlace[]): KitSection[] {
  if (remotes.length === 0) return [{ title: enKit.fetch, text: [enKit.fetchDrive] }];
  const code = remoteNames(remotes)
    .map((name) => `rclone --config rclone.conf copy ${name}: FOLDER`)
    .join('\n');
  return [{ title: enKit.fetch, text: [enKit.fetchDrive, enKit.fetchRemote], code }];
}

/** Letters that a shell takes as they are. */
function remoteNames(remotes: readonly KitPlace[]): readonly string[] {
  return [...kitNames(remotes).values()];
}
