import type { Digest } from '#core/digest.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';

/** Asks for the readable tree to be brought to what the catalogue says. */
export function requestLibrary({ operations }: Pick<Catalogue, 'operations'>, nowMs: number): void {
  operations.insert({ kind: 'library', lane: 'library', subject: '', notBeforeMs: nowMs }, nowMs);
}

/** Has what shows these bytes in the readable tree made again. */
export function requestShownAgain(
  catalogue: Pick<Catalogue, 'library' | 'operations'>,
  digest: Digest,
  nowMs: number,
): void {
  catalogue.library.outdate(digest);
  requestLibrary(catalogue, nowMs);
}
