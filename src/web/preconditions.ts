/** What the headers ask to be checked before anything is sent (RFC 9110 §13). */
export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifRange: string | undefined;
}

/** 412 where what is asked for is not what is here, 304 where the asker has it already, null to go on. */
export function checkPreconditions({ ifMatch, ifNoneMatch }: Conditions, etag: string): 412 | 304 | null {
  if (ifMatch !== undefined && !listsTag(ifMatch, etag, false)) return 412;
  if (ifNoneMatch !== undefined && listsTag(ifNoneMatch, etag, true)) return 304;
  return null;
}

/** A range holds only for the very bytes the asker has the rest of; there are no dates to compare. */
export function isRangeValid({ ifRange }: Conditions, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

const tagPattern = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function listsTag(header: string, etag: string, isWeak: boolean): boolean {
  if (header.trim() === '*') return true;
  const tags = header.match(tagPattern) ?? [];
  return tags.some((tag) => tag === etag || (isWeak && tag === `W/${etag}`));
}
