import type { PlaceSettings } from '#core/place-settings.ts';

/** What a kit says of a place; where one of these is another, the kit is stale. No secret is among them. */
export type KitPlace = Pick<PlaceSettings, 'location' | 'name' | 'placeKind' | 'path' | 'encrypted'>;

/** Text that was made unreadable (scrypt, RFC 7914), so that it can be compared, and never be read again. */
export interface SaltedHash {
  readonly salt: string;
  readonly hash: string;
}

/**
 * A recovery kit, as the journal has it: so that a lost catalogue neither forgets where it is kept nor gives its number
 * out again. Nothing is in it by which a password could be tried out; that stays among the settings (`KitSecretsNote`).
 */
export interface KitFacts {
  readonly kind: 'kit';
  /** 1, 2, 3 …: each kit has one more than the last. Of a version the last record holds. */
  readonly version: number;
  readonly places: readonly KitPlace[];
  /** Of the words that are printed in it. */
  readonly phrase: SaltedHash;
  /** When somebody typed these words back, ISO 8601 in UTC; null where nobody did. */
  readonly confirmedAt: string | null;
  /** Where the owner keeps it, in the owner's words. */
  readonly keptAt: string | null;
}

/** The kit that was made last. */
export type KitNote = Omit<KitFacts, 'kind'>;

/** What is noted, among the settings, of the passwords and configurations in a kit. */
export interface KitSecretsNote {
  readonly version: number;
  readonly secrets: SaltedHash;
  /** The same of each remote alone, by its id; older notes have it not. */
  readonly places?: Readonly<Record<string, SaltedHash>>;
}

/** Whether the passwords and configurations of a kit were others when they were last compared. */
export interface KitCheck {
  readonly version: number;
  readonly haveSecretsChanged: boolean;
  /** The names of the remotes of which that could not be told, as this machine cannot ask for what reaches them. */
  readonly unknown?: readonly string[];
}

/**
 * `not-needed`: there is no remote, so that drives and the vault say all there is to know. `at-home`: what takes the
 * vault takes the kit too.
 */
export type KitState = 'not-needed' | 'none' | 'stale' | 'unconfirmed' | 'at-home' | 'good';

/** Whether the kit still says how to get everything back, and is where it helps. */
export function judgeKit(
  note: KitNote | null,
  check: KitCheck | null,
  places: readonly KitPlace[],
): KitState {
  if (!places.some(({ placeKind }) => placeKind === 'remote')) return 'not-needed';
  if (note === null) return 'none';
  const haveSecretsChanged = check?.version === note.version && check.haveSecretsChanged;
  if (haveSecretsChanged || !isSame(note.places, places)) return 'stale';
  if (note.confirmedAt === null || note.keptAt === null) return 'unconfirmed';
  return isAtHome(note.keptAt) ? 'at-home' : 'good';
}

export function toKitPlace({ location, name, placeKind, path, encrypted }: KitPlace): KitPlace {
  return { location, name, placeKind, path, encrypted };
}

/** In whatever order they come. */
function isSame(a: readonly KitPlace[], b: readonly KitPlace[]): boolean {
  const key = (place: KitPlace) => JSON.stringify(Object.values(toKitPlace(place)));
  const keys = (list: readonly KitPlace[]) => list.map(key).sort().join('\n');
  return keys(a) === keys(b);
}

const homeWords: readonly string[] = [
  ...['home', 'at home', 'my home', 'in my home', 'at my home', 'at my place', 'here', 'in the house'],
  ...['in my house', 'in my desk', 'on my desk', 'zu hause', 'daheim', 'bei mir', 'a casa', 'in casa'],
];

/** Whether the owner's words for where a kit is kept mean the home that it is to outlast. */
export function isAtHome(place: string): boolean {
  const words = place
    .toLowerCase()
    .replace(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
  // "home of my sister" is not at home; "at home in the drawer" is.
  const begins = (home: string) => home.includes(' ') && words.startsWith(`${home} `);
  return homeWords.some((home) => words === home || begins(home));
}

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aeiu';

/** How many random bytes a check phrase is made of: 64 bits. */
export const phraseBytes = 8;

/** Words that can be read aloud and typed, two bytes each: consonant, vowel, consonant, vowel, consonant. */
export function makePhrase(random: Uint8Array): string {
  if (random.length !== phraseBytes) throw new RangeError(`needs ${phraseBytes} random bytes`);
  return Array.from({ length: phraseBytes / 2 }, (_, index) => {
    const bits = ((random[2 * index] ?? 0) << 8) | (random[2 * index + 1] ?? 0);
    const letter = (letters: string, shift: number) => letters[(bits >> shift) % letters.length] ?? '';
    return [12, 10, 6, 4, 0].map((shift, at) => letter(at % 2 === 0 ? consonants : vowels, shift)).join('');
  }).join(' ');
}

/** A phrase as it is compared: in small letters, whatever stands between the words. */
export function normalisePhrase(typed: string): string {
  return typed
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .join(' ');
}

/** What of a configuration of rclone is compared: tokens come and go by themselves, and are no part of a kit's age. */
export function stableConfig(config: string): string {
  return config
    .split('\n')
    .filter((line) => !/^\s*(token|access_token|refresh_token|expiry|expires?_at)\s*=/i.test(line))
    .join('\n');
}
