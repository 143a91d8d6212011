import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CatalogueDatabase, openForWriting } from '#catalogue/database.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import { indexNameOf, parseSegmentName } from '#core/segment-name.ts';
import { type ReadableCopy, readListed, type UnreadableFile } from '#daemon/restore/read-listed.ts';
import { isWhole } from '#store/make-segment.ts';

/** What a place's own journal says, as a catalogue that is gone when it is disposed of. */
export interface PlaceCatalogue extends AsyncDisposable {
  readonly database: CatalogueDatabase;
  readonly catalogue: Catalogue;
  /** Segments that are not as they were written; what can be read of them counts. */
  readonly damaged: readonly string[];
  /** Segments that cannot be read at all. */
  readonly unreadable: readonly UnreadableFile[];
}

const batchSize = 200;

/** Reads the journal of a place into a catalogue of its own, by the code that makes every catalogue. */
export async function readPlaceCatalogue(copy: ReadableCopy, signal: AbortSignal): Promise<PlaceCatalogue> {
  const folder = await mkdtemp(join(tmpdir(), 'reelhold-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const database = stack.use(openForWriting(join(folder, 'catalogue.sqlite')));
  const catalogue = createTransactor(database);
  const damaged: string[] = [];
  const unreadable: UnreadableFile[] = [];
  let batch: Parameters<typeof catalogue.archive.keep>[0][] = [];
  const keepBatch = () => {
    catalogue.looselyTogether(() => {
      for (const segment of batch) catalogue.archive.keep(segment);
    });
    batch = [];
  };
  for await (const { path } of copy.source.list('journal', signal)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (parseSegmentName(name) === null) continue;
    const found = await readListed(`journal/${name}`, copy, signal);
    if (found.kind === 'unreadable') {
      unreadable.push(found);
      continue;
    }
    const { content } = found;
    const isGood = isWhole({ name, content });
    if (!isGood) damaged.push(name);
    // Without it only names of files that no record names are lost.
    const index = await readListed(`index/${indexNameOf(name)}`, copy, signal);
    batch.push({ name, content, index: index.kind === 'read' ? index.content : null, isWhole: isGood });
    if (batch.length >= batchSize) keepBatch();
  }
  keepBatch();
  catalogue.together(() => catalogue.archive.catchUp());
  const owned = stack.move();
  return { database, catalogue, damaged, unreadable, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
