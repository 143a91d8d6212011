import { ReelholdError } from '#core/errors.ts';
import { type EraseRefusal, type EraseWish, planErase } from '#core/plan-erase.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { requestLibrary } from '#daemon/request-library.ts';
import type { Handler } from '#daemon/worker.ts';
import { eventDraft } from './read-back.ts';

export interface EraseDeps {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** The vault, as a location. */
  readonly location: string;
  /** Asks for what is deleted to go at every place too. */
  readonly requestElsewhere: () => void;
  readonly isMassChange: () => boolean;
}

/**
 * Deletes a video everywhere, as the owner typed it: the journal says so first, then its bytes go here, and at each
 * place when it is next there. Without a wish it goes on with what was cut off. Gives how many places are still to
 * follow.
 */
export function createErase(deps: EraseDeps): Handler {
  const { store, catalogue, ledger, clock, location } = deps;

  /** Gives how many of its files stay, as another video has them too. */
  const record = async (wish: EraseWish): Promise<number> => {
    const digests = await ledger.commit(() => {
      const video = catalogue.places.erasableVideo(wish.video);
      const plan = planErase(wish, video, { nowMs: clock.nowMs(), isMassChange: deps.isMassChange() });
      if (plan.kind === 'refused') throw refused(wish, plan.reason);
      const also = () => {
        requestLibrary(catalogue, clock.nowMs());
        return video?.digests ?? [];
      };
      return { drafts: plan.kind === 'erase' ? plan.drafts : [], also };
    });
    return digests.filter((digest) => catalogue.archive.isHeld(digest)).length;
  };

  const eraseHere = async (): Promise<void> => {
    const files = catalogue.places.erasable(location);
    if (files.length === 0) return;
    await store.erase(files);
    const digests = files.map(({ digest }) => digest);
    await ledger.commit(() => ({
      drafts: eventDraft('deletion', 'success', location, digests),
      also: () => undefined,
    }));
  };

  return async ({ subject }) => {
    const shared = subject === '' ? 0 : await record(JSON.parse(subject) as EraseWish);
    await eraseHere();
    deps.requestElsewhere();
    const pending = catalogue.places.pendingErasures().map((one) => one.location);
    return JSON.stringify({ pending: [...new Set(pending)], shared } satisfies Erased);
  };
}

/** What deleting a video came to, as the operation's result has it. */
export interface Erased {
  /** Ids of the places that are still to follow. */
  readonly pending: readonly string[];
  /** Files of it that stay, as another video has them too. */
  readonly shared: number;
}

/** The owner's wish as an operation's subject. */
export function formatEraseWish(wish: EraseWish): string {
  return JSON.stringify(wish);
}

const reasons: Readonly<Record<EraseRefusal, readonly [detail: string, hint: string]>> = {
  'no-such-video': ['there is no such video', '"reelhold list" shows the ids.'],
  'not-in-trash': ['it is not in the trash', 'Put it there first: reelhold trash VIDEO.'],
  'another-title': ['that is not its title', 'Type the title as it stands on the page.'],
  'too-soon': [
    'it has not been in the trash for 30 days',
    'Wait, or say --now if you are sure that nothing of it will be missed.',
  ],
  'many-changes': [
    'many videos changed at once, and nothing is deleted until that is over',
    'Look at what came in last. If all of it is right, try again tomorrow.',
  ],
};

function refused({ video }: EraseWish, reason: EraseRefusal): ReelholdError {
  const [detail, hint] = reasons[reason];
  return new ReelholdError(
    { kind: 'unsupported', operation: 'delete everywhere', object: video, hint },
    detail,
  );
}
