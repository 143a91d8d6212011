import { type BlobRef, type Digest, parseDigest } from '#core/digest.ts';
import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { isTakenForLasting } from '#core/lasting-error.ts';
import type { BlobStore, StagedBlob } from '#core/ports/blob-store.ts';
import type { ByteSource } from '#core/ports/byte-source.ts';
import { requestShownAgain } from '#daemon/request-library.ts';
import type { Handler } from '#daemon/worker.ts';
import type { Finding } from './prover.ts';
import { eventDraft, type FindingDeps, recordBad, recordFindings } from './read-back.ts';

/**
 * Sees to one blob that did not read back: reads it once more, and where it is bad, gone or cannot be read for
 * good, puts good bytes in its place if any of the sources has them. Where none has, it stays as it is, for a later
 * scrub to try again.
 */
export function createHeal(
  deps: FindingDeps & { readonly store: BlobStore; readonly sources: readonly ByteSource[] },
): Handler {
  const { store, catalogue, ledger, clock, log, location } = deps;

  /** Reading it wrong may have been the memory's fault, or the cable's. */
  const readOnceMore = async (ref: BlobRef, signal: AbortSignal): Promise<Finding> => {
    try {
      return await store.verify(ref, signal);
    } catch (error) {
      if (isReelholdError(error, 'io')) return 'unreadable';
      throw error;
    }
  };

  const findGoodBytes = async (digest: Digest, signal: AbortSignal): Promise<StagedBlob | null> => {
    for (const source of deps.sources) {
      const staged = await findIn(source, digest, signal).catch(passOver);
      if (staged !== null) return staged;
    }
    return null;
  };

  const findIn = async (
    source: ByteSource,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<StagedBlob | null> => {
    for await (const file of source.find(digest, signal)) {
      const staged = await store.stage(file, { signal }).catch(passOver);
      if (staged?.digest === digest) return staged;
      if (staged !== null) await store.discard(staged);
    }
    return null;
  };

  /** Null where the source is the reason: another may have what this one has not. */
  const passOver = (error: unknown): null => {
    if (!isReelholdError(error) || error.kind === 'aborted' || error.side !== 'source') throw error;
    if (error.kind !== 'missing')
      log.warn({ error: error.message }, 'A file that may have good bytes could not be read.');
    return null;
  };

  const recordHealed = (digest: Digest, wasThere: boolean) =>
    ledger.commit(() => ({
      drafts: [
        ...eventDraft('quarantine', 'success', location, wasThere ? [digest] : []),
        ...eventDraft('recovery', 'success', location, [digest]),
      ],
      also: () => {
        const nowMs = clock.nowMs();
        const copy = { digest, location, listedAtMs: nowMs, provenAtMs: null } as const;
        catalogue.archive.setCopy({ ...copy, state: 'present' });
        requestShownAgain(catalogue, digest, nowMs);
      },
    }));

  const healFrom = async (staged: StagedBlob, ref: BlobRef, finding: Finding, signal: AbortSignal) => {
    const { digest } = ref;
    try {
      await store.heal(staged, ref);
    } catch (error) {
      await store.discard(staged).catch(() => undefined); // staging is wiped at the next start anyway
      throw error;
    }
    await recordHealed(digest, finding !== 'missing');
    log.info({ digest }, 'A video in the vault was damaged or gone; good bytes stand in its place again.');
    if ((await store.verify(ref, signal)) !== 'good') throw notKept(digest);
    await recordFindings(deps, { good: [digest] });
  };

  return async ({ subject, attempt }, { signal }) => {
    const ref = catalogue.archive.blobRef(parseDigest(subject));
    if (ref === null) return 'nobody knows it any more';
    const { digest } = ref;
    const finding = await readOnceMore(ref, signal);
    if (finding === 'good') {
      const wasBad = catalogue.archive.copy(digest, location)?.state !== 'present';
      await recordFindings(deps, { good: [digest] });
      if (wasBad) requestShownAgain(catalogue, digest, clock.nowMs());
      return 'good after all';
    }
    if (finding === 'unreadable' && !isTakenForLasting(attempt)) {
      await recordBad(deps, digest, finding);
      throw unreadable(digest);
    }
    const staged = await findGoodBytes(digest, signal);
    if (staged !== null) {
      await healFrom(staged, ref, finding, signal);
      return 'healed';
    }
    await recordBad(deps, digest, finding);
    log.error({ digest, finding }, unhealedSentences[finding]);
    return finding;
  };
}

const unhealedSentences: Readonly<Record<Exclude<Finding, 'good'>, string>> = {
  corrupt: 'A video in the vault is damaged, and no good copy of it was found. Put it into the inbox again.',
  missing: 'A video in the vault is gone, and no copy of it was found. Put it into the inbox again.',
  unreadable: 'The disk still cannot read a video in the vault. It is tried again tonight.',
};

function unreadable(digest: Digest): ReelholdError {
  const facts = { kind: 'io', operation: 'read back', object: digest, side: 'vault' } as const;
  return new ReelholdError(facts, 'the disk reports an error');
}

function notKept(digest: Digest): ReelholdError {
  const facts = { kind: 'io', operation: 'heal', object: digest, side: 'vault' } as const;
  return new ReelholdError(facts, 'the disk does not keep what was written to it');
}
