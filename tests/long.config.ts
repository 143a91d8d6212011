import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes, the longest first: begun last, one of them would run alone at the end. */
const longest = [
  'two-years',
  'power-cut',
  'model',
  'many-files',
  'restore',
  'watch-limit',
  'injection',
  'flips',
];

/** As in vitest.config.ts. */
const retry = 'CI' in process.env ? 1 : 0;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The suites that take too long for every `npm test`: each has its own script, and `.ci/run` runs them all. */
export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    execArgv: ['--import', new URL('../src/quick-imports.ts', import.meta.url).href],
    projects: [
      {
        extends: true,
        test: {
          name: 'setup',
          include: ['tests/setup/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          // They wait most of the time.
          maxWorkers: 3,
          env: { REELHOLD_FAULTS: 'all' },
          testTimeout: 900_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'remotes',
          include: ['tests/remotes/**/*.test.ts'],
          // Each waits for servers and for rclone's starts.
          maxWorkers: 3,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          retry,
        },
      },
    ],
  },
});
