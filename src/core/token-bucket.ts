/** What may go now of a flow that is limited: it fills with time, and holds no more than a short burst. */
export interface TokenBucket {
  readonly bytes: number;
  /** When it was last filled, by a clock that never jumps; ms. */
  readonly atMs: number;
}

const burstMs = 500;
/** Less at once costs more than it spares. */
const leastBurstBytes = 64 * 1024;

export function emptyBucket(nowMs: number): TokenBucket {
  return { bytes: 0, atMs: nowMs };
}

/** Takes as much of what is wanted as may go now; all of it where there is no limit (bytes a second). */
export function takeFrom(
  bucket: TokenBucket,
  wantedBytes: number,
  bytesPerSecond: number | null,
  nowMs: number,
): { readonly bucket: TokenBucket; readonly takenBytes: number } {
  if (bytesPerSecond === null) return { bucket: emptyBucket(nowMs), takenBytes: wantedBytes };
  const mostBytes = Math.max(leastBurstBytes, (bytesPerSecond * burstMs) / 1000);
  const gainedBytes = (bytesPerSecond * Math.max(0, nowMs - bucket.atMs)) / 1000;
  const bytes = Math.min(mostBytes, bucket.bytes + gainedBytes);
  const takenBytes = Math.min(wantedBytes, Math.floor(bytes));
  return { bucket: { bytes: bytes - takenBytes, atMs: nowMs }, takenBytes };
}

/** Gives back what was taken and did not go. */
export function giveBack(bucket: TokenBucket, bytes: number): TokenBucket {
  return { ...bucket, bytes: bucket.bytes + bytes };
}
