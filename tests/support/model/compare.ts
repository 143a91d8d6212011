import { settingNames } from '#core/settings.ts';
import { digestsOf, type ModelState } from './state.ts';

const knownSettings: ReadonlySet<string> = new Set(settingNames);

/** What a comparison leaves out, because a fault has legitimately taken it away: see `tolerance.ts`. */
export interface Unsure {
  readonly digests: ReadonlySet<string>;
  readonly settings: ReadonlySet<string>;
}

/**
 * Says where two states differ, one line each; nothing, where they are the same but for what is unsure. A video that
 * has one unsure version is left out as a whole, on either side. `isReal`: bytes that somebody put in.
 */
export function findDifferences(
  expected: ModelState,
  observed: ModelState,
  unsure: Unsure,
  isReal: (digest: string) => boolean,
): readonly string[] {
  const left = spread(unsure.digests, [expected, observed]);
  const [a, b] = [expected, observed].map((state) => describe(state, { ...unsure, digests: left }, isReal));
  const here = new Set(a);
  const there = new Set(b);
  return [
    ...[...here].filter((line) => !there.has(line)).map((line) => `expected  ${line}`),
    ...[...there].filter((line) => !here.has(line)).map((line) => `found     ${line}`),
  ];
}

/** Whatever shares a video with something unsure, in either state, is unsure too. */
function spread(digests: ReadonlySet<string>, states: readonly ModelState[]): ReadonlySet<string> {
  const all = new Set(digests);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const { versions } of states.flatMap(({ videos }) => videos)) {
      if (versions.some(({ digest }) => all.has(digest))) for (const { digest } of versions) all.add(digest);
    }
  }
  return all;
}

function describe(state: ModelState, unsure: Unsure, isReal: (digest: string) => boolean): readonly string[] {
  const isSure = (digest: string) => isReal(digest) && !unsure.digests.has(digest);
  const short = (digest: string) => digest.slice('sha256:'.length, 'sha256:'.length + 8);
  const videos = state.videos.flatMap(({ title, trashed, versions }) => {
    const sure = versions.filter(({ digest }) => isSure(digest));
    if (sure.length === 0) return [];
    const shown = sure.map(
      ({ digest, name, isFound }) => `${short(digest)} ${name}${isFound ? ' (found)' : ''}`,
    );
    return [`video "${title}"${trashed ? ' in the trash' : ''}: ${shown.join(', ')}`];
  });
  const order = state.videos
    .flatMap(({ versions }) => versions)
    .filter(({ digest }) => isSure(digest))
    .sort((one, other) => one.order - other.order)
    .map(({ digest }) => short(digest));
  return [
    ...videos,
    ...(order.length === new Set(digestsOf(state).filter(isSure)).size ? [] : ['the same bytes stand twice']),
    `in the order ${order.join(' ')}`,
    ...[...state.links].filter((link) => isSure(link.split(' ')[0] ?? '')).map((link) => `link ${link}`),
    ...[...state.settings]
      .filter(([name]) => knownSettings.has(name) && !unsure.settings.has(name))
      .map(([name, value]) => `setting ${name} = ${value}`),
  ];
}
