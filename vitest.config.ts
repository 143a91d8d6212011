import { defineConfig } from 'vitest/config';

/**
 * Real disks, clocks and tools on a machine that others use: on a build machine a test may try twice, and
 * scripts/check.mjs names each that had to. On your own machine only the browser may, and the faults never.
 */
const retry = 'CI' in process.env ? 1 : 0;

/**
 * The suites of `npm test`. The longer ones have a configuration of their own (tests/long.config.ts), so
 * that a plain `vitest run` leaves them out.
 */
export default defineConfig({
  test: {
    // Not threads: tests set umask, signals and the working folder, which belong to a whole process, and
    // a crash in a native library (SQLite) then ends one file and not the run.
    pool: 'forks',
    // Each file is loaded in a process of its own.
    execArgv: ['--import', new URL('src/quick-imports.ts', import.meta.url).href],
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['tests/core/**/*.test.ts', 'tests/views/**/*.test.ts'],
          // What they test has no state and does nothing outside: one process for many files.
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          // Every core: vitest itself leaves one free, which is half of a small machine.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          // Many wait for real disks, clocks and tools, which are slow where others work too.
          testTimeout: 90_000,
          hookTimeout: 90_000,
          retry,
          exclude: [
            'tests/core/**',
            'tests/views/**',
            'tests/process/**',
            'tests/e2e/**',
            'tests/setup/**',
            'tests/faults/**',
            'tests/remotes/**',
            'tests/docker/**',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['tests/process/**/*.test.ts'],
          // Each has daemons of its own, and waits for them most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 120_000,
          retry,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 240_000,
          // A browser that a busy machine starves is no fault of the page's.
          retry: 1,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          // They wait most of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 3 },
          // A few points of each suite: `npm run test:faults` runs them all (tests/long.config.ts).
          env: { REELHOLD_FAULTS: 'sample' },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
