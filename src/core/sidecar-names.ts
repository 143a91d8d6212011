import { isVideoName, judgeName } from '#core/candidates.ts';
import { splitExtension } from '#core/file-name.ts';
import type { PartKind } from '#core/journal-record.ts';
import { isOfProject } from '#core/project-files.ts';
import { foldName } from '#core/safe-name.ts';
import { words } from '#core/word-list.ts';

/** What a file is by the end of its name alone. */
export type FileType = 'video' | Exclude<PartKind, 'raw'>;

const typesByExtension: Readonly<
  Record<Exclude<FileType, 'video' | 'project' | 'other'>, ReadonlySet<string>>
> = {
  sound: words(
    'wav bwf mp3 m4a aac flac aif aiff ogg oga opus wma caf ac3 eac3 dts mid midi w64 rf64 mka amr',
  ),
  subtitle: words('srt vtt ass ssa sub sbv ttml dfxp stl scc itt lrc smi'),
  sidecar: words(
    // what Apple's edits, Adobe, darktable and others write; cameras' notes on a clip
    'aae xmp xml xmpses bim cpi mpl cif nfo mie pp3 dop',
    // cameras' small stand-ins and thumbnails: GoPro, DJI, Insta360, Canon
    'thm lrv lrf wrn insprj',
    // lists of hashes
    'mhl',
    // of savers of videos: yt-dlp, gallery-dl
    'description annotations json',
  ),
  still: words(
    'jpg jpeg jpe png heic heif avif webp gif tif tiff bmp jxl psd psb ai svg eps exr dpx tga',
    'dng cr2 cr3 crw nef nrw arw sr2 srf raf orf rw2 pef rwl srw 3fr iiq gpr x3f insp',
  ),
};

/** What a file is by its name; `other` where that does not tell. */
export function fileTypeOf(name: string): FileType {
  if (isOfProject(name)) return 'project';
  if (isVideoName(name)) return 'video';
  if (isCompanion(name)) return 'sidecar';
  const ext = endingOf(name);
  for (const type of ['sound', 'subtitle', 'sidecar', 'still'] as const) {
    if (typesByExtension[type].has(ext)) return type;
  }
  return 'other';
}

/** More than an extension may stand behind the last dot: `description`. */
function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/** `._clip.mov`: what a Mac keeps beside a file of another file system (AppleDouble). */
function isCompanion(name: string): boolean {
  return name.startsWith('._') && name.length > 2;
}

/** The file that a Mac's companion belongs to; null where it is none. */
export function companionOf(name: string): string | null {
  return isCompanion(name) ? name.slice(2) : null;
}

/** A file that belongs to a video beside it, where there is one. */
export interface Beside {
  readonly partKind: Extract<PartKind, 'sidecar' | 'subtitle' | 'still'>;
  /** Names that the video may have, without its extension, most telling first; folded. */
  readonly stems: readonly string[];
  /** Or its whole name, where this one is made of it: `clip.mp4.xmp`, `._clip.mp4`; folded. */
  readonly wholeName: string | null;
}

/** Whether a name may be one of a file beside a video: asked of thousands, most of which are videos. */
export function mayBeBeside(name: string): boolean {
  const type = fileTypeOf(name);
  return type === 'sidecar' || type === 'subtitle' || type === 'still';
}

/** What a name says of the video it belongs to; null where it is the name of no sidecar, subtitle or still. */
export function besideOf(name: string): Beside | null {
  const companion = companionOf(name);
  if (companion !== null) return { partKind: 'sidecar', stems: [], wholeName: foldName(companion) };
  const partKind = fileTypeOf(name);
  if (partKind !== 'sidecar' && partKind !== 'subtitle' && partKind !== 'still') return null;
  const stem = foldName(name.slice(0, name.length - endingOf(name).length - 1));
  const wholeName = isVideoName(stem) ? stem : null;
  return { partKind, stems: stemsOf(stem, partKind), wholeName };
}

/** The videos of one folder, by their names. */
export interface VideoNames {
  /** By the whole name, and by the name without its extension, folded. */
  readonly whole: ReadonlyMap<string, string>;
  readonly stem: ReadonlyMap<string, string>;
}

/** Indexes the videos among the names of a folder; of those that are alike the first holds, whatever their order. */
export function indexVideos(names: readonly string[]): VideoNames {
  const whole = new Map<string, string>();
  const stem = new Map<string, string>();
  const putFirst = (map: Map<string, string>, key: string, name: string) => {
    if (!map.has(key)) map.set(key, name);
  };
  for (const name of names.filter((one) => judgeName(one) === 'video').sort()) {
    putFirst(whole, foldName(name), name);
    putFirst(stem, foldName(splitExtension(name).stem), name);
  }
  return { whole, stem };
}

/** The video of a folder that a file belongs to; null for none. */
export function findVideoOf({ wholeName, stems }: Beside, videos: VideoNames): string | null {
  const whole = wholeName === null ? undefined : videos.whole.get(wholeName);
  if (whole !== undefined) return whole;
  for (const stem of stems) {
    const found = videos.stem.get(stem);
    if (found !== undefined) return found;
  }
  return null;
}

/** `rome.de`, `rome.en-US.forced`: the language of a subtitle, and what players know besides. */
const languageTag = /\.(([a-z]{2,3})(-[a-z0-9]{2,8})*|forced|sdh|cc|default|auto|orig|live_chat)$/;

function stemsOf(stem: string, partKind: Beside['partKind']): readonly string[] {
  const stems = [stem];
  if (partKind === 'subtitle' || partKind === 'sidecar') stems.push(...withoutLanguage(stem));
  for (const { pattern, stands } of cameraStems) {
    if (pattern.test(stem)) stems.push(stem.replace(pattern, stands));
  }
  return stems;
}

function withoutLanguage(stem: string): string[] {
  const found: string[] = [];
  for (let rest = stem; languageTag.test(rest); ) {
    rest = rest.replace(languageTag, '');
    found.push(rest);
  }
  return found;
}

/** How a stand-in or a note is called after its clip, where it is not by the clip's own name. */
const cameraStems: readonly { readonly pattern: RegExp; readonly stands: string }[] = [
  // Sony: C0001M01.XML and C0001T01.JPG beside C0001.MP4
  { pattern: /^(.+)[mt]\d\d$/, stands: '$1' },
  // GoPro: GL010001.LRV beside GX010001.MP4 or GH010001.MP4
  { pattern: /^gl(\d{6})$/, stands: 'gx$1' },
  { pattern: /^gl(\d{6})$/, stands: 'gh$1' },
  // Insta360: LRV_20261121_101422_11_001.lrv beside VID_20261121_101422_00_001.mp4
  { pattern: /^lrv_(\d{8}_\d{6})_\d\d_(\d{3})$/, stands: 'vid_$1_00_$2' },
  // yt-dlp: name.info.json
  { pattern: /^(.+)\.info$/, stands: '$1' },
  // Apple: IMG_O1234.AAE is of the original IMG_1234
  { pattern: /^img_o(\d+)$/, stands: 'img_$1' },
];
