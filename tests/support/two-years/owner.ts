import { parseDigest } from '#core/digest.ts';
import { formatEraseWish } from '#daemon/operations/erase.ts';
import type { Choose } from '#tests/support/model/deeds.ts';
import * as model from '#tests/support/model/state.ts';
import { type DriveName, driveNames } from './house.ts';
import type { World } from './world.ts';

/** Something that the owner does, or that happens; null where it is not possible now. */
export type Event = (world: World, choose: Choose) => Promise<void> | null;

const places = [
  'Rome',
  'Oslo',
  'Lima',
  'Kyoto',
  'Rīga',
  'Bergen',
  'Porto',
  'Quito',
  'Accra',
  'Split',
  'Basel',
];
const moods = [
  'by night',
  'in the rain',
  'from above',
  'on foot',
  'with Mother',
  'in spring',
  'uncut',
  'alone',
];
const extensions = ['mp4', 'mov', 'webm'];
const newTitles = ['Summer in Rome', 'Winter', 'Ein Tag', "Mother's birthday", 'The long way home'];
const posts = ['tiktok 7301', 'tiktok 7302', 'youtube abc'];

function bring(world: World, choose: Choose, name: string): Promise<void> {
  const file = { digest: world.newBytes(), name };
  world.state = model.take(world.state, file);
  return choose([true, true, false]) ? world.putIntoInbox(file) : world.take(file);
}

export const add: Event = (world, choose) => {
  const name = `${choose(places)} ${choose(moods)}.${choose(extensions)}`;
  return bring(world, choose, name);
};

/** Another version of a video, under the name of one that it has. */
export const edit: Event = (world, choose) => {
  const video = choose(world.state.videos.filter(({ trashed }) => !trashed));
  const version = choose(video?.versions ?? []);
  return version === undefined ? null : bring(world, choose, version.name);
};

/** An afternoon in which all that there is is exported anew, as a program that spoils files would do it too. */
export const editAll: Event = (world, choose) => {
  const videos = world.state.videos.filter(({ trashed }) => !trashed);
  if (videos.length < 20) return null;
  return (async () => {
    for (const { versions } of videos.slice(0, 25)) await bring(world, choose, versions[0]?.name ?? '');
    await world.ask('clear-hold', 'intake', '');
    const change = world.archive.catalogue.notes.condition('changes')?.change;
    if (change === undefined || change === 'none')
      throw new Error('25 videos changed at once, and nobody says so');
  })();
};

export const rename: Event = (world, choose) => {
  const digest = choose(model.digestsOf(world.state));
  const title = choose(newTitles) ?? '';
  if (digest === undefined) return null;
  world.state = model.rename(world.state, digest, title);
  return world.change({ kind: 'rename', video: world.idsOf(digest).video, title });
};

export const link: Event = (world, choose) => {
  const digest = choose(model.digestsOf(world.state));
  const post = choose(posts) ?? '';
  if (digest === undefined) return null;
  const linked = !world.state.links.has(`${digest} ${post}`);
  world.state = model.link(world.state, digest, post, linked);
  const [platform = '', id = ''] = post.split(' ');
  return world.change({ kind: 'link', version: world.idsOf(digest).version, platform, post: id, linked });
};

export const merge: Event = (world, choose) => {
  const videos = world.state.videos.filter(({ trashed }) => !trashed);
  const [from, into] = [choose(videos), choose(videos)].map((video) => video?.versions[0]?.digest);
  if (from === undefined || into === undefined) return null;
  const after = model.merge(world.state, from, into);
  if (after === world.state) return null;
  world.state = after;
  return world.change({ kind: 'merge', from: world.idsOf(from).video, into: world.idsOf(into).video });
};

/** Into the trash where it is not, and back where it is. */
export const trash: Event = (world, choose) => {
  const digest = choose(model.digestsOf(world.state));
  if (digest === undefined) return null;
  const trashed = model.videoOf(world.state, digest)?.trashed === false;
  world.state = model.trash(world.state, digest, trashed);
  return world.change({ kind: 'trash', video: world.idsOf(digest).video, trashed });
};

/** Deletes a video everywhere, for ever. */
export const erase: Event = (world, choose) => {
  const video = choose(world.state.videos.filter(({ trashed }) => trashed));
  const change = world.archive.catalogue.notes.condition('changes')?.change ?? 'none';
  if (video === undefined || change !== 'none') return null;
  const digests = video.versions.map(({ digest }) => digest);
  const id = world.idsOf(digests[0] ?? '').video;
  const links = [...world.state.links].filter((one) => !digests.includes(one.split(' ')[0] ?? ''));
  const videos = world.state.videos.filter((one) => one !== video);
  world.state = { ...world.state, videos, links: new Set(links) };
  for (const digest of digests) world.erased.add(digest);
  return (async () => {
    await world.ask('erase', 'vault', formatEraseWish({ video: id, title: video.title, now: true }));
    const left = digests.filter((digest) => world.archive.catalogue.archive.isHeld(parseDigest(digest)));
    if (left.length > 0) throw new Error(`${left.join(', ')} was erased, and is still held`);
  })();
};

/** Plugs a drive in, or takes it to its drawer. */
export const plugOrUnplug: Event = async (world, choose) => {
  const drive = choose(driveNames) ?? 'Blue';
  if (world.house.isPlugged(drive)) unplug(world, drive);
  else plug(world, drive);
  await seePlaces(world);
};

/** The drives take turns. */
export const swapDrives: Event = async (world) => {
  const plugged = driveNames.filter((drive) => world.house.isPlugged(drive));
  const [away = 'Green'] = plugged.length === 0 ? [] : plugged;
  for (const drive of driveNames) {
    if (drive === away) unplug(world, drive);
    else plug(world, drive);
  }
  await seePlaces(world);
};

export function plug(world: World, drive: DriveName): void {
  world.house.plug(drive);
  world.inDrawerSinceMs.delete(drive);
}

function unplug(world: World, drive: DriveName): void {
  if (!world.house.isPlugged(drive)) return;
  world.house.unplug(drive);
  world.inDrawerSinceMs.set(drive, world.clock.nowMs());
}

/** The daemon notices what came and went; the owner takes over what a lost vault had written to. */
export async function seePlaces(world: World): Promise<void> {
  for (let looks = 0; looks < 3; looks += 1) {
    await world.clock.advance(11 * 60_000);
    await world.idle();
  }
  for (const { location, name } of world.archive.catalogue.places.list()) {
    const presence = world.archive.catalogue.notes.condition(`place:${location}`)?.presence;
    if (presence?.state !== 'away' || presence.reason !== 'another-writer') continue;
    const drive = driveNames.find((own) => own === name);
    // What is known of one in its drawer is how it was when it went there.
    if (drive !== undefined && !world.house.isPlugged(drive)) continue;
    // On a drive that is full not even the mark fits; the owner makes room first.
    if (drive !== undefined) world.house.full.delete(drive);
    await world.changePlace({ kind: 'take-over', name });
  }
}
