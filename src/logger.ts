import pino from 'pino';
import pretty from 'pino-pretty';
import type { Log } from '#core/ports/log.ts';
import type { Config } from './config.ts';

/** The log on standard output: sentences for people, or JSON lines for machines. */
export function createLogger(config: Config['log']): Log {
  if (config.format === 'json') return pino({ level: config.level, base: null });
  const stream = pretty({
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    sync: true,
  });
  return pino({ level: config.level, base: null }, stream);
}
