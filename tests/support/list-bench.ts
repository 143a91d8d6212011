import { createMemoryBlobStore } from '#store/memory-blob-store.ts';
import { smallFilm } from './boxes.ts';
import { type BenchOptions, type InboxBench, openBench, put, someBytes } from './inbox-bench.ts';
import { ascChain } from './mhl.ts';

/** An inbox with the bytes in memory: what becomes of them is not what tests of lists look at. */
export function openListBench(options: BenchOptions): Promise<InboxBench> {
  return openBench({ wrapStore: () => createMemoryBlobStore(), ...options });
}

/** A film that was never there before. */
export function film(): Buffer {
  return smallFilm(someBytes(3000));
}

export function rowOf(bench: InboxBench, path: string) {
  return bench.catalogue.sightings.find('inbox', path);
}

/** Writes an ASC MHL history of one generation. */
export async function putHistory(bench: InboxBench, folder: string, manifest: string): Promise<void> {
  const name = '0001_A001_2026-11-21_100000Z.mhl';
  await put(bench, `${folder}/ascmhl/${name}`, Buffer.from(manifest));
  await put(bench, `${folder}/ascmhl/ascmhl_chain.xml`, Buffer.from(ascChain({ [name]: manifest })));
}
