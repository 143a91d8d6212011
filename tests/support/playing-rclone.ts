import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRclone, type Rclone } from '#locations/rclone.ts';
import { createManualClock } from './manual-clock.ts';

/** What an rclone is to say, and how it is to end. */
export interface Play {
  readonly stderr?: string;
  readonly stdout?: string;
  readonly code?: number;
  /** Ends only when it is killed. */
  readonly hang?: boolean;
  /** Takes a while, and notes if another one runs meanwhile. */
  readonly slow?: boolean;
}

export interface PlayingRclone {
  readonly rclone: Rclone;
  play(play: Play): void;
  /** How it was called, one list of arguments a call. */
  calls(): string[][];
  env(): string;
  ranTwoAtOnce(): boolean;
}

/** An executable that plays an rclone, below a folder. */
export function createPlayingRclone(folder: string, secrets: readonly string[] = []): PlayingRclone {
  const stage = join(folder, 'play');
  mkdirSync(stage, { recursive: true });
  const at = (name: string) => join(stage, name);
  const rclone = createRclone({
    binary: resolve('tests/fixtures/bin/rclone-playing'),
    ...{ configDir: folder, secrets, bandwidth: '08:00,512k 23:00,off', clock: createManualClock() },
    ...{ searchPath: process.env.PATH ?? '', timeZone: 'Europe/Berlin' },
  });
  return {
    rclone,
    play({ stderr = '', stdout = '', code = 0, hang = false, slow = false }) {
      writeFileSync(at('stderr'), stderr);
      writeFileSync(at('stdout'), stdout);
      writeFileSync(at('code'), String(code));
      if (hang) writeFileSync(at('hang'), '');
      if (slow) writeFileSync(at('slow'), '');
    },
    calls: () =>
      readdirSync(stage)
        .filter((name) => name.startsWith('args.'))
        .map((name) => readFileSync(at(name), 'utf8').trimEnd().split('\n')),
    env: () => readFileSync(at('env'), 'utf8'),
    ranTwoAtOnce: () => existsSync(at('two-at-once')),
  };
}
