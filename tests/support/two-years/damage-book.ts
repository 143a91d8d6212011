import type { PlaceName } from './house.ts';

/** The journal dates a proof when it is written down, which is a moment after the catalogue's row has it. */
const momentMs = 60_000;

/** What was done to copies behind the archive's back, and what it believed of each at that moment. */
export class DamageBook {
  readonly #provenAtMs = new Map<string, number>();

  /** `provenAtMs`: when the copy had been proven; whatever claims a later proof while it is bad is wrong. */
  note(place: PlaceName, digest: string, provenAtMs: number | null): void {
    this.#provenAtMs.set(`${place} ${digest}`, provenAtMs ?? Number.NEGATIVE_INFINITY);
  }

  /** It is good again. */
  forget(place: PlaceName, digest: string): boolean {
    return this.#provenAtMs.delete(`${place} ${digest}`);
  }

  /** Whether a copy that is bad may be believed in: its proof is from before the damage. */
  explains(place: PlaceName, digest: string, provenAtMs: number): boolean {
    const before = this.#provenAtMs.get(`${place} ${digest}`);
    return before !== undefined && provenAtMs <= before + momentMs;
  }
}
