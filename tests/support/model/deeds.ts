import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '#core/plan-change.ts';
import { createChange, formatChange } from '#daemon/operations/change.ts';
import { runHandler } from '#tests/support/operations.ts';
import * as model from './state.ts';
import { type Deed, type World, writeFlushed } from './world.ts';

/** Chooses among what there is: the numbers of a command name nothing that exists only in one run. */
export type Choose = <Item>(items: readonly Item[]) => Item | undefined;

const titles = ['Rome', 'Oslo', 'Lima', 'Kyoto', 'Rīga', 'Bergen by night', 'Porto', 'Quito', 'Accra'];
const newTitles = ['Summer in Rome', 'Oslo', 'Winter', 'Ein Tag', "Mother's birthday", 'Lima'];
const extensions = ['mp4', 'mov', 'webm'];
const posts = ['tiktok 7301', 'tiktok 7302', 'youtube abc'];
const mostInInbox = 3;

/** Digests of the videos that somebody put in and that are listed. */
function listed({ state, files }: World): readonly string[] {
  return model.digestsOf(state).filter((digest) => files.has(digest));
}

function chooseName(choose: Choose, without: readonly string[] = []): string {
  const free = titles.filter((title) => !without.some((name) => name.startsWith(`${title}.`)));
  return `${choose(free) ?? 'More'}.${choose(extensions) ?? 'mp4'}`;
}

/** Videos that the owner names himself: new ones, and versions of those whose name they have. */
export function add(world: World, choose: Choose): Deed {
  const files: model.ModelFile[] = [];
  for (let left = choose([1, 1, 2, 3]) ?? 1; left > 0; left -= 1) {
    const name = chooseName(
      choose,
      files.map((file) => file.name),
    );
    files.push({ digest: world.newBytes().digest, name });
  }
  return takeDeed(world, files);
}

/** Bytes that are held, under whatever name; where they went bad these take their place. */
export function duplicate(world: World, choose: Choose): Deed | null {
  const bad = choose([true, false])
    ? choose(world.badBlobs().filter((one) => listed(world).includes(one)))
    : undefined;
  const digest = bad ?? choose(listed(world));
  if (digest === undefined) return null;
  const deed = takeDeed(world, [{ digest, name: chooseName(choose) }]);
  return {
    ...deed,
    async run() {
      await deed.run();
      if (!world.isStopped) world.mustBeGood(digest);
    },
  };
}

function takeDeed(world: World, files: readonly model.ModelFile[]): Deed {
  const folder = join(world.home.shelf, 'sources', `${world.counts.steps}`);
  mkdirSync(folder, { recursive: true });
  const takeOne = async ({ digest, name }: model.ModelFile) => {
    const bytes = world.files.get(digest) ?? Buffer.alloc(0);
    const path = writeFlushed(folder, name, bytes);
    const request = { source: { path, within: null }, continues: null, sizeBytes: bytes.length };
    const taken = await world.archive.intake.take({ ...request, signal: new AbortController().signal });
    if (taken.digest !== digest) throw new Error(`${name} was taken as ${taken.digest}`);
    world.acknowledge(digest);
  };
  return {
    async run() {
      const results = await Promise.allSettled(files.map(takeOne));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    whole: model.allOf(world.state, files, model.take),
    broken: model.anyOf(world.state, files, model.take),
  };
}

/** A file that somebody copies into the inbox; nobody looks there before the daemon runs. */
export function putIntoInbox(world: World, choose: Choose): Deed | null {
  const waiting = waitingInInbox(world);
  if (waiting.length >= mostInInbox) return null;
  const name = chooseName(
    choose,
    [...world.inboxed.keys()].filter((path) => waiting.some((file) => file.name === path)),
  );
  const known = listed(world).filter((digest) => waiting.every((file) => file.digest !== digest));
  const digest = (choose([true, true, false]) ? undefined : choose(known)) ?? world.newBytes().digest;
  return {
    async run() {
      const bytes = world.files.get(digest) ?? Buffer.alloc(0);
      writeFlushed(world.home.inboxDir, name, bytes);
      world.inboxed.set(name, digest);
    },
    whole: [world.state],
    broken: [world.state],
  };
}

export function waitingInInbox({ home, inboxed }: World): readonly model.ModelFile[] {
  return [...inboxed]
    .filter(([path]) => existsSync(join(home.inboxDir, path)))
    .map(([name, digest]) => ({ digest, name }));
}

export function rename(world: World, choose: Choose): Deed | null {
  const [digest, title] = [choose(listed(world)), choose(newTitles) ?? ''];
  if (digest === undefined) return null;
  return changeDeed(world, model.rename(world.state, digest, title), () => ({
    kind: 'rename',
    video: world.idsOf(digest).video,
    title,
  }));
}

export function merge(world: World, choose: Choose): Deed | null {
  const [from, into] = [choose(listed(world)), choose(listed(world))];
  if (from === undefined || into === undefined) return null;
  return changeDeed(world, model.merge(world.state, from, into), () => ({
    kind: 'merge',
    from: world.idsOf(from).video,
    into: world.idsOf(into).video,
  }));
}

/** Into the trash where it is not, and back where it is. */
export function trash(world: World, choose: Choose): Deed | null {
  const digest = choose(listed(world));
  if (digest === undefined) return null;
  const trashed = model.videoOf(world.state, digest)?.trashed === false;
  return changeDeed(world, model.trash(world.state, digest, trashed), () => ({
    kind: 'trash',
    video: world.idsOf(digest).video,
    trashed,
  }));
}

/** Links it where it is not, and takes the link back where it is. */
export function link(world: World, choose: Choose): Deed | null {
  const [digest, post] = [choose(listed(world)), choose(posts) ?? ''];
  if (digest === undefined) return null;
  const linked = !world.state.links.has(`${digest} ${post}`);
  const [platform = '', id = ''] = post.split(' ');
  return changeDeed(world, model.link(world.state, digest, post, linked), () => ({
    ...{ kind: 'link', platform, post: id, linked },
    version: world.idsOf(digest).version,
  }));
}

export function setSetting(world: World, choose: Choose): Deed {
  const name = choose(['proof-days', 'proof-gb-a-night'] as const) ?? 'proof-days';
  const value = choose([null, '30', '365', '90']) ?? null;
  return changeDeed(world, model.set(world.state, name, value), () => ({ kind: 'set', name, value }));
}

/** What is refused changes nothing, as the model has it. */
function changeDeed(world: World, after: model.ModelState, change: () => Change): Deed {
  return {
    async run() {
      const handler = createChange(world.archive);
      await runHandler(handler, formatChange(change())).catch((error: unknown) => {
        if (after !== world.state || world.isStopped) throw error;
      });
    },
    whole: [after],
    broken: [world.state, after],
  };
}
