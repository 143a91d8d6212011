import { type Command, Option } from 'commander';
import { loadConfig } from '#config.ts';
import type { RestoreAsked } from '#core/plan-restore.ts';

/** Adds the commands by which an owner gets videos back, or learns what may go; `end` is told the exit code. */
export function addGettingBack(program: Command, end: (code: number) => void): void {
  addKit(program, end);
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
  program
    .command('list')
    .description('list videos with their ids, which trash, erase, restore --video and others take')
    .argument('[words...]', 'only those with these words in title or day')
    .option('--trash', 'only those in the trash')
    .action(async (words: string[], options: { trash?: boolean }) => {
      const { runList } = await import('./list.ts');
      end(runList(loadConfig(), { words: words.join(' '), onlyTrash: options.trash === true }));
    });
  program
    .command('restore')
    .description('bring videos back under their own names, each compared with its checksum')
    .requiredOption('--to <folder>', 'where to; nothing in it is changed or replaced')
    .option('--from <place>', 'from this place alone: its name, or a folder that holds a copy of the archive')
    .option('--password-file <file>', 'what a remote of your own rclone (NAME:PATH) is encrypted with')
    .addOption(new Option('--all', 'all videos, but for those in the trash').conflicts(['video', 'query']))
    .addOption(
      new Option('--video <id>', 'one video; "reelhold list" shows its id').conflicts(['all', 'query']),
    )
    .addOption(
      new Option('--query <words>', 'videos with these words in title or day').conflicts(['all', 'video']),
    )
    .action(async (options: RestoreOptions, command: Command) => {
      const asked = askedFor(options);
      if (asked === null) command.error('error: say which videos: --all, --video ID or --query WORDS');
      const { runRestore } = await import('./restore.ts');
      const { from = null, passwordFile = null, to } = options;
      end(await runRestore(loadConfig(), { asked, from, passwordFile, to }));
    });
}

function addKit(program: Command, end: (code: number) => void): void {
  const kit = program
    .command('kit')
    .description('write down what it takes to get everything back if all is gone here')
    .option('--to <folder>', 'where to; among the settings if not said')
    .action(async ({ to }: { to?: string }) => {
      const { runKit } = await import('./kit.ts');
      end(await runKit(loadConfig(), { to: to ?? null }));
    });
  kit
    .command('confirm')
    .description('type back the words at the end of the kit')
    .argument('<words...>')
    .option('--kept <place>', 'where it is kept, such as "at my sister\'s"')
    .action(async (words: string[], { kept }: { kept?: string }) => {
      const { runKitConfirm } = await import('./kit.ts');
      end(await runKitConfirm(loadConfig(), words.join(' '), kept ?? null));
    });
  kit
    .command('status')
    .description('say whether the kit is up to date')
    .action(async () => {
      const { runKitStatus } = await import('./kit.ts');
      end(await runKitStatus(loadConfig()));
    });
}

interface RestoreOptions {
  readonly to: string;
  readonly from?: string;
  readonly passwordFile?: string;
  readonly all?: boolean;
  readonly video?: string;
  readonly query?: string;
}

function askedFor({ all, video, query }: RestoreOptions): RestoreAsked | null {
  if (video !== undefined) return { kind: 'video', id: video };
  if (query !== undefined) return { kind: 'query', words: query };
  return all === true ? { kind: 'all' } : null;
}
