const typeOfExtension: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  f4v: 'video/mp4',
  mov: 'video/quicktime',
  qt: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  mk3d: 'video/x-matroska',
  avi: 'video/x-msvideo',
  divx: 'video/x-msvideo',
  '3gp': 'video/3gpp',
  '3gpp': 'video/3gpp',
  '3g2': 'video/3gpp2',
  ogv: 'video/ogg',
  ogm: 'video/ogg',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  mpe: 'video/mpeg',
  m2v: 'video/mpeg',
  vob: 'video/mpeg',
  ts: 'video/mp2t',
  mts: 'video/mp2t',
  m2ts: 'video/mp2t',
  wmv: 'video/x-ms-wmv',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  mxf: 'application/mxf',
};

/** The media type for a blob's extension; never one that a browser would run. */
export function contentType(ext: string): string {
  return typeOfExtension[ext] ?? 'application/octet-stream';
}

/**
 * The header that gives a file its name (RFC 6266): in plain characters for old programs, and whole (RFC 8187).
 */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const whole = name.toWellFormed();
  const plain = whole.replace(/[^\x20-\x7e]|["%\\/]/g, '_');
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeExtended(whole)}`;
}

/** RFC 8187 allows fewer characters than `encodeURIComponent` leaves. */
function encodeExtended(text: string): string {
  const encodeOne = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/['()*]/g, encodeOne);
}
