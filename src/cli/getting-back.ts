import type { Command } from 'commander';
import { loadConfig } from '#config.ts';

/** Adds the commands by which an owner gets videos back, or learns what may go; `end` is told the exit code. */
export function addGettingBack(program: Command, end: (code: number) => void): void {
  program
    .command('check')
    .description('say of each file on a card, a phone or an old drive whether it is held, and may be deleted')
    .argument('<folder>')
    .option('--delete-list <file>', 'write down what may be deleted')
    .option('--bring-list <file>', 'write down what is not held yet')
    .option('--null', 'end each path in a list with NUL instead of a line break')
    .option('--json', 'for programs: one object a line, the last one sums up')
    .action(
      async (
        folder: string,
        asked: { deleteList?: string; bringList?: string; null?: boolean; json?: boolean },
      ) => {
        const { runCheck } = await import('./check.ts');
        const { null: isNul, json, ...lists } = asked;
        end(await runCheck(loadConfig(), folder, { ...lists, isNul: isNul === true, json: json === true }));
      },
    );
}
