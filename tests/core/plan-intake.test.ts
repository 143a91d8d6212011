import { describe, expect, it } from 'vitest';
import { nameKeyOf } from '#core/name-key.ts';
import { type Draft, planIntake } from '#core/plan-intake.ts';
import type { Belongs } from '#core/plan-parts.ts';
import { digestOf } from '#tests/support/digests.ts';
import { createModelArchive } from '#tests/support/model-archive.ts';
import { countedIds, file, nowMs, takeAll } from '#tests/support/taken-files.ts';

const rowsOf = (drafts: readonly Draft[]) =>
  drafts.flatMap(({ index }) => index.map((row) => row.readablePath));

describe('a file', () => {
  it('of new bytes and a new name becomes a video with one version', () => {
    const [plan] = takeAll(createModelArchive(), [
      [file('Rome.MP4', 'a', { modifiedAtMs: Date.UTC(2026, 10, 20) })],
    ]);
    expect(plan?.outcomes).toEqual([{ kind: 'new-video', video: 'id-1', version: 'id-2' }]);
    expect(plan?.drafts).toEqual([
      { facts: { kind: 'video', video: 'id-1', title: 'Rome', folder: '2026/2026-11-22 Rome' }, index: [] },
      {
        facts: {
          kind: 'version',
          version: 'id-2',
          video: 'id-1',
          number: 1,
          digest: digestOf('a'),
          sizeBytes: 1,
          ext: 'mp4',
          name: 'Rome.MP4',
          role: 'master',
          modifiedAt: '2026-11-20T00:00:00.000Z',
          how: 'taken',
        },
        index: [{ digest: digestOf('a'), ext: 'mp4', readablePath: '2026/2026-11-22 Rome/Rome.mp4' }],
      },
    ]);
  });

  it('of new bytes and a known name becomes the newest version, and the former newest steps down in the index', () => {
    const plans = takeAll(createModelArchive(), [
      [file('Rome.mp4', 'a')],
      [file('ROME.mov', 'b')],
      [file('rome.mp4', 'c')],
    ]);
    expect(plans.map(({ outcomes }) => outcomes[0]?.kind)).toEqual([
      'new-video',
      'new-version',
      'new-version',
    ]);
    expect(rowsOf(plans[1]?.drafts ?? [])).toEqual([
      '2026/2026-11-22 Rome/older versions/Rome (version 1).mp4',
      '2026/2026-11-22 Rome/Rome.mov',
    ]);
    expect(rowsOf(plans[2]?.drafts ?? [])).toEqual([
      '2026/2026-11-22 Rome/older versions/Rome (version 2).mov',
      '2026/2026-11-22 Rome/Rome.mp4',
    ]);
  });

  it('of bytes that are held under another extension is shown under its own name, and found where they stand', () => {
    const belongs = {
      kind: 'project',
      key: '/inbox/Rome',
      folder: 'Rome',
      role: null,
      partKind: 'project',
      path: '',
    };
    const plans = takeAll(createModelArchive(), [
      [
        file('draft_content.json', 'a', { belongs: { ...belongs } as Belongs }),
        file('draft_content.json.bak', 'a', { belongs: { ...belongs } as Belongs }),
      ],
      [file('NO EXTENSION', 'a', { belongs: { ...belongs } as Belongs }), file('film.mp4', 'a')],
    ]);
    const rows = plans.flatMap(({ drafts }) => drafts).flatMap(({ index }) => index);
    expect(rows.map(({ ext, readablePath }) => [ext, readablePath?.split('/').slice(2).join('/')])).toEqual([
      ['json', 'as it came/draft_content.json'],
      ['json', 'as it came/draft_content.json.bak'],
      ['json', 'as it came/NO EXTENSION'],
      ['json', 'film.json'],
    ]);
  });

  it('of known bytes is held, and nothing is written', () => {
    const [, plan] = takeAll(createModelArchive(), [[file('Rome.mp4', 'a')], [file('Other.mp4', 'a')]]);
    expect(plan).toEqual({
      drafts: [],
      outcomes: [{ kind: 'held', video: 'id-1', version: 'id-2', sinceMs: nowMs, broughtBack: false }],
    });
  });

  it('of bytes in the trash brings the whole video back, with all its rows', () => {
    const archive = createModelArchive();
    takeAll(archive, [[file('Rome.mp4', 'a'), file('Rome.mp4', 'b')]]);
    archive.trash('id-1');
    const plan = planIntake([file('x.mp4', 'a'), file('y.mp4', 'b')], archive, countedIds(), nowMs);
    expect(plan.outcomes.map((outcome) => outcome.kind === 'held' && outcome.broughtBack)).toEqual([
      true,
      false,
    ]);
    expect(plan.drafts.map(({ facts }) => facts)).toEqual([{ kind: 'trash', video: 'id-1', trashed: false }]);
    expect(rowsOf(plan.drafts)).toEqual([
      '2026/2026-11-22 Rome/older versions/Rome (version 1).mp4',
      '2026/2026-11-22 Rome/Rome.mp4',
    ]);
  });

  it('of the name of a trashed video starts a new one beside it', () => {
    const archive = createModelArchive();
    takeAll(archive, [[file('Rome.mp4', 'a')]]);
    archive.trash('id-1');
    const [plan] = takeAll(archive, [[file('Rome.mp4', 'b')]]);
    expect(plan?.outcomes[0]?.kind).toBe('new-video');
    expect(rowsOf(plan?.drafts ?? [])).toEqual(['2026/2026-11-22 Rome (2)/Rome.mp4']);
  });

  it('that goes on from a known video is its next version, though its name says nothing', () => {
    const [, plan] = takeAll(createModelArchive(), [
      [file('IMG_0001.mp4', 'a')],
      [file('IMG_0001.mp4', 'ab', { continues: 'id-1' })],
    ]);
    expect(plan?.outcomes[0]).toMatchObject({ kind: 'new-version', video: 'id-1' });
  });

  it('that goes on from a video nobody knows is a new one', () => {
    const [plan] = takeAll(createModelArchive(), [[file('Rome.mp4', 'a', { continues: 'gone' })]]);
    expect(plan?.outcomes[0]?.kind).toBe('new-video');
  });

  it('whose name is not UTF-8 keeps its bytes beside what can be read of it', () => {
    const [plan] = takeAll(createModelArchive(), [[file('caf\uDCE9.mp4', 'a')]]);
    expect(plan?.drafts[1]?.facts).toMatchObject({ name: 'caf\uFFFD.mp4', nameBase64: 'Y2Fm6S5tcDQ=' });
  });

  it('whose name is not UTF-8 finds its video again, also where marks of direction hide in it', () => {
    const name = 'caf\uDCE9 R\u200Eome.m\u200Ep4';
    const [, plan] = takeAll(createModelArchive(), [[file(name, 'a')], [file(name, 'b')]]);
    expect(plan?.outcomes[0]?.kind).toBe('new-version');
  });

  it('that goes on from a video in the trash is a new one: nothing new is hidden there', () => {
    const archive = createModelArchive();
    takeAll(archive, [[file('Rome.mp4', 'a')]]);
    archive.trash('id-1');
    const [plan] = takeAll(archive, [[file('Rome.mp4', 'ab', { continues: 'id-1' })]]);
    expect(plan?.outcomes[0]?.kind).toBe('new-video');
  });
});

describe('a name that says nothing', () => {
  it.each(['IMG_0001.mp4', 'final.mp4', 'Untitled.mov', 'Download (3).mp4', '2026-11-21 10.14.22.mp4'])(
    'never makes versions of two works: %s',
    (name) => {
      expect(nameKeyOf(name)).toBeNull();
      const plans = takeAll(createModelArchive(), [[file(name, 'a')], [file(name, 'b')]]);
      expect(plans.flatMap(({ outcomes }) => outcomes.map(({ kind }) => kind))).toEqual([
        'new-video',
        'new-video',
      ]);
    },
  );
});
