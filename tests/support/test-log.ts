import type { Log } from '#core/ports/log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly facts: object;
  readonly message: string;
}

/** A log that keeps what was said. */
export interface TestLog extends Log {
  readonly lines: readonly LogLine[];
}

export function createTestLog(): TestLog {
  const lines: LogLine[] = [];
  const say = (level: LogLine['level']) => (facts: object, message: string) => {
    lines.push({ level, facts, message });
  };
  return { lines, debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
