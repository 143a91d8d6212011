import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type InboxSetting, inboxesAllowed, parseInboxes } from '#core/inbox-setting.ts';
import { mixedFolders } from './own-folders.ts';

/** Everything that can be set from outside, checked once; nobody else reads the environment. */
export interface Config {
  readonly configDir: string;
  readonly catalogueFile: string;
  readonly vaultDir: string;
  readonly libraryDir: string;
  readonly libraryMode: 'auto' | 'reflink' | 'hardlink' | 'copy' | 'off';
  /** At least one; the page speaks of the first where it says where to put a video. */
  readonly inboxes: readonly [InboxSetting, ...InboxSetting[]];
  readonly host: string;
  readonly port: number;
  /** '' or a path that begins with a slash and does not end with one. */
  readonly basePath: string;
  /** Names by which a browser may ask for the page, lower-case, without a port. */
  readonly allowedHosts: readonly string[];
  readonly quietMs: number;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly format: 'text' | 'json' };
  readonly timeZone: string;
  /** PATH, for programs that start others. */
  readonly searchPath: string;
}

/** Every mistake in the settings, in one message that names each and says what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`These settings need mending:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

const loopback = ['127.0.0.1', '::1', 'localhost'];

const folder = (allowed: string) => z.string().refine((text) => text !== '' && !text.includes('\0'), allowed);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of: ${values.join(', ')}`);
const wholeNumber = (low: number, high: number, unit: string) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number${unit} from ${low} to ${high}`)
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must be a whole number${unit} from ${low} to ${high}`);

/** The settings: name, what is allowed, what holds where nothing is set. */
const settings = {
  REELHOLD_CONFIG: folder('must be a folder').default('data/config'),
  REELHOLD_VAULT: folder('must be a folder').default('data/vault'),
  REELHOLD_LIBRARY: folder('must be a folder').default('data/library'),
  REELHOLD_LIBRARY_MODE: oneOf(['auto', 'reflink', 'hardlink', 'copy', 'off']).default('auto'),
  REELHOLD_INBOX: z
    .string()
    .refine((text) => parseInboxes(text) !== null, inboxesAllowed)
    .default('data/inbox'),
  REELHOLD_HOST: z
    .string()
    .refine(
      (host) => loopback.includes(host),
      `must be one of: ${loopback.join(', ')} (there is no login yet, so only this machine may see the page)`,
    )
    .default('127.0.0.1'),
  REELHOLD_PORT: wholeNumber(1, 65_535, '').default(3210),
  REELHOLD_BASE_PATH: z
    .string()
    .regex(/^$|^\/$|^(\/[A-Za-z0-9._~-]+)+\/?$/, 'must be empty or a path such as /reelhold')
    .transform((path) => path.replace(/\/$/, ''))
    .default(''),
  REELHOLD_QUIET_SECONDS: wholeNumber(1, 86_400, ' of seconds').default(10),
  REELHOLD_LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error']).default('info'),
  REELHOLD_LOG_FORMAT: oneOf(['text', 'json']).default('text'),
  TZ: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
    .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of whoever typed a command: their rclone finds its configuration by it. */
export function callersEnvironment(): Environment {
  return process.env;
}

/** Reads and checks all settings; throws a {@link ConfigError} that lists every mistake. */
export function loadConfig(env: Environment = process.env, workingDir: string = process.cwd()): Config {
  const mistakes: string[] = [];
  const values = z.object(settings).safeParse(readValues(env, mistakes));
  for (const issue of values.error?.issues ?? []) mistakes.push(`${String(issue.path[0])} ${issue.message}.`);
  if (!values.success || mistakes.length > 0) throw new ConfigError(mistakes);
  const set = values.data;
  const configDir = resolve(workingDir, set.REELHOLD_CONFIG);
  const inboxes = (parseInboxes(set.REELHOLD_INBOX) ?? []).map((inbox) => ({
    ...inbox,
    dir: resolve(workingDir, inbox.dir),
  }));
  const config = {
    configDir,
    catalogueFile: join(configDir, 'catalogue.sqlite'),
    vaultDir: resolve(workingDir, set.REELHOLD_VAULT),
    libraryDir: resolve(workingDir, set.REELHOLD_LIBRARY),
    libraryMode: set.REELHOLD_LIBRARY_MODE,
    inboxes: inboxes as [InboxSetting, ...InboxSetting[]],
    host: set.REELHOLD_HOST,
    port: set.REELHOLD_PORT,
    basePath: set.REELHOLD_BASE_PATH,
    allowedHosts: [...loopback, '[::1]', hostname().toLowerCase()],
    quietMs: set.REELHOLD_QUIET_SECONDS * 1000,
    log: { level: set.REELHOLD_LOG_LEVEL, format: set.REELHOLD_LOG_FORMAT },
    timeZone: set.TZ,
    searchPath: env.PATH ?? '',
  };
  const mixed = mixedFolders(config);
  if (mixed.length > 0) throw new ConfigError(mixed);
  return Object.freeze(config);
}

/** What the inboxes are called in rows: their folders. */
export function inboxNames({ inboxes }: Config): readonly [string, ...string[]] {
  const [first, ...others] = inboxes;
  return [first.dir, ...others.map(({ dir }) => dir)];
}

/** What the set-up and test scripts read. */
const scriptSettings = ['REELHOLD_SKIP_TOOLS', 'REELHOLD_TEST_SEED', 'REELHOLD_BENCH_DIR'];

/** The names under `REELHOLD_` that mean nothing: most often a slip of the pen. */
export function unknownSettings(env: Environment = process.env): readonly string[] {
  const known = new Set([
    ...Object.keys(settings).flatMap((name) => [name, `${name}_FILE`]),
    ...scriptSettings,
  ]);
  return Object.keys(env).filter((name) => name.startsWith('REELHOLD_') && !known.has(name));
}

/** Each setting may stand in a file instead, as Docker's secrets do: `NAME_FILE` names it. Empty is not set. */
function readValues(env: Environment, mistakes: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(settings)) {
    const direct = env[name] || undefined;
    const file = env[`${name}_FILE`] || undefined;
    if (direct !== undefined && file !== undefined) {
      mistakes.push(`${name} and ${name}_FILE are both set; set only one of them.`);
    } else if (file !== undefined) {
      const text = readSetting(file);
      if (text === null) mistakes.push(`${name}_FILE names ${file}, which cannot be read.`);
      else values[name] = text;
    } else if (direct !== undefined) {
      values[name] = direct;
    }
  }
  return values;
}

function readSetting(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return null;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
