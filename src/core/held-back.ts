/**
 * Whether a file waits for a reason of its own, so that the owner may have it taken as it is; where there is no room
 * for it, or it cannot be read, that would change nothing.
 */
export function isHeldBack(reason: string | null): boolean {
  return reason !== null && !/^(failed$|no-room$|vault-|source-)/.test(reason);
}
