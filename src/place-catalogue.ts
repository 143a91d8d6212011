import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import { isWhole } from '#store/make-segment.ts';

/** What a place's own journal says, as a catalogue that is gone when it is disposed of. */
export interface PlaceCatalogue extends AsyncDisposable {
  readonly database: CatalogueDatabase;
  readonly catalogue: Catalogue;
  /** Segments that are not as they were written; what can be read of them counts. */
  readonly damaged: readonly string[];
}

const batchSize = 200;

/** Reads the journal of a place into a catalogue of its own, by the code that makes every catalogue. */
export async function readPlaceCatalogue(
  source: ArchiveSource,
  signal: AbortSignal,
): Promise<PlaceCatalogue> {
  const folder = await mkdtemp(join(tmpdir(), 'reelhold-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const database = stack.use(openForWriting(join(folder, 'catalogue.sqlite')));
  const catalogue = createTransactor(database);
  const damaged: string[] = [];
  let batch: Parameters<typeof catalogue.archive.keep>[0][] = [];
  const keepBatch = () => {
    catalogue.looselyTogether(() => {
      for (const segment of batch) catalogue.archive.keep(segment);
    });
    batch = [];
  };
  for await (const { path } of source.list('journal', signal)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (parseSegmentName(name) === null) continue;
    const content = await source.read(`journal/${name}`, signal);
    if (content === null) continue;
    const isGood = isWhole({ name, content });
    if (!isGood) damaged.push(name);
    batch.push({
      name,
      content,
      index: await source.read(`index/${indexNameOf(name)}`, signal),
      isWhole: isGood,
    });
    if (batch.length >= batchSize) keepBatch();
  }
  keepBatch();
  catalogue.together(() => catalogue.archive.catchUp());
  const owned = stack.move();
  return { database, catalogue, damaged, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
