import { type RcloneCall, throwIfAborted } from './rclone.ts';
import type { RemoteFolder } from './remote-folder.ts';

type Call = Pick<RcloneCall, 'signal' | 'operation' | 'object'>;

/** The encrypted names of a place, as the password alone gives them: the same name is always the same. */
export interface CipherNames {
  /** Encrypted paths by plain ones. */
  encrypt(paths: readonly string[], call: Call): Promise<ReadonlyMap<string, string>>;
}

/** rclone takes no more; names say nothing that a command line may not. */
const namesAtOnce = 10;

export function createCipherNames(crypt: RemoteFolder): CipherNames {
  const known = new Map<string, string>();

  const ask = async (names: readonly string[], call: Call) => {
    const answers = new Map<string, string>();
    for (let at = 0; at < names.length; at += namesAtOnce) {
      throwIfAborted(call);
      const some = names.slice(at, at + namesAtOnce);
      const output = await crypt.rclone.require(
        ['cryptdecode', '--reverse', '--', crypt.root, ...some],
        call,
      );
      for (const line of output.split('\n')) {
        const [, from, to] = /^(.+?) \t (.+)$/.exec(line) ?? [];
        if (from !== undefined && to !== undefined) answers.set(from, to);
      }
    }
    return answers;
  };

  return {
    async encrypt(paths, call) {
      const lacking = paths.filter((path) => !known.has(path));
      const names = await ask(lacking, call);
      // Folders are asked for again and again; a hundred thousand files are not kept.
      if (known.size < 1000) for (const [path, name] of names) known.set(path, name);
      return new Map(paths.map((path) => [path, known.get(path) ?? names.get(path) ?? '']));
    },
  };
}
