/** How far a transfer is, as rclone counts it: each once a second. */
export interface RcloneStats {
  readonly bytes: number;
  /** Bytes a second; null where it does not know yet. */
  readonly speed: number | null;
  /** Seconds left; null where it does not know. */
  readonly etaSeconds: number | null;
}

/** One line of what rclone says while it works. */
export interface RcloneLine {
  /** `error` where something did not work; `other` for a line that is no JSON, as it prints before its log is set up. */
  readonly level: 'error' | 'notice' | 'info' | 'other';
  readonly text: string;
  /** The file that it speaks of, below the place's root; null where it speaks of none. */
  readonly object: string | null;
  readonly stats: RcloneStats | null;
}

const levels: Readonly<Record<string, RcloneLine['level']>> = {
  panic: 'error',
  fatal: 'error',
  critical: 'error',
  error: 'error',
  // What rclone calls a notice was a warning up to 1.67.
  warning: 'notice',
  notice: 'notice',
};

/** In front of a line that rclone wrote by its plain log. */
const logTime = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;

/** Reads a line of `--use-json-log`; whatever else stands there is kept as text. Null for an empty one. */
export function parseRcloneLine(line: string): RcloneLine | null {
  if (line.trim() === '') return null;
  const value = parseObject(line);
  if (value === null || typeof value.msg !== 'string') {
    return { level: plainLevel(line), text: line.replace(logTime, ''), object: null, stats: null };
  }
  return {
    level: levels[String(value.level)] ?? 'info',
    text: value.msg,
    object: typeof value.object === 'string' ? value.object : null,
    stats: parseStats(value.stats),
  };
}

/** `2026/11/27 23:24:26 ERROR : : error listing: …`, `… CRITICAL: Failed to …` and, up to 1.67, `… Failed to …`. */
function plainLevel(line: string): RcloneLine['level'] {
  return /\b(?:ERROR|CRITICAL)\b|\bFailed to \w+|\bFatal error\b/.test(line) ? 'error' : 'other';
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function parseStats(value: unknown): RcloneStats | null {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return null;
  const { bytes, speed, eta } = value as Record<string, unknown>;
  if (typeof bytes !== 'number') return null;
  return {
    bytes,
    speed: typeof speed === 'number' && speed > 0 ? speed : null,
    etaSeconds: typeof eta === 'number' ? eta : null,
  };
}
