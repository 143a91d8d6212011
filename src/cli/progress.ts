import { sizeInWords } from './words.ts';

/** One line that says how far a long work is; on a terminal only, and gone when the work is done. */
export interface ProgressLine {
  update(done: { readonly files: number; readonly bytes: number }): void;
  clear(): void;
}

const everyMs = 100;
const barWidth = 24;

export function createProgressLine(
  total: { readonly files: number; readonly bytes: number },
  out: { write(text: string): unknown; isTTY?: boolean; columns?: number },
  nowMs: () => number,
): ProgressLine {
  const startMs = nowMs();
  let lastMs = Number.NEGATIVE_INFINITY;
  const isShown = out.isTTY === true;
  return {
    update({ files, bytes }) {
      const now = nowMs();
      if (!isShown || now - lastMs < everyMs) return;
      lastMs = now;
      const line = formatProgress({ files, bytes }, total, now - startMs);
      out.write(`\r\u001b[2K${line.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
    },
    clear() {
      if (isShown) out.write('\r\u001b[2K');
    },
  };
}

/** Gives what is told which share of one piece of work is done: it keeps the sum of all, and shows it. */
export function countShare(
  tally: { readonly files: number; bytes: number },
  sizeBytes: number,
  line: ProgressLine,
): (share: number) => void {
  let countedBytes = 0;
  return (share) => {
    tally.bytes += share * sizeBytes - countedBytes;
    countedBytes = share * sizeBytes;
    line.update(tally);
  };
}

/**
 * `[######----] 42 %  12/30 files  1.2 GB of 3.0 GB  85 MB/s  0:21 left`; times in ms.
 *
 * @internal
 */
export function formatProgress(
  done: { readonly files: number; readonly bytes: number },
  total: { readonly files: number; readonly bytes: number },
  elapsedMs: number,
): string {
  const share = total.bytes === 0 ? 1 : Math.min(1, done.bytes / total.bytes);
  const filled = Math.round(share * barWidth);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
  const perSecond = elapsedMs > 0 ? (done.bytes * 1000) / elapsedMs : 0;
  const parts = [
    `${bar} ${Math.floor(share * 100)} %`,
    `${done.files}/${total.files} files`,
    `${sizeInWords(done.bytes)} of ${sizeInWords(total.bytes)}`,
    `${sizeInWords(perSecond)}/s`,
  ];
  if (perSecond > 0 && share < 1) parts.push(`${clock((total.bytes - done.bytes) / perSecond)} left`);
  return parts.join('  ');
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  const text = `${minutes % 60}:${String(whole % 60).padStart(2, '0')}`;
  return minutes < 60 ? text : `${Math.floor(minutes / 60)}:${text.padStart(5, '0')}`;
}
