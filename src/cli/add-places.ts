import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '#config.ts';
import { type AssetRole, chosenRoles, isChosenRole } from '#core/asset-role.ts';
import { readTimetable } from '#core/bandwidth.ts';
import type { PlaceWish } from '#core/plan-place.ts';
import { parseWorkHours } from '#core/work-hours.ts';
import { wrongTimetable } from '#views/locales/en-places.ts';
import { neverEncrypted } from './words.ts';

interface WishOptions {
  readonly away?: boolean;
  readonly promiseDays?: number;
  readonly everyDays?: number;
  readonly roles?: readonly AssetRole[];
  readonly set?: string;
  readonly hours?: string;
  readonly bandwidth?: string;
  readonly plain?: boolean;
  readonly passwordFile?: string;
}

interface ReplaceOptions extends Pick<WishOptions, 'plain' | 'passwordFile'> {
  readonly anyway?: boolean;
}

/** The commands about places other than the vault; `done` is given the exit code. */
export function addPlaceCommands(program: Command, done: (code: number) => void): void {
  const place = program.command('location').description('the places that hold copies: drives and remotes');
  addAdding(place, done);
  place
    .command('list')
    .description('say of each place what is there')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => {
      const { runPlaceList } = await import('./location.ts');
      done(await runPlaceList(loadConfig(), { json: options.json === true }));
    });
  place
    .command('test')
    .description('look at a place, and fetch a few videos from it')
    .argument('<name>')
    .action(async (name: string) => {
      const { runPlaceTest } = await import('./location.ts');
      done(await runPlaceTest(loadConfig(), name));
    });
  withWishes(
    place
      .command('set')
      .description('change what a place is; what you leave out stays')
      .argument('<name>')
      .option('--rename <name>', 'what you call it from now on'),
  ).action(async (name: string, { rename, ...options }: WishOptions & { rename?: string }, set: Command) => {
    const { runPlaceChange } = await import('./location.ts');
    const adjustment = { ...wishOf(options), ...(rename === undefined ? {} : { name: rename }) };
    if (Object.keys(adjustment).length === 0) set.error('Say what is to change; --help lists it.');
    done(await runPlaceChange(loadConfig(), { kind: 'adjust', name, adjustment }));
  });
  for (const [kind, words] of [
    ['pause', 'leave a place alone until it is resumed'],
    ['resume', 'bring a paused place up to date again'],
    ['take-over', 'write to a place that another Reelhold wrote to'],
  ] as const) {
    place
      .command(kind)
      .description(words)
      .argument('<name>')
      .action(async (name: string) => {
        const { runPlaceChange } = await import('./location.ts');
        done(await runPlaceChange(loadConfig(), { kind, name }));
      });
  }
  place
    .command('remove')
    .description('forget a place; nothing on it is deleted')
    .argument('<name>')
    .option(...anyway)
    .action(async (name: string, options: { anyway?: boolean }) => {
      const { runPlaceChange } = await import('./location.ts');
      done(await runPlaceChange(loadConfig(), { kind: 'remove', name, anyway: options.anyway === true }));
    });
  addWork(program, done);
}

const anyway = ['--anyway', 'though it has what is good nowhere else'] as const;

function addAdding(place: Command, done: (code: number) => void): void {
  const add = place.command('add').description('add a drive or a remote');
  withWishes(
    add
      .command('drive')
      .description('a folder on another disk, such as a USB drive')
      .argument('<name>', 'what you call it')
      .argument('<folder>', 'where it is mounted')
      .addOption(new Option('--plain').hideHelp())
      .addOption(new Option('--password-file <file>').hideHelp()),
  ).action(async (name: string, path: string, options: WishOptions, command: Command) => {
    if (options.plain === true || options.passwordFile !== undefined)
      command.error(`error: ${neverEncrypted}`);
    const { driveWish, runPlaceChange } = await import('./location.ts');
    done(
      await runPlaceChange(loadConfig(), {
        kind: 'add',
        wish: driveWish({ name, path, ...wishOf(options) }),
      }),
    );
  });
  withWishes(
    add
      .command('remote')
      .description('anything that rclone reaches')
      .argument('<name>', 'what you call it')
      .argument('<path>', 'a remote of your rclone configuration, and a folder there: remote:folder')
      .addOption(
        new Option('--plain', 'do not encrypt it: whoever runs the service can see your videos').conflicts(
          'passwordFile',
        ),
      )
      .option(...passwordFile),
  ).action(async (name: string, path: string, options: WishOptions) => {
    const { runAddRemote } = await import('./add-remote.ts');
    const asked = { isPlain: options.plain === true, passwordFile: options.passwordFile ?? null };
    done(await runAddRemote(loadConfig(), { name, path, ...asked, wish: wishOf(options) }));
  });
  place
    .command('replace')
    .description('let another drive or remote take the part of one; what the old one holds no longer counts')
    .argument('<name>', 'the one that is broken, lost or full')
    .argument('<path>', 'where the new one is: a folder, or remote:folder of your rclone configuration')
    .addOption(new Option('--plain', 'of a remote: do not encrypt it').conflicts('passwordFile'))
    .option(...passwordFile)
    .option(...anyway)
    .action(async (name: string, path: string, options: ReplaceOptions) => {
      const { runReplace } = await import('./replace-place.ts');
      const asked = {
        isPlain: options.plain === true,
        passwordFile: options.passwordFile ?? null,
        anyway: options.anyway === true,
      };
      done(await runReplace(loadConfig(), { name, path, ...asked }));
    });
  place
    .command('sign-in')
    .description('give this machine what it takes to reach a remote that is a place already')
    .argument('<name>')
    .argument('<path>', 'the same place in your rclone configuration: remote:folder')
    .option(...passwordFile)
    .action(async (name: string, path: string, options: { passwordFile?: string }) => {
      const { runSignIn } = await import('./add-remote.ts');
      done(await runSignIn(loadConfig(), { name, path, passwordFile: options.passwordFile ?? null }));
    });
}

const passwordFile = [
  '--password-file <file>',
  'what it is encrypted with, where something is stored there already; it is in the recovery kit',
] as const;

function withWishes(command: Command): Command {
  return command
    .option('--away', 'it is kept away from home')
    .option('--no-away', 'it is at home')
    .addOption(new Option('--promise-days <days>', 'read everything back at least so often').argParser(days))
    .addOption(new Option('--every-days <days>', 'how often a drive is plugged in').argParser(days))
    .addOption(new Option('--roles <list>', `what goes there: ${chosenRoles.join(',')}`).argParser(roles))
    .option('--set <name>', 'drives that take turns have the same set; "" for none')
    .addOption(new Option('--hours <from-until>', 'when it works: "22:00-07:00", or "any"').argParser(hours))
    .addOption(
      new Option(
        '--bandwidth <timetable>',
        'how fast by the time of day, as rclone has it: "08:00,512K 23:00,off", or "off"',
      ).argParser(bandwidth),
    );
}

const anyHour = 'any';
const noLimit = 'off';

function hours(text: string): string {
  if (text === anyHour || parseWorkHours(text) !== null) return text.trim();
  throw new InvalidArgumentError('It takes two times of the day, such as 22:00-07:00, or "any".');
}

function bandwidth(text: string): string {
  const read = readTimetable(text);
  if (read.kind === 'timetable') return text.trim();
  throw new InvalidArgumentError(wrongTimetable(read));
}

function days(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('It takes a whole number of days, 1 or more.');
  return Number(text);
}

function roles(text: string): readonly AssetRole[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every(isChosenRole)) return names;
  throw new InvalidArgumentError(`It takes some of: ${chosenRoles.join(',')}.`);
}

function wishOf(options: WishOptions): Partial<PlaceWish> {
  const { away, promiseDays, everyDays, roles: wanted, set, hours: schedule, bandwidth: limit } = options;
  return {
    ...(away === undefined ? {} : { awayFromHome: away }),
    ...(promiseDays === undefined ? {} : { promiseDays }),
    ...(everyDays === undefined ? {} : { everyDays }),
    ...(wanted === undefined ? {} : { roles: wanted }),
    ...(set === undefined ? {} : { set: set === '' ? null : set }),
    ...(schedule === undefined ? {} : { schedule: schedule === anyHour ? null : schedule }),
    ...(limit === undefined ? {} : { bandwidth: limit === noLimit ? null : limit }),
  };
}

function addWork(program: Command, done: (code: number) => void): void {
  program
    .command('mirror')
    .description('bring the other places up to date now, and wait for it')
    .argument('[name]', 'one place; all where none is named')
    .action(async (name?: string) => {
      const { runMirror } = await import('./mirror.ts');
      done(await runMirror(loadConfig(), name));
    });
  program
    .command('verify')
    .description('read copies back and compare them now')
    .option('--location <name>', 'one place; "vault" for this NAS')
    .option('--full', 'everything, not only what is due')
    .action(async (options: { location?: string; full?: boolean }) => {
      const { runVerify } = await import('./verify.ts');
      done(await runVerify(loadConfig(), { location: options.location, full: options.full === true }));
    });
  program
    .command('erase')
    .description('delete a video from the trash everywhere, for ever')
    .argument('<video>', 'its id; "reelhold list --trash" shows it')
    .option('--now', 'though it has not been in the trash for 30 days')
    .option('--title <title>', 'its title, instead of being asked for it')
    .action(async (video: string, options: { now?: boolean; title?: string }) => {
      const { runErase } = await import('./erase.ts');
      done(await runErase(loadConfig(), { video, now: options.now === true, title: options.title }));
    });
  program
    .command('report')
    .description('print what is held where, and when each copy was last read back')
    .addOption(new Option('--format <format>').choices(['text', 'csv', 'json', 'html']).default('text'))
    .action(async (options: { format: 'text' | 'csv' | 'json' | 'html' }) => {
      const { runReport } = await import('./report.ts');
      done(await runReport(loadConfig(), options.format));
    });
  program
    .command('drill')
    .description('rehearse a restore: fetch some videos from each place alone')
    .argument('[name]', 'one place; all where none is named')
    .action(async (name?: string) => {
      const { runDrill } = await import('./drill.ts');
      done(await runDrill(loadConfig(), name));
    });
}
