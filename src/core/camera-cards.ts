/** What stands in a folder, by name; what no walk looks at is left out. */
export interface FolderNames {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Folders by which a camera's card is known, from its top; compared without regard to case. */
interface CardLayout {
  /** Whose it is; for people who read this. */
  readonly camera: string;
  /** One pattern for each folder of the path, one or two. */
  readonly path: readonly [RegExp] | readonly [RegExp, RegExp];
  /** A folder that stands beside the first, where the path alone could be a phone's. */
  readonly beside?: RegExp;
}

/**
 * Not here, on purpose: `DCIM/100APPLE`, `DCIM/Camera`, `DCIM/Screenshots` and the like, which are phones'. The first
 * part of each name is from the makers' manuals; `DCIM/nnnXXXXX` is JEITA CP-3461 (DCF), whose last five characters
 * are the maker's own.
 */
const layouts: readonly CardLayout[] = [
  { camera: 'Sony XAVC', path: [/^private$/, /^m4root$/] },
  { camera: 'Sony XAVC, without its folder PRIVATE', path: [/^m4root$/] },
  { camera: 'Sony XDCAM', path: [/^xdroot$/] },
  { camera: 'Sony XDCAM on SxS', path: [/^private$/, /^xdroot$/] },
  { camera: 'Sony XDCAM EX', path: [/^bpav$/] },
  { camera: 'AVCHD (Sony, Panasonic, Canon, JVC)', path: [/^private$/, /^avchd$/] },
  { camera: 'AVCHD, without its folder PRIVATE', path: [/^avchd$/, /^bdmv$/] },
  { camera: 'Panasonic P2', path: [/^contents$/, /^clip$/] },
  { camera: 'Panasonic, its own folder', path: [/^private$/, /^pana_grp$/] },
  { camera: 'Canon XF', path: [/^contents$/, /^clips\d{3}$/] },
  { camera: 'Canon EOS', path: [/^dcim$/, /^(\d{3}(canon|eos.{2}|_.{4}c)|canonmsc|eosmisc)$/] },
  { camera: 'GoPro', path: [/^dcim$/, /^\d{3}gopro$/] },
  { camera: 'DJI', path: [/^dcim$/, /^dji_\d{3}(_.*)?$/] },
  { camera: 'DJI, older', path: [/^dcim$/, /^\d{3}media$/], beside: /^misc$/ },
  { camera: 'Insta360', path: [/^dcim$/, /^camera\d\d$/] },
  { camera: 'Nikon', path: [/^dcim$/, /^\d{3}(nikon|n[dcz][a-z0-9_]{3}|nz_.{2})$/] },
  { camera: 'Sony Alpha', path: [/^dcim$/, /^\d{3}msdcf$/] },
  { camera: 'Fujifilm', path: [/^dcim$/, /^\d{3}_fuji$/] },
  { camera: 'Panasonic Lumix', path: [/^dcim$/, /^\d{3}_pana$/] },
  { camera: 'Olympus, OM System', path: [/^dcim$/, /^\d{3}(olymp|omsys)$/] },
  {
    camera: 'Canon and others: what they keep for printing and playing',
    path: [/^dcim$/, /^\d{3}(?!apple)[a-z0-9_]{5}$/],
    beside: /^misc$/,
  },
  { camera: 'RED', path: [/^.+\.rdm$/] },
  { camera: 'JVC, Toshiba', path: [/^sd_video$/, /^(prg|mgr_info)/] },
];

/** The folder at the top of a camera's card by which it is known as one; null where this is no card. */
export function cardFolderOf(own: FolderNames, below: (folder: string) => FolderNames): string | null {
  for (const { path, beside } of layouts) {
    const [first, second] = path;
    const isThere = (pattern: RegExp, { folders }: FolderNames) =>
      folders.find((folder) => pattern.test(folder.toLowerCase()));
    if (beside !== undefined && isThere(beside, own) === undefined) continue;
    const top = own.folders.find(
      (folder) =>
        first.test(folder.toLowerCase()) &&
        (second === undefined || isThere(second, below(folder)) !== undefined),
    );
    if (top !== undefined) return top;
  }
  return null;
}

/** Of these folders, those that have to be looked into to tell whether they make a card. */
export function cardFoldersToLookInto(folders: readonly string[]): readonly string[] {
  return folders.filter((folder) =>
    layouts.some(({ path: [first, second] }) => second !== undefined && first.test(folder.toLowerCase())),
  );
}

/** Names that cameras and phones give their files: footage, however it came to stand where a finished video would. */
const cameraNames: readonly RegExp[] = [
  // Apple, Canon, Nikon, Fujifilm, Sony, Panasonic, GoPro, DJI, Olympus, Samsung
  /^(img|mvi|dsc|dscf|dscn|cimg|mov|vid|pict|sam|sany|p|pxl|gopr|g[xhpsl]\w{2}|dji|fly|c|maq\w|_dsc|stc|pano|burst)[_-]?e?\d{3,}/,
  // by date and time: Android, Pixel, Insta360, dashcams
  /^(vid|pxl|lrv|mvimg|img)?[_-]?20\d{6}[_-]\d{6}/,
  // cinema cameras: A001C001_261121AB, A001_08151512_C001
  /^[a-z]\d{3}_?c\d{3}/,
  /^[a-z]\d{3}_\d{6,8}_c\d{3}/,
  // AVCHD: 00001.MTS
  /^\d{5}$/,
];

/** Tells whether a file's name, without its extension, is one that a camera or a phone gave it. */
export function isCameraName(stem: string): boolean {
  const folded = stem.toLowerCase();
  return cameraNames.some((pattern) => pattern.test(folded));
}
