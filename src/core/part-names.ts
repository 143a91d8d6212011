import { type AssetRole, roleOfVersion } from '#core/asset-role.ts';
import { isCameraName } from '#core/camera-cards.ts';
import { splitExtension } from '#core/file-name.ts';
import type { PartKind, Role } from '#core/journal-record.ts';
import { isProjectName } from '#core/project-files.ts';
import { foldName } from '#core/safe-name.ts';
import { words } from '#core/word-list.ts';

/** What the files of a folder of a project are, by the folder's name. */
export type FolderMeaning = { readonly role: Role } | { readonly partKind: PartKind };

/** English, German, Italian; `_` and `-` are spaces, leading numbers (`01 Raw`) are left out. */
const roleWords: readonly {
  readonly role: Role;
  readonly sure: readonly string[];
  readonly maybe: readonly string[];
}[] = [
  {
    role: 'master',
    sure: [
      ...['final', 'finals', 'final cut', 'final cuts', 'master', 'masters', 'finished'],
      ...['finale', 'fertig', 'endfassung', 'endfassungen', 'finaler schnitt', 'endschnitt'],
      ...['finali', 'definitivo', 'definitivi', 'versione finale', 'montaggio finale'],
    ],
    maybe: [
      ...['export', 'exports', 'exported', 'output', 'outputs', 'render', 'renders', 'rendered', 'delivery'],
      ...['deliverables', 'ausgabe', 'exportiert', 'lieferung', 'esportazione', 'esportazioni', 'esportati'],
      ...['uscita', 'consegna'],
    ],
  },
  {
    role: 'published',
    sure: [
      ...['published', 'posted', 'as published', 'veröffentlicht', 'veroeffentlicht', 'gepostet'],
      ...['veröffentlichung', 'veröffentlichungen', 'pubblicato', 'pubblicati', 'pubblicata', 'pubblicate'],
    ],
    maybe: [
      ...['publish', 'upload', 'uploads', 'uploaded', 'online', 'hochgeladen', 'caricato', 'caricati'],
      ...['tiktok', 'youtube', 'instagram', 'reels', 'shorts'],
    ],
  },
  {
    role: 'draft',
    sure: [
      ...['draft', 'drafts', 'rough cut', 'rough cuts', 'roughcut', 'wip', 'work in progress'],
      ...['entwurf', 'entwürfe', 'entwuerfe', 'rohschnitt', 'rohschnitte', 'arbeitsfassung'],
      ...['bozza', 'bozze', 'premontaggio', 'pre montaggio'],
    ],
    maybe: ['review', 'versions', 'versionen', 'versioni', 'old', 'alt', 'vecchi'],
  },
];

const partWords: Readonly<Record<PartKind, readonly string[]>> = {
  raw: [
    ...['raw', 'raws', 'raw footage', 'footage', 'rushes', 'dailies', 'clips', 'camera', 'cameras', 'a roll'],
    ...['b roll', 'aroll', 'broll', 'source', 'sources', 'original', 'originals', 'media', 'video', 'videos'],
    ...[
      'roh',
      'rohmaterial',
      'rohdaten',
      'rohdateien',
      'aufnahmen',
      'kamera',
      'material',
      'originale',
      'medien',
    ],
    ...['grezzo', 'grezzi', 'girato', 'materiale', 'materiale grezzo', 'riprese', 'originali'],
  ],
  sound: [
    ...[
      'sound',
      'sounds',
      'audio',
      'music',
      'sfx',
      'sound effects',
      'voice',
      'voiceover',
      'voice over',
      'vo',
    ],
    ...['ton', 'töne', 'musik', 'geräusche', 'sprecher', 'stimme', 'atmo'],
    ...['suono', 'suoni', 'musica', 'musiche', 'voce', 'voci', 'effetti sonori', 'colonna sonora'],
  ],
  subtitle: [
    ...['subtitle', 'subtitles', 'subs', 'captions', 'caption', 'untertitel', 'sottotitoli', 'sottotitolo'],
  ],
  still: [
    ...[
      'still',
      'stills',
      'photo',
      'photos',
      'image',
      'images',
      'picture',
      'pictures',
      'thumbnail',
      'thumbnails',
    ],
    ...['graphics', 'cover', 'covers', 'foto', 'fotos', 'bild', 'bilder', 'standbilder', 'vorschaubilder'],
    ...['grafik', 'grafiken', 'immagine', 'immagini', 'fotografie', 'copertina', 'copertine', 'miniature'],
  ],
  project: [
    ...[
      'project',
      'projects',
      'project files',
      'projekt',
      'projekte',
      'projektdateien',
      'progetto',
      'progetti',
    ],
    ...[
      'premiere',
      'premiere pro',
      'after effects',
      'resolve',
      'davinci',
      'davinci resolve',
      'capcut',
      'avid',
    ],
  ],
  // Cards' own folders: Sony's stand-ins and thumbnails, P2's and XDCAM's icons.
  sidecar: ['metadata', 'metadaten', 'metadati', 'sidecar', 'sidecars', 'sub', 'thmbnl', 'icon', 'avf info'],
  other: [
    ...[
      'proxy',
      'proxies',
      'preview',
      'previews',
      'adobe premiere pro video previews',
      'cache',
      'render files',
    ],
    ...['optimized media', 'stand ins', 'proxys', 'vorschau', 'anteprime', 'lut', 'luts'],
  ],
};

const sureRoles = new Map(roleWords.flatMap(({ role, sure }) => sure.map((word) => [word, role] as const)));
const roles = new Map(
  roleWords.flatMap(({ role, sure, maybe }) => [...sure, ...maybe].map((word) => [word, role] as const)),
);
const kinds = new Map(
  Object.entries(partWords).flatMap(([kind, list]) => list.map((word) => [word, kind as PartKind] as const)),
);
/** Of the words for footage, those that nobody gives to a folder that is no part of a project. */
const sureRaw = words('raw raws footage rushes dailies rohmaterial rohdaten grezzo grezzi girato');

/** What a folder of a project holds, by its name; null where that says nothing of it. */
export function meaningOf(folder: string): FolderMeaning | null {
  // A package of an editor's, such as `Rome.fcpbundle`.
  if (isProjectName(folder)) return { partKind: 'project' };
  const key = keyOf(folder);
  const role = roles.get(key);
  if (role !== undefined) return { role };
  const partKind = kinds.get(key);
  return partKind === undefined ? null : { partKind };
}

/**
 * How surely sub-folders of these names make a project of the folder they are in: `role` where one of them can be
 * nothing else, `two` where two of them tell different things of one work.
 */
export function rolesAmong(folders: readonly string[]): { readonly role: boolean; readonly two: boolean } {
  const keys = folders.map(keyOf);
  const sure = new Set<string>();
  for (const key of keys) {
    const role = sureRoles.get(key);
    if (role !== undefined) sure.add(role);
    else if (sureRaw.has(key)) sure.add('raw');
  }
  const others = new Set(keys.flatMap((key) => roles.get(key) ?? kinds.get(key) ?? []));
  return { role: keys.some((key) => sureRoles.has(key)), two: sure.size > 0 && others.size > 1 };
}

/** What a path may say of how finished a video is, from what claims least to what claims most. */
const claims = ['raw', 'draft', 'published', 'final'] as const satisfies readonly AssetRole[];

/**
 * What the names of a path say of how finished a video is that stands for itself; null for nothing. The name nearest
 * to the file has the say, and in it the word that claims least: a "final draft" is a draft.
 */
export function claimOf(path: string): (typeof claims)[number] | null {
  const [file = '', ...folders] = path.split('/').reverse();
  const { stem } = splitExtension(file);
  for (const name of [stem, ...folders]) {
    const claim = claimOfName(keyOf(name));
    if (claim !== null) return claim;
  }
  return isCameraName(stem) ? 'raw' : null;
}

function claimOfName(key: string): (typeof claims)[number] | null {
  const found = new Set([
    claimOfWord(key, roles),
    ...key.split(/\P{L}+/u).map((word) => claimOfWord(word, sureRoles)),
  ]);
  return claims.find((claim) => found.has(claim)) ?? null;
}

function claimOfWord(word: string, known: ReadonlyMap<string, Role>): AssetRole | null {
  if (sureRaw.has(word)) return 'raw';
  const role = known.get(word);
  return role === undefined ? null : roleOfVersion(role);
}

function keyOf(folder: string): string {
  return foldName(foldName(folder).replace(/[_-]+/g, ' ')).replace(/^\d+[\s.)]*(?=.)/, '');
}
