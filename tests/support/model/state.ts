/**
 * What an owner would say that he has: the plain model a run is compared with. Everything is named by the digest of
 * its bytes, so that nothing of the archive's own bookkeeping (ids, sequences, folders) leaks in.
 */
export interface ModelState {
  readonly videos: readonly ModelVideo[];
  /** `digest platform post`. */
  readonly links: ReadonlySet<string>;
  readonly settings: ReadonlyMap<string, string>;
}

export interface ModelVideo {
  readonly title: string;
  readonly trashed: boolean;
  /** Oldest first. */
  readonly versions: readonly ModelVersion[];
}

export interface ModelVersion {
  readonly digest: string;
  readonly name: string;
  /** Adopted without a name of its own. */
  readonly isFound: boolean;
  /** Larger for what was recorded later. */
  readonly order: number;
}

export interface ModelFile {
  readonly digest: string;
  readonly name: string;
}

export const emptyState: ModelState = { videos: [], links: new Set(), settings: new Map() };

export function videoOf(state: ModelState, digest: string): ModelVideo | undefined {
  return state.videos.find(({ versions }) => versions.some((version) => version.digest === digest));
}

export function digestsOf(state: ModelState): readonly string[] {
  return state.videos.flatMap(({ versions }) => versions.map(({ digest }) => digest));
}

/** The names that the run gives say what the video is called, and are not alike but for their case. */
function titleOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

export function take(state: ModelState, file: ModelFile): ModelState {
  const held = videoOf(state, file.digest);
  if (held !== undefined) return replace(state, held, broughtBack(held, file));
  const version = { ...file, isFound: false, order: nextOrder(state) };
  const same = latestOfTitle(state, titleOf(file.name));
  if (same !== undefined) return replace(state, same, { ...same, versions: [...same.versions, version] });
  const video = { title: titleOf(file.name), trashed: false, versions: [version] };
  return { ...state, videos: [...state.videos, video] };
}

/** Bytes that were found without a record get the name they come with. */
function broughtBack(video: ModelVideo, { digest, name }: ModelFile): ModelVideo {
  const found = video.versions.find((version) => version.digest === digest && version.isFound);
  if (found === undefined) return { ...video, trashed: false };
  return {
    title: video.title === titleOf(found.name) ? titleOf(name) : video.title,
    trashed: false,
    versions: video.versions.map((version) =>
      version === found ? { ...found, name, isFound: false } : version,
    ),
  };
}

function latestOfTitle(state: ModelState, title: string): ModelVideo | undefined {
  let latest: { readonly video: ModelVideo; readonly order: number } | undefined;
  for (const video of state.videos) {
    if (video.trashed) continue;
    for (const { name, order } of video.versions) {
      if (titleOf(name) === title && order > (latest?.order ?? -1)) latest = { video, order };
    }
  }
  return latest?.video;
}

function nextOrder({ videos }: ModelState): number {
  return 1 + Math.max(0, ...videos.flatMap(({ versions }) => versions.map(({ order }) => order)));
}

/** What stands in the store without a record becomes a video of its own. */
export function adopt(state: ModelState, { digest, ext }: { digest: string; ext: string }): ModelState {
  if (videoOf(state, digest) !== undefined) return state;
  const name = `Found ${`${digest.slice('sha256:'.length)}.${ext}`.slice(-20)}`;
  const version = { digest, name, isFound: true, order: nextOrder(state) };
  return {
    ...state,
    videos: [...state.videos, { title: titleOf(name), trashed: false, versions: [version] }],
  };
}

export function rename(state: ModelState, digest: string, title: string): ModelState {
  return change(state, digest, (video) => ({
    ...video,
    title: title.trim() === '' ? video.title : title.trim(),
  }));
}

export function trash(state: ModelState, digest: string, trashed: boolean): ModelState {
  return change(state, digest, (video) => ({ ...video, trashed }));
}

export function merge(state: ModelState, from: string, into: string): ModelState {
  const [source, target] = [videoOf(state, from), videoOf(state, into)];
  if (source === undefined || target === undefined || source === target) return state;
  if (source.trashed || target.trashed) return state;
  const rest = { ...state, videos: state.videos.filter((video) => video !== source) };
  return replace(rest, target, { ...target, versions: [...target.versions, ...source.versions] });
}

export function link(state: ModelState, digest: string, post: string, linked: boolean): ModelState {
  const links = new Set(state.links);
  if (linked) links.add(`${digest} ${post}`);
  else links.delete(`${digest} ${post}`);
  return { ...state, links };
}

export function set(state: ModelState, name: string, value: string | null): ModelState {
  const settings = new Map(state.settings);
  if (value === null) settings.delete(name);
  else settings.set(name, value);
  return { ...state, settings };
}

function change(state: ModelState, digest: string, how: (video: ModelVideo) => ModelVideo): ModelState {
  const video = videoOf(state, digest);
  return video === undefined ? state : replace(state, video, how(video));
}

function replace(state: ModelState, video: ModelVideo, by: ModelVideo): ModelState {
  return { ...state, videos: state.videos.map((one) => (one === video ? by : one)) };
}

/** What an interrupted step may have come to: each choice of items, in each order, applied to the state. */
export function anyOf<Item>(
  state: ModelState,
  items: readonly Item[],
  apply: (state: ModelState, item: Item) => ModelState,
): readonly ModelState[] {
  const further = items.flatMap((item, index) => anyOf(apply(state, item), items.toSpliced(index, 1), apply));
  return [state, ...further];
}

/** The same where nothing was interrupted: all of them, in each order. */
export function allOf<Item>(
  state: ModelState,
  items: readonly Item[],
  apply: (state: ModelState, item: Item) => ModelState,
): readonly ModelState[] {
  if (items.length === 0) return [state];
  return items.flatMap((item, index) => allOf(apply(state, item), items.toSpliced(index, 1), apply));
}
