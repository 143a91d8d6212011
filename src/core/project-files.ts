import { words } from '#core/word-list.ts';

/** Extensions of projects and libraries of editing programs (folders on a Mac), Photos' too. */
const projectExtensions = words(
  // Premiere, After Effects, Resolve, Final Cut, iMovie
  'prproj aep aepx aet drp drt dra fcpbundle fcpevent flexolibrary fcpxml fcpxmld fcpproject',
  'imovielibrary imovieproject imovietheater imovieevent',
  // Vegas, Kdenlive, Shotcut, Avid, OpenShot, Pitivi
  'veg vf kdenlive mlt avp avb osp xges',
  // Filmora, PowerDirector, Movie Maker, Camtasia, ScreenFlow, HitFilm, Blender, Magix, EDIUS
  'wfp wve pds wlmp tscproj camproj cmproj screenflow hfp blend mvp ezp',
  'photoslibrary aplibrary',
);

/** CapCut's and JianYing's project files. */
const projectNames = words('draft_content.json draft_info.json draft_meta_info.json');

/** What programs hand on to each other: part of a project where there is one, but no sign of it. */
const exchangeExtensions = words('edl aaf omf otio ale cube look mogrt prfpset ffx');

/** Tells whether a file or folder of this name is a project or a library of an editing program. */
export function isProjectName(name: string): boolean {
  const folded = name.toLowerCase();
  // macOS' `._` companions carry the extension, but are not the project.
  if (folded.startsWith('._')) return false;
  return projectNames.has(folded) || projectExtensions.has(endingOf(folded));
}

/** Tells whether a file is of a project, as its cut lists and looks are. */
export function isOfProject(name: string): boolean {
  return isProjectName(name) || exchangeExtensions.has(endingOf(name.toLowerCase()));
}

/** What stands behind the last dot; more than an extension may be: `imovielibrary`. */
function endingOf(folded: string): string {
  const dot = folded.lastIndexOf('.');
  return dot > 0 ? folded.slice(dot + 1) : '';
}
