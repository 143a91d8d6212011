import { splitExtension } from '#core/file-name.ts';
import { foldName } from '#core/safe-name.ts';
import { words } from '#core/word-list.ts';

/**
 * Words that say nothing about which video it is. A name of nothing but these and numbers is generic:
 * `IMG_0001`, `final_v2`, `VID-20261121-WA0001`, `Screen Recording 2026-11-21 at 10.14.22`.
 */
const genericWords: ReadonlySet<string> = words(
  // what it is
  'video videos movie movies film films clip clips vid mov mp4 avi mkv webm file media footage animation',
  'vídeo vidéo vídeos película filmato filmat wideo filmik видео 视频 影片 動画 동영상',
  'recording record rec capture videoplayback camera cam shot take scene szene part teil track slideshow montage',
  // what state it is in
  'final finals finished finale fertig draft entwurf edit edited cut rough raw master export exported exports',
  'output out render rendered result rev revision version ver v copy kopie copia copie cópia kopi kopia temp tmp',
  'test sample new neu neues neuer nuevo nuova nuovo nouveau nouvelle my mein meine mi mia mio mon ma old alt',
  'upload uploaded download downloads downloaded descarga téléchargement original orig full backup compressed',
  'converted trim trimmed unknown noname default',
  // an editing program's name for what has none
  'untitled unbenannt unbenanntes ohne titel senza titolo sans titre sin título titulo sem naamloos namnlös',
  'nimetön bez názvu nazwy без названия 無題 名称未設定 未命名 无标题 제목 없음',
  'sequence séquence sequenz secuencia sequenza timeline zeitachse comp composition komposition project projekt',
  'projet proyecto progetto',
  // phones: Apple, Android (Pixel, Samsung, motion photos, Insta360), WhatsApp's WA0001
  'img vid svid mvimg pxl lrv pano burst wa fullsizerender rpreplay',
  // cameras' names: Canon, Nikon, Sony, Fuji, Casio, Pentax, Sanyo, Panasonic, HP, Kyocera, Samsung, dashcams
  'mvi dsc dscf dscn cimg imgp pict sany pana mah movi stc hpim kif sam ydxj virb amba eos',
  // drones and action cameras: DJI and its apps; GoPro's GOPR0001, GX010001 and the like
  'dji fly mimo d gopr gx gh gs gp gl',
  // editing apps on phones: CapCut's lv_0_…, InShot_…
  'lv vn inshot capcut kinemaster youcut vllo',
  // recorders of screens and meetings, with the words they use in other languages
  'screen screenrec screenrecord screenrecorder screenrecording screencast scr bandicam replay peek',
  'simplescreenrecorder vokoscreen obs zoom gmt bildschirmaufnahme bildschirmvideo aufnahme skärminspelning',
  'schermopname registrazione schermo grabación pantalla gravação tela ecrã enregistrement écran nagranie ekranu',
  '画面収録 屏幕录制 화면 기록',
  // messengers and platforms
  'whatsapp telegram signal messenger line received document fb facebook instagram insta ig tiktok snapchat',
  'youtube yt twitter reel reels short shorts',
  // between the parts of a name or a date
  'at um at à le el alle on am pm uhr from de do da l z h t utc',
);

/** A size, rate or coding of the picture, nothing else: `final 1080p 60fps`. */
const pictureWord = /^(\d{3,4}[pi]|[248]k|\d{2,3}fps|\d{3,4}x\d{3,4}|u?hd|fhd|sdr|hdr\d*|hevc|av1|prores)$/;

/** Names that a device, a program or a service gives, where words alone would not tell. */
const genericPatterns: readonly RegExp[] = [
  // Apple: edited on the phone, IMG_E1234
  /^img_e\d+$/,
  // Panasonic P1000123, Sony C0001
  /^(p\d{7}|c\d{4})$/,
  // cinema cameras: A001C001_261121AB (Canon, RED), A001_08151512_C001 (Blackmagic, ARRI)
  /^[a-z]\d{3}_?c\d{3}([_-][0-9a-z]+)*$/,
  /^[a-z]\d{3}_\d{6,8}_c\d{3}$/,
  // GoPro's loop recordings: GXAA0001
  /^g[xhsl][a-z]{2}\d{4}$/,
  // Pixel's kinds of shot: PXL_20261121_101422000.LS
  /^pxl_\d{8}_\d{9}([._~].*)?$/,
  // Samsung names the app behind the time: Screen_Recording_20261121_101422_Minecraft
  /^screen_?record(er|ing)_\d{8}[_-]\d{6}_/,
  // services that save from a platform: their name, then the account or a number
  /^(ssstik|snaptik|savetik|tikdown|tikmate|musicaldown|snapinsta|snapsave|fastdl|savefrom|y2mate)([._ -]|$)/,
  // a UUID, also where iOS puts a verb before it: trim.5F3C…, copy_5F3C…
  /^([a-z]+[._-])?\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/,
  // other identifiers: long hexadecimal; letters and digits by turns, as TikTok's v15044gf0000cabc…
  /^(?=.*\d)[0-9a-f]{12,}$/,
  /^(?=.*\d[a-z]+\d+[a-z]+\d)[a-z0-9]{20,}$/,
];

/** What copying adds behind a name: ` (3)`, ` - Copy`, ` - Kopie (2)`, ` copy 2`, Android's `~2`. */
const copySuffix =
  /(\s*\(\d+\)|\s*\[\d+\]|~\d+|\s*-\s*(copy|kopie|copia|copie|cópia|kopi|kopia)|\s(copy|kopie|copia|copie)(\s\d+)?)$/;

/**
 * Tells whether a name says nothing about which video it is, so that two files of that name must
 * never be taken for versions of one video by the name alone.
 */
export function isGenericName(fileName: string): boolean {
  const stem = withoutCopySuffixes(foldName(splitExtension(fileName).stem));
  return (
    isTooShort(stem) ||
    genericPatterns.some((pattern) => pattern.test(stem)) ||
    wordsOf(stem).every((word) => isGenericWord(word))
  );
}

function withoutCopySuffixes(stem: string): string {
  let rest = stem;
  while (copySuffix.test(rest)) rest = rest.replace(copySuffix, '').trim();
  return rest;
}

/** Two letters say nothing, but two ideographs are a word: 東京. */
function isTooShort(stem: string): boolean {
  if (/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(stem)) return false;
  return [...stem].length <= 2;
}

/** Everything that is no letter, number or picture parts the words; a name of only such has none. */
function wordsOf(stem: string): string[] {
  return stem.split(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]+/u).filter((word) => word !== '');
}

function isGenericWord(word: string): boolean {
  if (genericWords.has(word) || pictureWord.test(word)) return true;
  // `final2`, `gx010001`, `20261121T101422Z`: what is left without its numbers.
  return word.split(/\p{N}+/u).every((part) => part === '' || genericWords.has(part));
}
