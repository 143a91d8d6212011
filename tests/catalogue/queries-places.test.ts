import { afterEach, beforeEach, expect, it } from 'vitest';
import { createQueries } from '#catalogue/queries.ts';
import { useHashPool } from '#tests/support/disk-store.ts';
import { openPlaceBench, type PlaceBench } from '#tests/support/place-bench.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const pool = useHashPool();
const folder = useTempFolder();
let bench: PlaceBench;
beforeEach(() => {
  bench = openPlaceBench(folder.path, pool);
});
afterEach(() => bench[Symbol.dispose]());

it('counts what a place should have that nobody looked at yet, as after a lost catalogue', async () => {
  await bench.hold('Rome.mp4', 'rome');
  await bench.addDrive('Blue');
  bench.catalogue.notes.dropCondition('places');
  const [blue] = createQueries(bench.database, bench.clock.nowMs).places();
  expect(blue?.counts).toMatchObject({ wanted: 1, proven: 1 });
});
