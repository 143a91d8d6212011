import { splitExtension } from '#core/file-name.ts';
import { words } from '#core/word-list.ts';

/** What a path in the inbox is to the intake, by its name alone. */
export type NameVerdict = 'video' | 'ignored' | 'not-a-video';

/** Why a name is passed over: what a system makes for itself, a copy that is not whole, what other programs need. */
export type IgnoredReason = 'system' | 'unfinished' | 'other-program' | 'hidden';

/** Files and folders that were passed over, by their reason. */
export type IgnoredCounts = Readonly<Record<IgnoredReason, number>>;

/**
 * Folders that systems, shares and players make for themselves (any case). Those that begin with a
 * dot need no line here: `.reelhold-hold .stversions .Trashes .@__thumb .Trash-1000 .zfs …`.
 */
const ignoredFolders = words(
  // Synology and QNAP: indexes, recycle bins, snapshots, half-made files
  '@eadir @tmp @recycle @recently-snapshot @sharebin #recycle #snapshot ~snapshot',
  // Windows: recycle bins of three generations; ext4; what archives of a Mac hold beside the files
  '$recycle.bin recycler recycled lost+found __macosx',
);

/** The same, of more than one word. */
const ignoredFoldersWithSpaces: ReadonlySet<string> = new Set([
  'system volume information',
  'network trash folder',
  'temporary items',
]);

/** A Mac keeps a document here until it is whole; Safari gives a download a folder of its own. */
const unfinishedFolder = /^\(a document being saved by .*\)$|\.download$/s;

/** Of those that begin with a dot, which are whose; the rest is hidden for a reason of its owner's. */
const systemDotName =
  /^\.(_|ds_store$|localized$|apdisk$|trash|fuse_hidden|spotlight-v100$|fseventsd$|temporaryitems$|documentrevisions-v100$|apple|@__thumb$|smbdelete|nfs[0-9a-f]|zfs$|snapshots?$)/;
/** Of another Reelhold, too: ours are never part of anybody's work. */
const programDotName =
  /^\.(reelhold-|st(folder|versions|ignore)|sync|_sync|owncloudsync|dropbox|synologyworkingdirectory|tmp\.drive|syncignore|nomedia$|~lock\.)/;

/**
 * What is still being written under a hidden name: Syncthing, GNOME, rsync's folders, a restore of ours, and downloads of
 * Nextcloud and ownCloud (`.name.~1a2b3c`).
 */
const unfinishedDotName =
  /^\.syncthing\..*\.tmp$|^\.goutputstream|^\.~tmp~$|^\.rsync-|^\.restoring-|^\..+\.~[0-9a-f]+$/s;
/** And rsync's `.name.XXXXXX`, letters and digits by chance: six small letters are a word, as in `.cache.sqlite`. */
const rsyncName = /^\..+\.(?![a-z]{6}$)[0-9A-Za-z]{6}$/s;

const ignoredFiles = words('thumbs.db ehthumbs.db desktop.ini icon\r');

/** Extensions that copying and downloading programs put behind a name until the file is whole. */
const unfinishedExtensions = words(
  // browsers: Firefox, Chromium, Safari, Opera; yt-dlp
  'part crdownload download opdownload ytdl',
  // WinSCP, other copiers, torrents
  'filepart partial tmp temp !sync !ut !qb bc! aria2',
);

/** Unfinished or passing names that a video's extension may follow. */
const unfinishedName = /^~syncthing~|\.part-frag\d+$|\.sb-[0-9a-f]{8}-[0-9a-z]{6}$/s;

/**
 * Extensions of moving pictures. Not here, since they are pieces or stand-ins of one: proxies (lrv,
 * lrf), thumbnails (thm), single frames of a sequence (ari, dpx, exr, dng), DVD menus (ifo, bup).
 */
const videoExtensions = words(
  // ISO base media and QuickTime, with cameras' raw formats built on it (Blackmagic, Canon, Nikon)
  'mp4 m4v mov qt 3gp 3gpp 3g2 3gp2 f4v mj2 mjp2 braw crm nev',
  // 360-degree cameras (Insta360, GoPro Max): the same boxes
  'insv 360',
  // Matroska and WebM
  'mkv mk3d webm',
  // MPEG streams: broadcast, AVCHD and JVC camcorders, DVD, Blu-ray, HD DVD
  'mpg mpeg mpe m1v m2v m2p mpv ts mts m2ts m2t trp tp mod tod vob vro evo',
  // Windows and the old web
  'avi divx xvid wmv asf wtv flv rm rmvb ogv ogm amv',
  // production: MXF, GXF, DV, RED, NUT, AV1/VP9 test streams, raw frames
  'mxf gxf dv dif r3d nut ivf y4m',
  // elementary streams
  'h264 264 avc h265 265 hevc obu av1 mjpeg mjpg',
);

/**
 * Judges a path below the inbox (parts separated by `/`) by its names alone; it says nothing of the bytes. Of a
 * project, whose folder is named, what is hidden is part of the work.
 */
export function judgeName(path: string, project: string | null = null): NameVerdict {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  const depth = project === null ? Number.POSITIVE_INFINITY : project.split('/').length;
  const isPassedOver = (why: IgnoredReason | null, at: number) =>
    why !== null && (why !== 'hidden' || at < depth);
  const isIgnored =
    parts.some((part, at) => isPassedOver(whyFolderIgnored(part), at)) ||
    isPassedOver(whyFileIgnored(file), parts.length);
  if (isIgnored) return 'ignored';
  return isVideoName(file) ? 'video' : 'not-a-video';
}

/** Tells whether a file's name has an extension of moving pictures. */
export function isVideoName(name: string): boolean {
  return videoExtensions.has(splitExtension(name).ext);
}

/** Tells whether a walk of the inbox leaves a folder of this name aside, at any depth. */
export function isIgnoredFolder(name: string): boolean {
  return whyFolderIgnored(name) !== null;
}

/** Why a walk of the inbox leaves a folder of this name aside, at any depth; null where it does not. */
export function whyFolderIgnored(name: string): IgnoredReason | null {
  const folded = name.toLowerCase();
  if (folded.startsWith('.')) return whyHidden(folded, name);
  if (ignoredFolders.has(folded) || ignoredFoldersWithSpaces.has(folded)) return 'system';
  return unfinishedFolder.test(folded) ? 'unfinished' : null;
}

/** Why a file of this name is passed over, whatever is in it; null where it is not. */
export function whyFileIgnored(name: string): IgnoredReason | null {
  const folded = name.toLowerCase();
  if (folded === '') return 'hidden';
  if (unfinishedName.test(folded) || unfinishedExtensions.has(endingOf(folded))) return 'unfinished';
  if (folded.startsWith('.')) return whyHidden(folded, name);
  return ignoredFiles.has(folded) ? 'system' : null;
}

function whyHidden(folded: string, name: string): IgnoredReason {
  if (systemDotName.test(folded)) return 'system';
  if (programDotName.test(folded)) return 'other-program';
  return unfinishedDotName.test(folded) || rsyncName.test(name) ? 'unfinished' : 'hidden';
}

/** What stands behind the last dot; more than an extension may be: `!sync`. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}
