import { createQueries, type VideoRow } from '#catalogue/queries.ts';
import { type CopyState, defaultPromiseMs } from '#core/assess.ts';
import { defaultEveryDays } from '#core/place-settings.ts';
import { plannedJobs } from '#daemon/scheduler.ts';
import { findDifferences } from '#tests/support/model/compare.ts';
import { observeState } from '#tests/support/model/observe.ts';
import { digestsOf } from '#tests/support/model/state.ts';
import { driveNames, type PlaceName, placeNames, remoteName } from './house.ts';
import { hourMs, type World } from './world.ts';

interface CopyLine {
  readonly digest: string;
  readonly place: PlaceName;
  readonly state: CopyState;
  readonly provenAtMs: number | null;
}

type Blobs = ReadonlyMap<PlaceName, ReadonlyMap<string, string>>;

/** What the archive believes of each copy. */
export function believedCopies(world: World): readonly CopyLine[] {
  const rows = world.archive.database.sqlite
    .prepare('SELECT digest, location, state, proven_at_ms AS provenAtMs FROM copies')
    .all() as (Omit<CopyLine, 'place'> & { location: string })[];
  return rows.map(({ location, ...row }) => ({ ...row, place: world.placeOf(location) }));
}

function readBlobs({ house }: World): Blobs {
  return new Map(placeNames.map((place) => [place, house.blobsAt(place)]));
}

const short = (digest: string) => digest.slice('sha256:'.length, 'sha256:'.length + 8);

/** What must hold at any moment; one sentence for each thing that does not. */
export function findFaults(world: World): readonly string[] {
  const blobs = readBlobs(world);
  const copies = believedCopies(world);
  noteHealed(world, blobs);
  return [
    ...differences(world),
    ...falseProofs(world, copies, blobs),
    ...lostVideos(world, blobs),
    ...(world.wrongByMs === 0 ? [...wrongVerdicts(world, copies), ...lateJobs(world)] : []),
  ];
}

function differences(world: World): readonly string[] {
  const observed = observeState(world.archive.database);
  const unsure = { digests: new Set<string>(), settings: new Set<string>() };
  const found = findDifferences(world.state, observed, unsure, (digest) => world.files.has(digest));
  // What it is from now on has the order of the archive's own records.
  if (found.length === 0) world.state = observed;
  return found;
}

function noteHealed(world: World, blobs: Blobs): void {
  for (const [place, own] of blobs) {
    for (const [named, digest] of own) {
      if (named === digest && world.damage.forget(place, digest)) world.counts.healed += 1;
    }
  }
}

/** A copy that is said to have been read back, and is not as it should be, though nothing happened to it since. */
function falseProofs(world: World, copies: readonly CopyLine[], blobs: Blobs): readonly string[] {
  return copies.flatMap(({ digest, place, state, provenAtMs }) => {
    if (state !== 'present' || provenAtMs === null || blobs.get(place)?.get(digest) === digest) return [];
    if (world.damage.explains(place, digest, provenAtMs)) return [];
    return [
      `${short(digest)} counts as proven at ${place} on ${new Date(provenAtMs).toISOString()}, and is not there`,
    ];
  });
}

function lostVideos(world: World, blobs: Blobs): readonly string[] {
  return digestsOf(world.state)
    .filter((digest) => ![...blobs.values()].some((own) => own.get(digest) === digest))
    .map((digest) => `${short(digest)} is nowhere any more`);
}

interface Expectation {
  readonly isSafe: boolean;
  /** It waits for drives that were expected, and that nobody has seen. */
  readonly isOverdue: boolean;
}

/** By the default policy: a proven copy here, one of the drives that take turns, and one away from home. */
function expectVerdict(world: World, copies: readonly CopyLine[], digests: readonly string[]): Expectation {
  const nowMs = world.clock.nowMs();
  const isProven = (digest: string, place: PlaceName) =>
    copies.some((copy) => {
      if (copy.digest !== digest || copy.place !== place || copy.state !== 'present') return false;
      const ageMs = nowMs - (copy.provenAtMs ?? Number.NEGATIVE_INFINITY);
      return ageMs >= -24 * hourMs && ageMs <= defaultPromiseMs[place === 'vault' ? 'nas' : 'drive'];
    });
  const isOnShelf = (digest: string) => driveNames.some((drive) => isProven(digest, drive));
  const sinceMs = Math.max(...driveNames.map((drive) => world.inDrawerSinceMs.get(drive) ?? nowMs));
  return {
    isSafe: digests.every(
      (digest) => isProven(digest, 'vault') && isProven(digest, remoteName) && isOnShelf(digest),
    ),
    isOverdue: nowMs - sinceMs > (defaultEveryDays + 1) * 24 * hourMs && !digests.every(isOnShelf),
  };
}

function wrongVerdicts(world: World, copies: readonly CopyLine[]): readonly string[] {
  return judgedVideos(world).flatMap(({ title, verdict, reasons, versions }) => {
    const digests = versions.map(({ digest }) => digest);
    const { isSafe, isOverdue } = expectVerdict(world, copies, digests);
    const said = `"${title}" is ${verdict} (${reasons.join(', ')})`;
    if ((verdict === 'safe') !== isSafe) return [`${said}, and ${isSafe ? 'is' : 'is not'} safe`];
    return isOverdue && verdict === 'on-its-way' ? [`${said}, and waits for a drive that is overdue`] : [];
  });
}

/** Videos that are not in the trash, as the page has them. */
function judgedVideos(world: World): readonly VideoRow[] {
  const queries = createQueries(world.archive.database, world.clock.nowMs);
  const ids = new Set(
    world.state.videos
      .filter(({ trashed }) => !trashed)
      .flatMap(({ versions }) => versions.slice(0, 1).map(({ digest }) => world.idsOf(digest).video)),
  );
  return [...ids].flatMap((id) => queries.video(id) ?? []);
}

/** Whatever the clock did: each job was begun within its rhythm, and the little that it may be late. */
function lateJobs(world: World): readonly string[] {
  const nowMs = world.clock.nowMs();
  return plannedJobs().flatMap(({ name, lateAfterMs }) => {
    const lastMs = world.archive.catalogue.notes.lastSuccessMs(name);
    if (lastMs !== null && Math.abs(nowMs - lastMs) <= lateAfterMs + 2 * hourMs) return [];
    return [`${name} was last begun on ${lastMs === null ? 'no day' : new Date(lastMs).toISOString()}`];
  });
}

/** What must hold once every cause of trouble is gone, and time enough has passed. */
export function findUnhealed(world: World): readonly string[] {
  const blobs = readBlobs(world);
  const held = digestsOf(world.state);
  const copies = new Set(
    believedCopies(world)
      .filter(({ state, provenAtMs }) => state === 'present' && provenAtMs !== null)
      .map(({ digest, place }) => `${digest} ${place}`),
  );
  const each = (say: (digest: string, place: PlaceName) => string | null, digests: Iterable<string>) =>
    [...digests].flatMap((digest) => placeNames.flatMap((place) => say(digest, place) ?? []));
  return [
    ...each((digest, place) => {
      if (blobs.get(place)?.get(digest) !== digest) return `${short(digest)} is not good again at ${place}`;
      return copies.has(`${digest} ${place}`)
        ? null
        : `${short(digest)} is good at ${place}, and does not count`;
    }, held),
    ...each(
      (digest, place) =>
        blobs.get(place)?.has(digest) ? `${short(digest)} was erased, and is at ${place}` : null,
      world.erased,
    ),
    ...judgedVideos(world)
      .filter(({ verdict }) => verdict !== 'safe')
      .map(({ title, verdict, reasons }) => `"${title}" is ${verdict}: ${reasons.join(', ')}`),
    ...world.archive.catalogue.places
      .pendingErasures()
      .map(({ digest, location }) => `${short(digest)} is still to be erased at ${world.placeOf(location)}`),
    ...stuckWork(world),
  ];
}

/** Nothing is tried again and again, and nothing was given up in the last days. */
function stuckWork(world: World): readonly string[] {
  return world.archive.database.sqlite
    .prepare(
      `SELECT kind || ' ' || subject || ' is ' || state || ': ' || coalesce(error, '') FROM operations
       WHERE state = 'failed' AND not_before_ms > ? OR state = 'pending' AND attempt > 3`,
    )
    .pluck()
    .all(world.clock.nowMs() - 5 * 24 * hourMs)
    .map(String);
}
