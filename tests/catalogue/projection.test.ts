import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change } from '#core/plan-change.ts';
import { dumpTables, projectedColumns } from '#tests/support/catalogue.ts';
import { type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import fc from '#tests/support/properties.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

type Step =
  | { readonly kind: 'take'; readonly files: readonly { readonly name: string; readonly bytes: string }[] }
  | { readonly kind: 'trash' | 'damage' | 'lose'; readonly index: number }
  | { readonly kind: 'change'; readonly change: (video: string, other: string, version: string) => Change }
  | { readonly kind: 'restart' }
  | { readonly kind: 'rebuild' };

const anyFile = fc.record({
  name: fc.constantFrom('Rome.mp4', 'ROME.mov', 'Oslo.mp4', 'IMG_0001.mp4', 'final.mp4', 'Rome?.mkv', 'x'),
  bytes: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
});
/** What is done to the first video, another one and a version. */
const anyChange = fc.constantFrom<Extract<Step, { kind: 'change' }>['change']>(
  (video) => ({ kind: 'rename', video, title: 'Oslo' }),
  (video) => ({ kind: 'rename', video, title: 'Rome by night' }),
  (video, other) => ({ kind: 'merge', from: video, into: other }),
  (video, other) => ({ kind: 'merge', from: other, into: video }),
  (video) => ({ kind: 'trash', video, trashed: true }),
  (video) => ({ kind: 'trash', video, trashed: false }),
  (_video, _other, version) => ({ kind: 'link', version, platform: 'tiktok', post: '7', linked: true }),
  (_video, _other, version) => ({ kind: 'link', version, platform: 'tiktok', post: '7', linked: false }),
  () => ({ kind: 'set', name: 'proof-days', value: '60' }),
  () => ({ kind: 'set', name: 'proof-days', value: null }),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      files: fc.array(anyFile, { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({
    kind: fc.constantFrom('trash' as const, 'damage' as const, 'lose' as const),
    index: fc.nat(5),
  }),
  { weight: 3, arbitrary: anyChange.map((change) => ({ kind: 'change' as const, change })) },
  fc.constantFrom<Step>({ kind: 'restart' }, { kind: 'rebuild' }),
);

async function play(archive: MemoryArchive, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'take') {
      await Promise.all(step.files.map(({ name, bytes }) => archive.take(name, bytes)));
    } else if (step.kind === 'restart') {
      await archive.reconcile();
      await archive.adopt();
    } else if (step.kind === 'rebuild') {
      archive.catalogue.together(() => archive.catalogue.archive.startAgain());
    } else if (step.kind === 'change') {
      const versions = archive.database.sqlite.prepare('SELECT id FROM versions ORDER BY seq').pluck().all();
      const [one, other] = [nth(archive, 0)?.id ?? '', nth(archive, 1)?.id ?? ''];
      await archive.change(step.change(one, other, String(versions[0] ?? '')));
    } else {
      const [video, ref] = [nth(archive, step.index)?.id, nth(archive, step.index)?.versions[0]];
      if (video === undefined || ref === undefined) continue;
      if (step.kind === 'trash') await trash(archive, video);
      else if (await isThere(archive, ref.digest)) archive.store[step.kind](ref);
    }
  }
}

const nth = (archive: MemoryArchive, index: number) => {
  const ids = archive.database.sqlite.prepare('SELECT id FROM videos ORDER BY id').pluck().all() as string[];
  const video = archive.catalogue.archive.video(ids[index % Math.max(1, ids.length)] ?? '');
  return video === null ? null : { ...video, id: ids[index % ids.length] ?? '' };
};

const trash = (archive: MemoryArchive, video: string) =>
  archive.ledger.commit(() => ({
    drafts: [{ facts: { kind: 'trash', video, trashed: true }, index: [] }],
    also: () => undefined,
  }));

async function isThere(archive: MemoryArchive, digest: string): Promise<boolean> {
  for await (const blob of archive.store.list()) if (blob.digest === digest) return true;
  return false;
}

describe('the projection of the journal', () => {
  it('made again from all segments is what it became step by step, whatever was done', {
    timeout: 120_000,
  }, async () => {
    let run = 0;
    const open = (name: string) => {
      mkdirSync(join(folder.path, `${run} ${name}`));
      return openMemoryArchive(join(folder.path, `${run} ${name}`));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 8 }), async (steps) => {
        run += 1;
        using archive = open('archive');
        using rebuilt = open('rebuilt');
        await play(archive, steps);
        await archive.reconcile();
        await rebuilt.reconcile({ journal: archive.journal, store: archive.store });
        const columns = { ...projectedColumns, copies: 'digest, location' };
        expect(dumpTables(rebuilt.database, columns)).toEqual(dumpTables(archive.database, columns));
        expect(rebuilt.catalogue.archive.lastSeq()).toBe(archive.catalogue.archive.lastSeq());
      }),
      { numRuns: 30 },
    );
  });
});
