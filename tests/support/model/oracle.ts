import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfBlob, digestsBelow, filesBelow } from './observe.ts';
import { digestsOf, type ModelState, videoOf } from './state.ts';
import type { World } from './world.ts';

/**
 * Says what is wrong on the disk, one line each. Everything acknowledged reads back with its digest, nothing is called
 * present that does not, nothing that was in the inbox is lost, and the index says what the catalogue says.
 */
export function findFaults(world: World, observed: ModelState): readonly string[] {
  const { config } = world.home;
  const blobs = new Map(
    [...digestsBelow(join(config.vaultDir, 'blobs'))].map(([path, digest]) => [digestOfBlob(path), digest]),
  );
  const { damagedBlobs } = world.tolerance;
  for (const digest of damagedBlobs) if (blobs.get(digest) === digest) damagedBlobs.delete(digest);
  const isHeld = (digest: string) =>
    blobs.get(digest) === digest || (blobs.has(digest) && damagedBlobs.has(digest));
  const listed = new Set(digestsOf(observed));
  const isKnown = (digest: string) => listed.has(digest) || world.tolerance.unsure.digests.has(digest);
  const inbox = new Set(digestsBelow(world.home.inboxDir).values());
  return [
    ...[...world.acknowledged]
      .filter((digest) => !isHeld(digest))
      .map((digest) => `${digest} was acknowledged, and does not read back`),
    ...[...world.acknowledged]
      .filter((digest) => !isKnown(digest))
      .map((digest) => `${digest} was acknowledged, and is not listed`),
    ...[...world.presentCopies()]
      .filter((digest) => !isHeld(digest))
      .map((digest) => `${digest} is called present, and does not read back`),
    ...[...world.inboxed]
      .filter(([, digest]) => !inbox.has(digest) && !isHeld(digest))
      .map(([path, digest]) => `${path} (${digest}) left the inbox, and is not held`),
    ...(world.tolerance.isIndexDoubtful ? [] : faultsOfIndex(world, observed)),
  ];
}

/** What `restore.sh` goes by: of each digest the line with the largest number. */
function faultsOfIndex(world: World, observed: ModelState): readonly string[] {
  const folder = join(world.home.config.vaultDir, 'index');
  const rows = new Map<string, { readonly paths: Set<string>; readonly seq: number }>();
  for (const name of filesBelow(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const [hex, , path = '', text] = line.split('\t');
      const [digest, seq] = [`sha256:${hex}`, Number(text)];
      const known = rows.get(digest);
      if (known === undefined || seq > known.seq) rows.set(digest, { paths: new Set([path]), seq });
      else if (seq === known.seq) known.paths.add(path);
    }
  }
  return digestsOf(observed).flatMap((digest) => {
    if (!world.files.has(digest) || world.tolerance.unsure.digests.has(digest)) return [];
    const video = videoOf(observed, digest);
    const paths = [...(rows.get(digest)?.paths ?? [])];
    const isRight = (path: string) => (video?.trashed ? path === '-' : path.includes(`/${video?.title}`));
    if (paths.length > 0 && paths.every(isRight)) return [];
    return [
      `the index shows ${digest} of "${video?.title}"${video?.trashed ? ' in the trash' : ''} as ${paths.join(' or ')}`,
    ];
  });
}
