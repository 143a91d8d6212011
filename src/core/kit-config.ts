import type { RcloneSections } from './rclone-sections.ts';
import type { KitPlace } from './recovery-kit.ts';

/** A remote with the configuration that this installation reaches it with. */
export interface ConfiguredPlace extends KitPlace {
  readonly sections: RcloneSections;
}

/** What the kit calls each remote, in a configuration of rclone and in commands: letters that everybody can type. */
export function kitNames(places: readonly KitPlace[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { location, name, placeKind } of places) {
    if (placeKind !== 'remote') continue;
    const plain = name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase();
    const base = `my-${plain === '' ? 'remote' : plain}`;
    const taken = new Set(names.values());
    let free = base;
    for (let count = 2; taken.has(free); count += 1) free = `${base}-${count}`;
    names.set(location, free);
  }
  return names;
}

/**
 * One configuration of rclone by which each place is the layout as it is, under the kit's name for it: what is
 * encrypted is decrypted on the way. `crypt` is the section that encrypts in each place's own configuration.
 */
export function kitConfig(places: readonly ConfiguredPlace[], crypt: string): RcloneSections {
  const names = kitNames(places);
  const all: Record<string, Readonly<Record<string, string>>> = {};
  for (const { location, path, encrypted, sections } of places) {
    const own = names.get(location);
    if (own === undefined) continue;
    const rename = (name: string) => (name === crypt ? own : `${own}-${name}`);
    for (const [name, options] of Object.entries(sections)) {
      all[rename(name)] = renameReferences(options, Object.keys(sections), rename);
    }
    if (!encrypted)
      all[own] = renameReferences({ type: 'alias', remote: path }, Object.keys(sections), rename);
  }
  return all;
}

/**
 * A place's own configuration with the tokens that rclone was given while the place was reached by the kit's, whose
 * section of each begins with `kitName`: some services take a token back when they give the next. `before` and `after`
 * are the kit's configuration as it was and as it is now.
 */
export function withNewTokens(
  sections: RcloneSections,
  kitName: string,
  { before, after }: { readonly before: RcloneSections; readonly after: RcloneSections },
): RcloneSections {
  return Object.fromEntries(
    Object.entries(sections).map(([name, options]) => {
      const [known, token] = [before, after].map((kit) => kit[`${kitName}-${name}`]?.token);
      // One that came here meanwhile is newer than what the kit began with.
      const isNew = token !== undefined && token !== known && options.token === known;
      return [name, isNew ? { ...options, token } : options];
    }),
  );
}

/** In `remote = name:path` and `upstreams = name:path dir=other:path`. */
function renameReferences(
  options: Readonly<Record<string, string>>,
  known: readonly string[],
  rename: (name: string) => string,
): Readonly<Record<string, string>> {
  const change = (text: string) =>
    text.replace(/(^|[\s"=])([^\s":=,]+)(?=[:,])/g, (whole, before: string, name: string) =>
      known.includes(name) ? `${before}${rename(name)}` : whole,
    );
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      key === 'remote' || key === 'upstreams' ? change(value) : value,
    ]),
  );
}
