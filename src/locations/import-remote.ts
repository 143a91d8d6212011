import { execa } from 'execa';
import { codeOf, ReelholdError } from '#core/errors.ts';
import {
  endsHere,
  importRemote,
  parseLocalRemote,
  parseRemotePath,
  type RcloneSections,
} from '#core/rclone-sections.ts';
import { cryptSection } from './encrypted-style.ts';
import { shownText } from './rclone.ts';
import { savePassword, saveRcloneConfig } from './rclone-config.ts';

export interface RemoteImport {
  readonly binary: string;
  /** The caller's whole environment: rclone finds their configuration by it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** As the caller wrote it: `name:path`, or `:local:/folder`. */
  readonly root: string;
  /** Where the location's own configuration goes. */
  readonly configDir: string;
  /** What everything there is encrypted with; null for a remote that holds the layout as it is. */
  readonly password: string | null;
  /** Whether its files may be on a disk of this machine, as for whoever only reads. */
  readonly mayBeHere: boolean;
}

const timeoutMs = 60_000;

/**
 * Takes a remote out of the caller's own rclone into a configuration of the location's. Values stay as they are and
 * are never shown; the caller's configuration is only read. Gives `name:path`, for the location's settings.
 */
export async function importCallersRemote(request: RemoteImport): Promise<string> {
  const local = parseLocalRemote(request.root);
  const path = local?.path ?? parseRemotePath(request.root);
  const sections = local?.sections ?? (await dumpConfig(request));
  const { env, home, binary, password } = request;
  const imported = importRemote(path, { sections, env: local === null ? env : {}, home });
  if (!request.mayBeHere && endsHere(path.name, imported.sections)) throw isFolderOfThisMachine(request.root);
  const root = `${path.name}:${path.path}`;
  const crypt =
    password === null
      ? {}
      : { [cryptSection]: { type: 'crypt', remote: root, password: await obscure(binary, password) } };
  await saveRcloneConfig(request.configDir, { ...imported.sections, ...crypt });
  if (password !== null) await savePassword(request.configDir, password);
  return root;
}

/** What rclone reads back from a disk of this machine may come from its memory, and what it writes is not flushed. */
function isFolderOfThisMachine(path: string): ReelholdError {
  const hint =
    'Add its folder as a drive, whose files are read back from the disk itself: reelhold location add drive NAME FOLDER.';
  return new ReelholdError(
    { kind: 'unsupported', operation: 'add', object: path, hint },
    'its files are on a disk of this machine',
  );
}

/** rclone's own form, which hides a password from a glance at the file, and from nothing else. */
function obscure(binary: string, password: string): Promise<string> {
  return filter(binary, ['obscure', '-'], password);
}

/** Secrets go by the standard input: arguments can be read by every user of the machine. */
async function filter(binary: string, args: readonly string[], input: string): Promise<string> {
  const result = await execa(binary, args, { input, env: {}, reject: false, timeout: timeoutMs });
  if (result.failed) throw failure(binary, result, [input]);
  return result.stdout.trim();
}

async function dumpConfig({ binary, env }: RemoteImport): Promise<RcloneSections> {
  const result = await execa(binary, ['config', 'dump', '--ask-password=false'], {
    ...{ env: { ...env }, extendEnv: false, stdin: 'ignore', reject: false, timeout: timeoutMs },
  });
  if (result.failed) throw failure(binary, result, []);
  try {
    return JSON.parse(result.stdout) as RcloneSections;
  } catch (error) {
    const facts = { kind: 'io', operation: 'read', object: "rclone's configuration" } as const;
    throw new ReelholdError(facts, 'rclone answered with something else', { cause: error });
  }
}

function failure(
  binary: string,
  result: { readonly stderr: string; readonly exitCode?: number },
  secrets: readonly string[],
): ReelholdError {
  const isMissing = result.exitCode === undefined && codeOf(result) !== undefined;
  return new ReelholdError(
    {
      kind: 'unsupported',
      operation: 'ask',
      object: binary,
      hint: isMissing ? 'Install rclone.' : 'Try "rclone listremotes": it has to work for you first.',
    },
    isMissing ? 'it cannot be started' : shownText(result.stderr || 'it gave no answer', secrets),
  );
}
