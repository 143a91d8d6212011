import type { Digest } from '#core/digest.ts';
import type { EventFacts } from '#core/journal-record.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import type { Ledger } from '#daemon/ledger.ts';
import type { Handler } from '#daemon/worker.ts';

const batchSize = 200;
const politeWaitMs = 500;

/**
 * Reads back, from the disk itself, the vault's copies that never were: what was hashed on the way in was the
 * source. Gives way to the intake, and writes what it found into the journal.
 */
export function createProve(deps: {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Log;
}): Handler {
  const { store, catalogue, ledger, clock, log } = deps;

  return async ({ subject: location }, { signal }) => {
    let proven = 0;
    let bad = 0;
    /** What could not be asked about is neither good nor bad, and does not keep the others waiting. */
    const unread = new Map<Digest, unknown>();
    for (;;) {
      const asked = catalogue.archive.unprovenCopies(location, 0, batchSize + unread.size);
      const refs = asked.filter(({ digest }) => !unread.has(digest));
      if (refs.length === 0) {
        for (const error of unread.values()) throw error;
        return `${proven} proven, ${bad} bad`;
      }
      const good: Digest[] = [];
      const damaged: Digest[] = [];
      const gone: Digest[] = [];
      for (const ref of refs) {
        while (deps.intake.isBusy() && !signal.aborted) await clock.sleep(politeWaitMs, signal);
        try {
          const verdict = await store.verify(ref, signal);
          (verdict === 'good' ? good : verdict === 'missing' ? gone : damaged).push(ref.digest);
        } catch (error) {
          if (signal.aborted) throw error;
          unread.set(ref.digest, error);
        }
      }
      await record(location, good, damaged, gone);
      proven += good.length;
      bad += damaged.length + gone.length;
    }
  };

  async function record(
    location: string,
    good: readonly Digest[],
    damaged: readonly Digest[],
    gone: readonly Digest[],
  ) {
    const event = (outcome: EventFacts['outcome'], digests: readonly Digest[]) =>
      digests.length === 0
        ? []
        : [
            {
              facts: { kind: 'event', event: 'fixity check', location, outcome, digests } as const,
              index: [],
            },
          ];
    await ledger.commit(() => ({
      drafts: [...event('success', good), ...event('failure', [...damaged, ...gone])],
      also: () => {
        for (const digest of damaged) catalogue.archive.setCopy(badCopy(digest, location, 'corrupt'));
        for (const digest of gone) catalogue.archive.setCopy(badCopy(digest, location, 'missing'));
      },
    }));
    if (damaged.length + gone.length > 0) {
      log.error({ damaged, gone }, 'Videos in the vault do not read back as they were taken.');
    }
  }

  function badCopy(digest: Digest, location: string, state: 'corrupt' | 'missing') {
    return { digest, location, state, listedAtMs: clock.nowMs(), provenAtMs: null };
  }
}
