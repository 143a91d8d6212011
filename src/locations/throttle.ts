import { limitAt, type Timetable } from '#core/bandwidth.ts';
import type { TellLocalTime } from '#core/local-time.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Throttle } from '#core/ports/disk-work.ts';
import { emptyBucket, giveBack, takeFrom } from '#core/token-bucket.ts';

/** Holds everything that goes to one place back, together, by the time of day. */
export function createThrottle(
  timetable: Timetable,
  { clock, localTime }: { readonly clock: Clock; readonly localTime: TellLocalTime },
): Throttle {
  let bucket = emptyBucket(clock.monotonicMs());
  return {
    take(wantedBytes) {
      const limit = limitAt(timetable, localTime(clock.nowMs()));
      const taken = takeFrom(bucket, wantedBytes, limit, clock.monotonicMs());
      bucket = taken.bucket;
      return taken.takenBytes;
    },
    giveBack(bytes) {
      bucket = giveBack(bucket, bytes);
    },
  };
}
