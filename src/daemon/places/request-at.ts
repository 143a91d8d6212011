import type { Catalogue } from '#core/ports/catalogue.ts';

/** Asks for work at one place, in its own lane. */
export function requestAt(
  { operations }: Pick<Catalogue, 'operations'>,
  kind: string,
  location: string,
  notBeforeMs: number,
  nowMs: number,
): number {
  return operations.insert({ kind, lane: `location:${location}`, subject: location, notBeforeMs }, nowMs);
}
