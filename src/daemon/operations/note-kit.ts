import { ReelholdError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { KitNote } from '#core/recovery-kit.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Handler } from '#daemon/worker.ts';

/** What is to be noted of a recovery kit: that the next one is made, or that the owner has the last one before him. */
export type KitWish =
  | ({ readonly kind: 'made' } & Pick<KitNote, 'places' | 'phrase'>)
  /** `keptAt`: null where it is as it was said before. */
  | { readonly kind: 'confirmed'; readonly version: number; readonly keptAt: string | null };

/** Writes a kit into the journal, and gives its number, which no other kit has or will have. */
export function createNoteKit(deps: {
  readonly catalogue: Pick<Catalogue, 'archive'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Has the places learn of it, as it is there that it is needed. */
  readonly onNoted: () => void;
}): Handler {
  const { catalogue, ledger, clock, onNoted } = deps;

  const planNote = (wish: KitWish): KitNote => {
    const last = catalogue.archive.kit();
    if (wish.kind === 'made') {
      const { places, phrase } = wish;
      return { version: (last?.version ?? 0) + 1, places, phrase, confirmedAt: null, keptAt: null };
    }
    if (last?.version !== wish.version) throw anotherKit(wish.version);
    const confirmedAt = new Date(clock.nowMs()).toISOString();
    return { ...last, confirmedAt, keptAt: wish.keptAt ?? last.keptAt };
  };

  return async ({ subject }) => {
    const wish = JSON.parse(subject) as KitWish;
    const version = await ledger.commit(() => {
      const note = planNote(wish);
      return { drafts: [{ facts: { kind: 'kit', ...note }, index: [] }], also: () => note.version };
    });
    onNoted();
    return String(version);
  };
}

/** A wish as an operation's subject. */
export function formatKitWish(wish: KitWish): string {
  return JSON.stringify(wish);
}

function anotherKit(version: number): ReelholdError {
  const object = `recovery kit ${version}`;
  const hint = 'Type back the words of the newest one.';
  return new ReelholdError(
    { kind: 'unsupported', operation: 'confirm', object, hint },
    'a newer one was made meanwhile',
  );
}
