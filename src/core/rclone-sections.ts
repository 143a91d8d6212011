import { ReelholdError } from './errors.ts';

/** A configuration of rclone's: each remote's options by its name; `type` is one of them. */
export type RcloneSections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A place in one of rclone's remotes: `name:path`. */
export interface RemotePath {
  readonly name: string;
  readonly path: string;
}

/** Names that rclone itself allows (its documentation, "Valid remote names"), but for those that look like an option. */
const namePattern = /^[\p{L}\p{N}_.+@][\p{L}\p{N}_.+@ -]*$/u;

/** Reads `name:path`; fails with a hint for a folder of this machine, for an address, and for what is neither. */
export function parseRemotePath(text: string): RemotePath {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon));
  const path = text.slice(colon + 1);
  const isPath = !/\p{Cc}/u.test(path) && !path.split('/').includes('..');
  if (
    colon > 0 &&
    namePattern.test(name) &&
    !name.endsWith(' ') &&
    isPath &&
    !path.startsWith('/'.repeat(2))
  ) {
    return { name, path: path.replace(/\/+$/, (end) => (end === path ? end : '')) };
  }
  throw new ReelholdError(
    {
      kind: 'unsupported',
      operation: 'understand',
      object: JSON.stringify(text.slice(0, 200)),
      hint: text.startsWith('/')
        ? 'A folder of this machine is added as a drive.'
        : 'Write NAME:PATH, with a NAME that "rclone listremotes" shows.',
    },
    'this is no place of a remote of rclone',
  );
}

/** `:local:/folder`, as rclone has it for a folder of this machine: a remote that needs no configuration. Else null. */
export function parseLocalRemote(
  text: string,
): { readonly path: RemotePath; readonly sections: RcloneSections } | null {
  const [, folder] = /^:local:(\/.*)$/s.exec(text) ?? [];
  if (folder === undefined) return null;
  return { path: parseRemotePath(`local:${folder}`), sections: { local: { type: 'local' } } };
}

const secretOption = /pass|token|secret|key|credential|cookie|auth|sas_url|2fa|code|account|mnemonic/i;

/** Whether an option's value must never be shown. */
export function isSecretOption(name: string): boolean {
  return secretOption.test(name) && !/^(?:auth_url|token_url|key_use_agent)$|_file$/i.test(name);
}

/** What the caller's own rclone knows: its configuration file, and its environment, which counts more. */
export interface CallersRclone {
  /** As `rclone config dump` has it. */
  readonly sections: RcloneSections;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For `~` in the names of key files. */
  readonly home: string;
}

export interface ImportedRemote {
  /** What Reelhold needs of it: this remote, and those that it is made of. */
  readonly sections: RcloneSections;
  /** The server that files end up at, behind remotes that only give another one a name. */
  readonly backend: { readonly type: string; readonly options: Readonly<Record<string, string>> };
}

/** Names that Reelhold gives its own remotes in the same configuration. */
const reservedPrefix = 'reelhold-';

/**
 * Takes a remote out of the caller's rclone, with whatever it refers to. Values stay as they are, obscured ones too.
 * Fails with a hint where it is not there, or is not complete.
 */
export function importRemote({ name }: RemotePath, callers: CallersRclone): ImportedRemote {
  const sections: Record<string, Readonly<Record<string, string>>> = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Object.hasOwn(sections, next)) continue;
    const options = findRemote(next, callers);
    if (options === null || next.startsWith(reservedPrefix)) throw noSuchRemote(next, name);
    sections[next] = options;
    waiting.push(...referredNames(options));
  }
  return { sections, backend: backendOf(name, sections) };
}

/** Follows remotes that only give another one a name. */
export function backendOf(name: string, sections: RcloneSections): ImportedRemote['backend'] {
  const seen = new Set<string>();
  for (let at = name; ; ) {
    const options = sections[at] ?? {};
    if (options.type !== 'alias' || seen.has(at)) return { type: options.type ?? '', options };
    seen.add(at);
    const [target] = referredNames(options);
    if (target === undefined) return { type: 'local', options: {} };
    at = target;
  }
}

/** Remotes that give another one's files in other clothes, by the option that names it. */
const wrappers: Readonly<Record<string, 'remote' | 'upstreams'>> = {
  ...{ alias: 'remote', crypt: 'remote', chunker: 'remote', compress: 'remote', hasher: 'remote' },
  ...{ cache: 'remote', archive: 'remote', union: 'upstreams', combine: 'upstreams' },
};

/** Whether files of a remote, or some of them, end up on a disk of this machine. */
export function endsHere(name: string, sections: RcloneSections): boolean {
  const seen = new Set<string>();
  const waiting = [name];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { type = '', ...options } = sections[at] ?? {};
    if (type === 'local') return true;
    if (seen.has(at)) continue;
    seen.add(at);
    const option = wrappers[type];
    if (option === undefined) continue;
    const targets = option === 'remote' ? [options.remote ?? ''] : splitUpstreams(options.upstreams ?? '');
    if (targets.some(isFolderHere)) return true;
    waiting.push(...referredNames(options));
  }
  return false;
}

/** A path without a remote's name, or the remote `local` without a configuration. */
function isFolderHere(target: string): boolean {
  return /^:local[,:]/.test(target) || !/^:?[^:/]+:/.test(target);
}

function findRemote(name: string, { sections, env, home }: CallersRclone): Record<string, string> | null {
  const prefix = `RCLONE_CONFIG_${name.toUpperCase().replaceAll('-', '_')}_`;
  const fromEnv = Object.entries(env).flatMap(([key, value]) =>
    key.startsWith(prefix) && value !== undefined
      ? [[key.slice(prefix.length).toLowerCase(), value] as const]
      : [],
  );
  const options = {
    ...(Object.hasOwn(sections, name) ? sections[name] : {}),
    ...Object.fromEntries(fromEnv),
  };
  if (options.type === undefined) return null;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, withHome(key, value, home)]));
}

/** Our rclone has another home than the caller's. */
function withHome(option: string, value: string, home: string): string {
  return option.endsWith('_file') ? value.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/)/, home) : value;
}

/** The remotes in `remote = name:path` and `upstreams = name:path dir=other:path "third:path with spaces":ro`. */
function referredNames(options: Readonly<Record<string, string>>): string[] {
  const texts = [options.remote ?? '', ...splitUpstreams(options.upstreams ?? '')];
  return texts.flatMap((text) => {
    const [, name] = /^"?([^:"/]+):/.exec(text) ?? [];
    return name === undefined ? [] : [name.split(',')[0] ?? name];
  });
}

function splitUpstreams(text: string): string[] {
  const words = text.match(/(?:"(?:[^"]|"")*"|[^\s"])+/g) ?? [];
  return words.map((word) => word.replace(/^"?[^=:"]*=/, '').replace(/^"/, ''));
}

function noSuchRemote(name: string, wanted: string): ReelholdError {
  return new ReelholdError(
    {
      kind: 'missing',
      operation: 'import',
      object: `the remote ${JSON.stringify(wanted)}`,
      hint: 'Look at "rclone listremotes", or make it with "rclone config".',
    },
    name === wanted
      ? 'rclone does not know it'
      : `it refers to ${JSON.stringify(name)}, which rclone does not know`,
  );
}
