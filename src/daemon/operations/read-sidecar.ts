import { open } from 'node:fs/promises';
import { parseDigest } from '#core/digest.ts';
import { planChange } from '#core/plan-change.ts';
import { titleFromSidecar } from '#core/plan-title.ts';
import type { BlobStore } from '#core/ports/blob-store.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import { largestSidecarBytes, readSidecar, type SidecarFacts, sidecarFormatOf } from '#core/sidecar-facts.ts';
import type { Ledger } from '#daemon/ledger.ts';
import { requestLibrary } from '#daemon/request-library.ts';
import type { Handler } from '#daemon/worker.ts';

/** Reads what a held sidecar says of its video; what cannot be read is noted, not an error. */
export function createReadSidecar(deps: {
  readonly store: BlobStore;
  readonly catalogue: Catalogue;
  readonly ledger: Ledger;
  readonly clock: Clock;
}): Handler {
  const { store, catalogue, ledger, clock } = deps;

  /** A video whose name says nothing gets the title that its sidecar gives it. */
  const giveTitle = (id: string, fileNames: readonly string[], facts: SidecarFacts): Promise<boolean> =>
    ledger.commit(() => {
      const video = catalogue.archive.video(id);
      const title = video === null ? null : titleFromSidecar(video, fileNames, facts);
      const plan =
        title === null ? null : planChange({ kind: 'rename', video: id, title }, catalogue.archive);
      const drafts = plan?.kind === 'change' ? plan.drafts : [];
      const also = () => {
        if (drafts.length > 0) requestLibrary(catalogue, clock.nowMs());
        return drafts.length > 0;
      };
      return { drafts, also };
    });

  return async (operation) => {
    const digest = parseDigest(operation.subject);
    const ref = catalogue.archive.blobRef(digest);
    const file = ref === null ? null : store.localPath(ref);
    const format = sidecarFormatOf(catalogue.sidecars.nameOf(digest) ?? '');
    if (file === null || format === null) return 'no-file';
    const text = await readSmall(file, largestSidecarBytes[format]);
    const facts = text === null ? null : readSidecar(text, format);
    catalogue.sidecars.setFacts(digest, facts);
    if (facts === null) return 'unreadable';
    let named = 0;
    for (const { video, fileNames } of catalogue.sidecars.videosWith(digest)) {
      if (await giveTitle(video, fileNames, facts)) named += 1;
    }
    return named > 0 ? 'named its video' : 'read';
  };
}

/** Has those sidecars read that never were, as after a lost catalogue. */
export function readSidecarsAgain(catalogue: Catalogue, nowMs: number): void {
  catalogue.looselyTogether(() => {
    for (const subject of catalogue.sidecars.unread()) {
      catalogue.operations.insert(
        { kind: 'read-sidecar', lane: 'media', subject, notBeforeMs: nowMs },
        nowMs,
      );
    }
  });
}

/** The text of a file that is no larger than that; null of any other. */
async function readSmall(path: string, largestBytes: number): Promise<string | null> {
  const file = await open(path);
  try {
    if ((await file.stat()).size > largestBytes) return null;
    return new TextDecoder().decode(await file.readFile());
  } finally {
    await file.close();
  }
}
