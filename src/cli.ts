import './quick-imports.ts';
import { Argument, Command, CommanderError, Option } from 'commander';
import { isReelholdError } from '#core/errors.ts';
import type { ImportKind } from '#core/import-place.ts';
import type { Change } from '#core/plan-change.ts';
import { type SettingName, settingNames } from '#core/settings.ts';
import { addPlaceCommands } from './cli/add-places.ts';
import { exitCodes } from './cli/exit-codes.ts';
import { addGettingBack } from './cli/getting-back.ts';
import { loadConfig } from './config.ts';
import { explainFailure } from './explain.ts';
import { programVersion } from './version.ts';

/** The `reelhold` command; each subcommand loads only what it needs. Gives the exit code: 0 done, 1 failed, 2 usage, 3 not all proven, 4 not reachable. */
export async function runCli(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const program = new Command('reelhold')
    .description(
      'Holds your videos: takes them from an inbox, keeps every version for ever, and proves that it does.',
    )
    .exitOverride()
    .showHelpAfterError('(reelhold --help shows what can be asked)');
  program
    .command('start')
    .description('run the daemon and its page')
    .action(async () => {
      await import('./main.ts'); // runs it, to its end
      code = Number(process.exitCode ?? 0);
    });
  program
    .command('status')
    .description('say whether everything is safe, and what is on its way')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => {
      const { runStatus } = await import('./cli/status.ts');
      code = await runStatus(loadConfig(), { json: options.json === true });
    });
  program
    .command('add')
    .description('take files into the archive; the originals stay where they are')
    .argument('<file...>', 'videos, wherever they are; with --recursive, folders')
    .option(
      '-r, --recursive',
      'take all videos below folders, and what belongs to them, after saying what that comes to',
    )
    .addOption(
      new Option(
        '--kind <kind>',
        'with --recursive: "projects" where each folder in it is one video\'s project with all in it, "project" where it is one itself',
      ).choices(['loose', 'projects', 'project'] satisfies ImportKind[]),
    )
    .option('--dry-run', 'with --recursive: only say it')
    .option('--yes', 'with --recursive: begin without asking')
    .action(async (files: string[], options: AddOptions, command: Command) => {
      if (options.recursive === true) {
        const { runImport } = await import('./cli/import.ts');
        const { dryRun = false, yes = false, kind = 'loose' } = options;
        code = await runImport(loadConfig(), files, { dryRun, yes, kind });
        return;
      }
      if (Object.keys(options).length > 0) {
        command.error('error: --kind, --dry-run and --yes go with --recursive');
      }
      const { runAdd } = await import('./cli/add.ts');
      code = await runAdd(loadConfig(), files);
    });
  program
    .command('take')
    .description('take a file of an inbox that is not taken by itself, as it is')
    .argument('<file>', 'a file in an inbox')
    .action(async (file: string) => {
      const { runTake } = await import('./cli/take.ts');
      code = await runTake(loadConfig(), file);
    });
  program
    .command('doctor')
    .description('check folders, disks and tools, and say what to do')
    .action(async () => {
      const { runDoctor } = await import('./cli/doctor.ts');
      code = await runDoctor(loadConfig());
    });
  program
    .command('rebuild')
    .description('make the catalogue again from the journal and the videos in the vault')
    .option(
      '--from <place>',
      'make everything anew, the vault too, from this folder with a copy of the archive',
    )
    .option(
      '--password-file <file>',
      'with --from NAME:PATH, a remote of your own rclone: what it is encrypted with',
    )
    .action(async ({ from, passwordFile }: { from?: string; passwordFile?: string }, command: Command) => {
      if (from !== undefined) {
        const { runRebuildFrom } = await import('./cli/rebuild-from.ts');
        code = await runRebuildFrom(loadConfig(), from, passwordFile ?? null);
        return;
      }
      if (passwordFile !== undefined) command.error('error: --password-file goes with --from NAME:PATH');
      const { runRebuild } = await import('./cli/rebuild.ts');
      code = await runRebuild(loadConfig());
    });
  addGettingBack(program, (ended) => {
    code = ended;
  });
  addPlaceCommands(program, (result) => {
    code = result;
  });
  addChanges(program, async (change) => {
    const { runChange } = await import('./cli/change.ts');
    code = await runChange(loadConfig(), change);
  });
  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`reelhold ${programVersion} (Node ${process.version})\n`);
    });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    process.stderr.write(`${explainFailure(error)}\n`);
    return isReelholdError(error, 'unreachable') ? exitCodes.notReachable : exitCodes.failed;
  }
}

interface AddOptions {
  readonly recursive?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly kind?: ImportKind;
}

const anId = 'its id; "reelhold list" shows it';

/** What the owner can change; ids are those of `reelhold list`. */
function addChanges(program: Command, run: (change: Change) => Promise<void>): void {
  program
    .command('rename')
    .description('give a video another title')
    .argument('<video>', anId)
    .argument('<title>')
    .action((video: string, title: string) => run({ kind: 'rename', video, title }));
  program
    .command('merge')
    .description('make the versions of one video versions of another: they are one work')
    .argument('<from>', anId)
    .argument('<into>', anId)
    .action((from: string, into: string) => run({ kind: 'merge', from, into }));
  program
    .command('trash')
    .description('put a video into the trash; nothing of it is removed')
    .argument('<video>', anId)
    .action((video: string) => run({ kind: 'trash', video, trashed: true }));
  program
    .command('bring-back')
    .description('bring a video back from the trash')
    .argument('<video>', anId)
    .action((video: string) => run({ kind: 'trash', video, trashed: false }));
  program
    .command('set')
    .description('change a setting; without a value it goes back to the default')
    .addArgument(new Argument('<name>').choices(settingNames))
    .argument('[value]')
    .action((name: SettingName, value?: string) => run({ kind: 'set', name, value: value ?? null }));
}

if (import.meta.main) process.exitCode = await runCli(process.argv.slice(2));
