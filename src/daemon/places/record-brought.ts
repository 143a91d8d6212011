import type { CopyState } from '#core/assess.ts';
import { eventDraft, type FindingDeps } from '#daemon/operations/read-back.ts';
import type { Brought } from './bring.ts';

/**
 * Writes into journal and catalogue, as one entry, what became of blobs that were brought to a place. What failed is
 * no fact about the place; what turned out bad at the source is a matter of the vault's.
 */
export async function recordBrought(
  { catalogue, ledger, clock, location }: Omit<FindingDeps, 'log'>,
  brought: readonly Brought[],
): Promise<void> {
  const digests = (isIt: (one: Brought) => boolean) => brought.filter(isIt).map(({ file }) => file.digest);
  const isStanding = ({ kind }: Brought) => kind === 'proven' || kind === 'unproven';
  const standing = brought.filter(isStanding);
  const bad = digests(({ kind }) => kind === 'bad');
  if (standing.length + bad.length === 0) return;
  const nowMs = clock.nowMs();
  await ledger.commit(() => ({
    drafts: [
      ...eventDraft(
        'replication',
        'success',
        location,
        digests((one) => isStanding(one) && one.isNew && !one.isReplaced),
      ),
      ...eventDraft(
        'recovery',
        'success',
        location,
        digests((one) => isStanding(one) && one.isReplaced),
      ),
      ...eventDraft(
        'fixity check',
        'success',
        location,
        digests(({ kind }) => kind === 'proven'),
      ),
      ...eventDraft('fixity check', 'failure', location, bad),
    ],
    also: () => {
      for (const { file, kind, hashes } of brought.filter(
        ({ kind: one }) => one !== 'failed' && one !== 'bad-source',
      )) {
        const state: CopyState = kind === 'bad' ? 'corrupt' : 'present';
        const provenAtMs = kind === 'proven' ? nowMs : null;
        catalogue.archive.setCopy({ digest: file.digest, location, state, listedAtMs: nowMs, provenAtMs });
        if (Object.keys(hashes).length > 0) catalogue.places.setHashes(location, file.digest, hashes);
      }
    },
  }));
}
