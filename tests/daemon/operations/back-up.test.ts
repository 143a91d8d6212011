import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCatalogueBackups } from '#catalogue/backup.ts';
import { createQueries } from '#catalogue/queries.ts';
import { createLocalDay } from '#core/local-day.ts';
import { createBackUp } from '#daemon/operations/back-up.ts';
import { plannedJobs } from '#daemon/scheduler.ts';
import { createWorker } from '#daemon/worker.ts';
import { useCatalogue } from '#tests/support/catalogue.ts';
import { flipBytes, pageBytes, pageOf } from '#tests/support/damage.ts';
import { createManualClock } from '#tests/support/manual-clock.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';
import { createTestLog } from '#tests/support/test-log.ts';

const folder = useTempFolder();
const open = useCatalogue(folder);
const { signal } = new AbortController();

/** Half past eleven at night in London, when it is the next day already in Berlin. */
const atMs = Date.UTC(2026, 10, 21, 23, 30);

function makeWorker() {
  const clock = createManualClock(atMs);
  const log = createTestLog();
  const { catalogue } = open;
  const backUp = createBackUp({
    backups: createCatalogueBackups(open.file),
    catalogue,
    clock,
    log,
    localDay: createLocalDay('Europe/Berlin'),
  });
  const worker = createWorker({ lane: 'library', handlers: { 'back-up': backUp }, catalogue, clock, log });
  const run = async () => {
    const job = plannedJobs().find(({ name }) => name === 'back-up');
    if (job === undefined) throw new Error('the job is planned');
    const id = catalogue.operations.insert({ ...job.operation, notBeforeMs: clock.nowMs() }, clock.nowMs());
    await worker.drain(signal);
    return catalogue.operations.get(id);
  };
  return { log, run };
}

const condition = () => createQueries(open.database, Date.now).condition('catalogue');
const backups = () => readdirSync(join(folder.path, 'backups'));

it('a backup carries the day of the owner', async () => {
  const { log, run } = makeWorker();
  expect(await run()).toMatchObject({ state: 'done', result: 'catalogue-2026-11-22.sqlite' });
  expect(backups()).toEqual(['catalogue-2026-11-22.sqlite']);
  expect(log.lines).toMatchObject([{ level: 'info' }]);
});

it('a night on which nothing changed is quiet', async () => {
  const { log, run } = makeWorker();
  await run();
  expect(await run()).toMatchObject({ state: 'done', result: 'unchanged since catalogue-2026-11-22.sqlite' });
  expect(log.lines).toHaveLength(1);
});

it('a catalogue that was made again counts as good once it was checked and backed up', async () => {
  open.catalogue.notes.setCondition('catalogue', { state: 'renewed', kept: 'x' }, 1);
  await makeWorker().run();
  expect(condition()).toEqual({ state: 'good' });
});

it('a damaged catalogue is said, in the log and on the page, and is not backed up', async () => {
  const { sqlite } = open.database;
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  flipBytes(open.file, (pageOf(open.file, 'versions_name') - 1) * pageBytes, 16);
  const { log, run } = makeWorker();
  expect(await run()).toMatchObject({ state: 'failed', error: expect.stringContaining('it is damaged') });
  expect(condition()).toEqual({ state: 'damaged' });
  expect(log.lines[0]).toMatchObject({ level: 'error' });
  expect(readdirSync(folder.path)).not.toContain('backups');
});
