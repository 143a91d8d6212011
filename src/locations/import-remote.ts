import { execa } from 'execa';
import { codeOf, ReelholdError } from '#core/errors.ts';
import {
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
}

export interface ImportedPlace {
  /** `name:path`, for the location's settings. */
  readonly root: string;
  /** rclone's name of the kind of server: `webdav`, `s3` …; `local` for a folder of this machine. */
  readonly serverType: string;
}

const timeoutMs = 60_000;

/**
 * Takes a remote out of the caller's own rclone into a configuration of the location's. Values stay as they are and
 * are never shown; the caller's configuration is only read.
 */
export async function importCallersRemote(request: RemoteImport): Promise<ImportedPlace> {
  const local = parseLocalRemote(request.root);
  const path = local?.path ?? parseRemotePath(request.root);
  const sections = local?.sections ?? (await dumpConfig(request));
  const { env, home, binary, password } = request;
  const imported = importRemote(path, { sections, env: local === null ? env : {}, home });
  const root = `${path.name}:${path.path}`;
  const crypt =
    password === null
      ? {}
      : { [cryptSection]: { type: 'crypt', remote: root, password: await obscure(binary, password) } };
  await saveRcloneConfig(request.configDir, { ...imported.sections, ...crypt });
  if (password !== null) await savePassword(request.configDir, password);
  return { root, serverType: imported.backend.type };
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
