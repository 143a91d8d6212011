import type { Damage } from '#core/damage.ts';
import type { BlobRef } from '#core/digest.ts';
import { encodeName, isUtf8Name, splitExtension } from '#core/file-name.ts';
import type { ListedHash } from '#core/hash-list.ts';
import type { TakenFile, TakeOutcome } from '#core/plan-intake.ts';
import type { Belongs } from '#core/plan-parts.ts';
import type { SourceFile, StagedBlob } from '#core/ports/blob-store.ts';

/** A file that is to be taken, from whomever it came. */
export interface TakeRequest {
  readonly source: SourceFile;
  /** The video that it is known to go on from, if any. */
  readonly continues: string | null;
  readonly sizeBytes: number;
  /** The source's `fingerprint` when it had settled: where it is another by then, `take` fails with `changed`. */
  readonly settledAs?: string;
  /** It was taken before, and nobody brought it anew: where its bytes are in the trash, they stay there. */
  readonly staysInTrash?: boolean;
  /** What is known to be wrong with it. */
  readonly damaged?: Damage | null;
  /** The hash that a list names for it: other bytes were damaged before they reached us. */
  readonly expects?: ListedHash | null;
  /** The video of which it is; absent or null for a file that is a video of its own. */
  readonly belongs?: Belongs | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (bytesDone: number) => void;
  /** Further writes in the transaction that records the file, once its bytes are durable. */
  readonly alsoRecord?: (taken: Taken) => void;
}

export interface Taken extends BlobRef {
  readonly outcome: TakeOutcome;
  readonly staged: StagedBlob;
  /** What is wrong with these bytes, as far as is known. */
  readonly damaged: Damage | null;
}

/** Earlier times are what clocks that were never set, and copies that were cut off, leave behind. */
const earliestBelievableMs = Date.UTC(1990, 0, 1);
const futureSlackMs = 2 * 24 * 60 * 60 * 1000;

/** What the plan needs to know of a file whose bytes stand in staging. */
export function describeTaken(
  request: TakeRequest,
  staged: StagedBlob,
  nowMs: number,
  localDay: (atMs: number) => string,
): TakenFile {
  const name = baseName(request.source.path);
  const mtimeMs = Number(staged.stat.mtimeNs / 1_000_000n);
  const isBelievable = mtimeMs >= earliestBelievableMs && mtimeMs <= nowMs + futureSlackMs;
  return {
    ...describeName(name),
    digest: staged.digest,
    sizeBytes: staged.sizeBytes,
    modifiedAtMs: isBelievable ? mtimeMs : null,
    day: localDay(isBelievable ? mtimeMs : nowMs),
    continues: request.continues,
    how: 'taken',
    staysInTrash: request.staysInTrash ?? false,
    damaged: request.damaged ?? (isOther(request, staged) ? 'differs-from-list' : null),
    belongs: request.belongs ?? null,
  };
}

/** What is recorded of a name, without folders. */
export function describeName(name: string): Pick<TakenFile, 'name' | 'nameBase64' | 'ext'> {
  const nameBase64 = isUtf8Name(name) ? null : Buffer.from(encodeName(name)).toString('base64');
  return { name, nameBase64, ext: splitExtension(name).ext };
}

function isOther({ expects = null }: TakeRequest, { also }: StagedBlob): boolean {
  return expects !== null && ![expects.value, ...(expects.otherwise ?? [])].includes(also ?? '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
