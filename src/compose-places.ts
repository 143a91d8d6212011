import { randomUUIDv7 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchiveMark } from '#core/archive-format.ts';
import type { Place } from '#core/assess.ts';
import { describeError, isReelholdError, type ReelholdError } from '#core/errors.ts';
import type { TellLocalTime } from '#core/local-time.ts';
import { askedNow, type PlaceWorkKind } from '#core/operation.ts';
import type { ProofSettings } from '#core/plan-proof.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { ByteSource } from '#core/ports/byte-source.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Journal } from '#core/ports/journal.ts';
import type { Log } from '#core/ports/log.ts';
import type { Media } from '#core/ports/media.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { type ChangePlaceDeps, createChangePlace } from '#daemon/places/change-place.ts';
import { createDrill, type OpenByKit } from '#daemon/places/drill.ts';
import { createEraseCopies } from '#daemon/places/erase-copies.ts';
import { createHealCopy } from '#daemon/places/heal-copy.ts';
import { createListPlace } from '#daemon/places/list-place.ts';
import { createMirror } from '#daemon/places/mirror.ts';
import type { MirrorExtrasDeps } from '#daemon/places/mirror-extras.ts';
import type { MirrorRunDeps } from '#daemon/places/mirror-run.ts';
import {
  createPlaceBook,
  type OpenLocation,
  type PlaceBook,
  type PlaceBookDeps,
} from '#daemon/places/place-book.ts';
import { createPlaceCopies } from '#daemon/places/place-copies.ts';
import { createScrubPlace } from '#daemon/places/scrub-place.ts';
import { createTendPlaces } from '#daemon/places/tend-places.ts';
import { createVerifyPlace } from '#daemon/places/verify-place.ts';
import type { Handler } from '#daemon/worker.ts';
import { placeReadme, restoreScript } from '#store/vault-readme.ts';

export interface PlacesDeps {
  readonly store: BlobStore;
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly media: Pick<Media, 'probe'>;
  readonly vaultRoot: string;
  /** The vault, as a location. */
  readonly location: string;
  readonly archiveMark: ArchiveMark;
  readonly writer: string;
  readonly open: OpenLocation;
  readonly sharesVaultDisk: PlaceBookDeps['sharesVaultDisk'];
  readonly spoolRoom: MirrorRunDeps['spoolRoom'];
  readonly pageSize?: MirrorRunDeps['pageSize'];
  /** Of the zone that schedules are meant in. */
  readonly localTime: TellLocalTime;
  readonly proofSettings: () => ProofSettings;
  readonly carryOver: ChangePlaceDeps['carryOver'];
  readonly ownFolderAt: ChangePlaceDeps['ownFolderAt'];
  readonly makeOpenMe: MirrorExtrasDeps['makeOpenMe'];
  /** Notes whether the recovery kit still has all that it takes. */
  readonly compareKit: () => Promise<readonly ReelholdError[]>;
  /** Opens a place as whoever has nothing but the recovery kit would. */
  readonly openByKit: OpenByKit;
}

/** All that is done at places other than the vault. */
export interface Places {
  readonly book: PlaceBook;
  /** Adds, changes, pauses, removes, takes over. */
  readonly change: Handler;
  /** Notes whether the recovery kit still has all that it takes; where that cannot be told the log says why. */
  compareKit(): Promise<void>;
  /** Asks for what is due at each place. */
  readonly tend: Handler;
  readonly askForDrills: Handler;
  /** Copies at other places, for the vault to heal from. */
  readonly copies: ByteSource;
  /** What is done in a place's lane. */
  handlersOf(location: string): Readonly<Record<string, Handler>>;
}

/** Wires the places of an open archive. */
export function createPlaces(deps: PlacesDeps): Places {
  const { store, vaultRoot, location, archiveMark } = deps;
  const vaultPlace = (): Place => ({
    ...{ location, medium: 'nas', awayFromHome: false },
    promiseMs: deps.proofSettings().promiseMs,
  });
  const book = createPlaceBook({ ...deps, archive: archiveMark.archive, vaultPlace });
  const common = {
    ...deps,
    book,
    vault: location,
    blobFile: store.localPath,
    vaultFile: (path: string) => join(vaultRoot, path),
    passingFile: (name: string) => join(vaultRoot, 'staging', name),
    budgetBytes: () => deps.proofSettings().budgetBytes,
    readme: new TextEncoder().encode(placeReadme),
    restoreScript: () => readScript(),
    newId: randomUUIDv7,
  };
  const change = createChangePlace(common);
  const tend = createTendPlaces(common);
  const compareKit = async () => {
    const failures = await deps.compareKit().catch((error: unknown) => [error]);
    for (const error of failures) {
      // A place that came here from another machine has no sign-in yet: that is said where it is.
      if (isReelholdError(error, 'missing')) continue;
      deps.log.warn({ error: describeError(error) }, 'The recovery kit could not be compared.');
    }
  };
  return {
    book,
    async change(operation, context) {
      const result = await change(operation, context);
      await compareKit();
      return result;
    },
    compareKit,
    async tend(operation, context) {
      await compareKit();
      return await tend(operation, context);
    },
    askForDrills: createTendPlaces(common, ['drill']),
    copies: createPlaceCopies(common),
    handlersOf: (id) => {
      const asked = Object.entries(workAt({ ...common, when: 'now' }, id));
      return {
        ...workAt({ ...common, when: 'in-its-hours' }, id),
        ...Object.fromEntries(asked.map(([kind, handler]) => [askedNow(kind as PlaceWorkKind), handler])),
      };
    },
  };
}

type WorkDeps = Parameters<typeof createMirror>[0] &
  Parameters<typeof createScrubPlace>[0] &
  Parameters<typeof createDrill>[0];

function workAt(deps: WorkDeps, id: string): Readonly<Record<PlaceWorkKind, Handler>> {
  return {
    mirror: createMirror(deps, id),
    list: createListPlace(deps, id),
    scrub: createScrubPlace(deps, id),
    verify: createVerifyPlace(deps, id),
    'heal-copy': createHealCopy(deps, id),
    'erase-copies': createEraseCopies(deps, id),
    drill: createDrill(deps, id),
  };
}

async function readScript() {
  return { file: fileURLToPath(restoreScript), bytes: await readFile(restoreScript) };
}
