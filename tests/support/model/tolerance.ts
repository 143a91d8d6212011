import type { Unsure } from './compare.ts';
import { digestsOf, type ModelState } from './state.ts';

/**
 * What a run has to bear, and nothing else:
 *
 * 1. A step that was interrupted has happened or not, file by file, change by change; never by halves.
 * 2. A blob that was flipped is damaged until good bytes stand in its place: never gone, and never called good once
 *    it was read.
 * 3. A segment that was flipped says nothing wrong as long as the catalogue has it whole. Where the catalogue is lost
 *    meanwhile, what the segment's records were about (versions, their videos, settings) may differ; the bytes
 *    stay, and adoption lists them again. Whatever it was not about has to be right.
 * 4. So may the readable paths of an index that was flipped, once the catalogue is lost too: nobody knows the right ones.
 * 5. Of a catalogue that was flipped SQLite may find out late. Then it is opened again, as the daemon does, and the step
 *    counts as interrupted.
 * 6. Bytes that a damaged line names, and that nobody ever put in, may be listed, but not as present. A setting of a
 *    name that there is not is held against nobody: a newer version may have it.
 */
export class Tolerance {
  /** Blobs that were flipped at rest. */
  readonly damagedBlobs = new Set<string>();
  /** Segments that were flipped at rest, with what their records are about. */
  readonly #damagedSegments = new Map<string, Unsure>();
  /** What was about segments that a catalogue was lost with: a catalogue that had them whole may bring it back. */
  readonly #lost = { digests: new Set<string>(), settings: new Set<string>() };
  /** Index files that were flipped at rest, by the name of their segment. */
  readonly damagedIndexes = new Set<string>();
  wasCatalogueLost = false;
  /** What SQLite did not notice when it was opened it may yet meet. */
  wasCatalogueFlipped = false;
  /** Of these nobody has the right index any more. */
  #isIndexLost = false;
  readonly #digests = new Set<string>();
  readonly #settings = new Set<string>();

  get unsure(): Unsure {
    return { digests: this.#digests, settings: this.#settings };
  }

  /** Whether the index may say something else than the catalogue. */
  get isIndexDoubtful(): boolean {
    return this.#isIndexLost || this.damagedIndexes.size > 0;
  }

  noteDamagedSegment(name: string, about: Unsure): void {
    this.#damagedSegments.set(name, about);
  }

  get damagedSegments(): readonly string[] {
    return [...this.#damagedSegments.keys()];
  }

  noteMended(name: string): void {
    this.#damagedSegments.delete(name);
  }

  /** The catalogue is another one from now on; `has` are the segments that it has whole. */
  noteCatalogueLost(has: ReadonlySet<string>): void {
    this.wasCatalogueLost = true;
    for (const [name, about] of this.#damagedSegments) {
      if (has.has(name)) continue;
      add(this.#lost, about);
      this.#damagedSegments.delete(name);
      this.#isIndexLost = true;
    }
    if ([...this.damagedIndexes].some((name) => !has.has(name))) this.#isIndexLost = true;
    add({ digests: this.#digests, settings: this.#settings }, this.#lost);
  }

  /** What is listed again is what it is from now on. */
  settle(observed: ModelState): void {
    for (const digest of digestsOf(observed)) this.#digests.delete(digest);
    this.#settings.clear();
  }
}

function add(to: { readonly digests: Set<string>; readonly settings: Set<string> }, more: Unsure): void {
  for (const digest of more.digests) to.digests.add(digest);
  for (const name of more.settings) to.settings.add(name);
}
