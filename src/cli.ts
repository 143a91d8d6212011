import { Command, CommanderError } from 'commander';
import { isReelholdError } from '#core/errors.ts';
import { exitCodes } from './cli/exit-codes.ts';
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
      const { main } = await import('./main.ts');
      await main();
      code = Number(process.exitCode ?? 0);
    });
  program
    .command('status')
    .description('say whether everything is safe, and what is on its way')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => {
      const { runStatus } = await import('./cli/status.ts');
      code = runStatus(loadConfig(), { json: options.json === true });
    });
  program
    .command('add')
    .description('take files into the archive; the originals stay where they are')
    .argument('<file...>', 'videos, wherever they are')
    .action(async (files: string[]) => {
      const { runAdd } = await import('./cli/add.ts');
      code = await runAdd(loadConfig(), files);
    });
  program
    .command('doctor')
    .description('check folders, disks and tools, and say what to do')
    .action(async () => {
      const { runDoctor } = await import('./cli/doctor.ts');
      code = await runDoctor(loadConfig());
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

if (import.meta.main) process.exitCode = await runCli(process.argv.slice(2));
