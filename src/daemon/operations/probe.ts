import { parseDigest } from '#core/digest.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Media } from '#core/ports/media.ts';
import type { Handler } from '#daemon/worker.ts';
import { requestStreams } from './hash-streams.ts';

/** Takes a video's facts and a still, in the background; what cannot be read is noted, not an error. */
export function createProbe(deps: {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly media: Media;
  readonly clock: Clock;
  readonly posterFile: (hex: string) => Promise<string>;
}): Handler {
  return async (operation, { signal }) => {
    const digest = parseDigest(operation.subject);
    const ref = deps.catalogue.archive.blobRef(digest);
    const file = ref === null ? null : deps.store.localPath(ref);
    if (file === null) return 'no-file';
    const probed = await deps.media.probe(file, signal);
    if (probed.kind !== 'facts') {
      deps.catalogue.media.setProblem(digest, probed.kind === 'unreadable' ? 'unreadable' : 'no-tool');
      return probed.kind;
    }
    const target = await deps.posterFile(digest.slice('sha256:'.length));
    const poster = await deps.media.makePoster(file, target, probed.facts, signal);
    deps.catalogue.media.setFacts(digest, probed.facts, poster.kind === 'made');
    requestStreams(deps.catalogue, deps.clock.nowMs());
    if (poster.kind === 'unavailable') deps.catalogue.media.setProblem(digest, 'no-tool');
    return poster.kind;
  };
}

/** Has those videos looked into that never were, or that lacked a tool. */
export function probeAgain(catalogue: Catalogue, nowMs: number): void {
  catalogue.looselyTogether(() => {
    for (const digest of catalogue.media.unprobed()) {
      catalogue.operations.insert(
        { kind: 'probe', lane: 'media', subject: digest, notBeforeMs: nowMs },
        nowMs,
      );
    }
  });
}
