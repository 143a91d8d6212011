import { splitExtension } from '#core/file-name.ts';
import { isProjectName } from '#core/project-files.ts';
import { words } from '#core/word-list.ts';

/** What a path in the inbox is to the intake, by its name alone. */
export type NameVerdict = 'video' | 'ignored' | 'not-a-video';

/** Who else owns a folder, so that nothing may be removed from it. */
export type InboxOwner = 'syncthing' | 'sync' | 'project';

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

/** Markers of other programs that carry a removal to every other device: Resilio, Dropbox, Synology Drive. */
const syncMarkers = words('.sync .dropbox .dropbox.cache .synologyworkingdirectory .tmp.drivedownload');

/** Nextcloud's and ownCloud's journals, older and newer. */
const syncJournal = /^\.(sync|_sync|owncloudsync)(_[0-9a-f]+)?\.(db|log)$/;

/** Judges a path below the inbox (parts separated by `/`) by its names alone; it says nothing of the bytes. */
export function judgeName(path: string): NameVerdict {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  if (parts.some((part) => isIgnoredFolder(part)) || isIgnoredFile(file)) return 'ignored';
  return isVideoName(file) ? 'video' : 'not-a-video';
}

/** Tells whether a file's name has an extension of moving pictures. */
export function isVideoName(name: string): boolean {
  return videoExtensions.has(splitExtension(name).ext);
}

/** Tells whether a walk of the inbox leaves a folder of this name aside, at any depth. */
export function isIgnoredFolder(name: string): boolean {
  const folded = name.toLowerCase();
  return (
    folded.startsWith('.') ||
    ignoredFolders.has(folded) ||
    ignoredFoldersWithSpaces.has(folded) ||
    unfinishedFolder.test(folded)
  );
}

/** Tells, from the names in an inbox's top folder, which other program owns it; null where none shows. */
export function ownerOfInbox(names: readonly string[]): InboxOwner | null {
  const folded = names.map((name) => name.toLowerCase());
  if (folded.includes('.stfolder')) return 'syncthing';
  if (folded.some((name) => syncMarkers.has(name) || syncJournal.test(name))) return 'sync';
  return folded.some((name) => isProjectName(name)) ? 'project' : null;
}

/** Dot files stand for `.DS_Store`, `._*`, `.nfs*`, `.smbdelete*`, `.goutputstream*` and rsync's `.name.XXXXXX`. */
function isIgnoredFile(name: string): boolean {
  const folded = name.toLowerCase();
  return (
    folded === '' ||
    folded.startsWith('.') ||
    ignoredFiles.has(folded) ||
    unfinishedName.test(folded) ||
    unfinishedExtensions.has(endingOf(folded))
  );
}

/** What stands behind the last dot; more than an extension may be: `!sync`. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}
