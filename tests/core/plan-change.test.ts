import { describe, expect, it } from 'vitest';
import { type Change, type ChangeView, planChange } from '#core/plan-change.ts';
import type { KnownVideo } from '#core/plan-intake.ts';
import { foldName } from '#core/safe-name.ts';
import { digestOf } from '#tests/support/digests.ts';

const videoOf = (id: string, title: string, cuts: number, trashed = false): KnownVideo => ({
  ...{ id, title, trashed, folder: `2026/2026-03-01 ${title}`, parts: [] },
  versions: Array.from({ length: cuts }, (_, n) => ({
    ...{ digest: digestOf(`${id}.${n + 1}`), ext: 'mp4', number: n + 1, role: 'master' as const },
  })),
});
const videos = [videoOf('rome', 'Rome', 2), videoOf('oslo', 'Oslo', 1), videoOf('gone', 'Gone', 1, true)];
const view: ChangeView = {
  video: (id) => videos.find((video) => video.id === id) ?? null,
  isFolderTaken: (key) => videos.some(({ folder }) => foldName(folder) === key),
  hasVersion: (id) => id === 'rome.1',
  isLinked: (_version, _platform, post) => post === 'known',
  setting: (name) => (name === 'proof-days' ? '30' : null),
};
const plan = (change: Change) => planChange(change, view);
const onlyDraft = (change: Change) => {
  const result = plan(change);
  if (result.kind !== 'change') throw new Error(`it is ${result.kind}`);
  expect(result.drafts).toHaveLength(1);
  return result.drafts[0];
};
const paths = (change: Change) => onlyDraft(change)?.index.map(({ readablePath }) => readablePath);

describe('a new title', () => {
  it('moves the video within its day, and every file of it with it', () => {
    const change: Change = { kind: 'rename', video: 'rome', title: '  Summer in\nRome: ' };
    expect(onlyDraft(change)?.facts).toEqual({
      ...{ kind: 'edit', video: 'rome', title: 'Summer in Rome:' },
      folder: expect.stringMatching(/^2026\/2026-03-01 Summer in Rome/),
    });
    expect(paths(change)).toHaveLength(2);
    for (const path of paths(change) ?? []) expect(path).toMatch(/^2026\/2026-03-01 Summer in Rome/);
  });

  it('never takes the folder of another video, but may keep its own', () => {
    expect(onlyDraft({ kind: 'rename', video: 'rome', title: 'OSLO' })?.facts).toMatchObject({
      folder: '2026/2026-03-01 OSLO (2)',
    });
    expect(onlyDraft({ kind: 'rename', video: 'rome', title: 'ROME' })?.facts).toMatchObject({
      folder: '2026/2026-03-01 ROME',
    });
  });

  it.each([
    ['Rome', 'nothing-to-do'],
    [' \n\t', 'refused'],
    ['', 'refused'],
  ])('%j is %s', (title, kind) => {
    expect(plan({ kind: 'rename', video: 'rome', title })).toMatchObject({ kind });
  });
});

describe('a merge', () => {
  it('puts the versions of the one behind those of the other', () => {
    expect(paths({ kind: 'merge', from: 'oslo', into: 'rome' })).toEqual([
      '2026/2026-03-01 Rome/older versions/Rome (version 1).mp4',
      '2026/2026-03-01 Rome/older versions/Rome (version 2).mp4',
      '2026/2026-03-01 Rome/Rome.mp4',
    ]);
  });

  it.each([
    ['rome', 'rome', 'same-video'],
    ['rome', 'nobody', 'no-such-video'],
    ['nobody', 'rome', 'no-such-video'],
    ['gone', 'rome', 'in-trash'],
    ['rome', 'gone', 'in-trash'],
  ])('of %s into %s is refused: %s', (from, into, reason) => {
    expect(plan({ kind: 'merge', from, into })).toEqual({ kind: 'refused', reason });
  });
});

describe('the trash', () => {
  it('takes every file of a video out of the readable tree, and gives it back', () => {
    expect(paths({ kind: 'trash', video: 'rome', trashed: true })).toEqual([null, null]);
    expect(paths({ kind: 'trash', video: 'gone', trashed: false })).toEqual([
      '2026/2026-03-01 Gone/Gone.mp4',
    ]);
  });

  it('changes nothing where it is so already', () => {
    expect(plan({ kind: 'trash', video: 'gone', trashed: true })).toEqual({ kind: 'nothing-to-do' });
  });
});

describe('a link', () => {
  const link = (version: string, post: string, linked: boolean) =>
    plan({ kind: 'link', version, platform: 'tiktok', post, linked });

  it('is made and taken back once', () => {
    expect(link('rome.1', 'new', true)).toMatchObject({ kind: 'change' });
    expect(link('rome.1', 'known', true)).toEqual({ kind: 'nothing-to-do' });
    expect(link('rome.1', 'known', false)).toMatchObject({ kind: 'change' });
    expect(link('rome.1', 'new', false)).toEqual({ kind: 'nothing-to-do' });
  });

  it('to a version that is not there is refused', () => {
    expect(link('nobody', 'new', true)).toEqual({ kind: 'refused', reason: 'no-such-version' });
  });
});

describe('a setting', () => {
  const set = (name: 'proof-days' | 'proof-gb-a-night', value: string | null) =>
    plan({ kind: 'set', name, value }).kind;

  it.each([
    ['1', 'change'],
    ['90', 'change'],
    ['30', 'nothing-to-do'],
    [null, 'change'],
    ['0', 'refused'],
    ['-1', 'refused'],
    ['3651', 'refused'],
    ['1.5', 'refused'],
    ['soon', 'refused'],
    ['', 'refused'],
  ])('of %j days is %s', (value, kind) => expect(set('proof-days', value)).toBe(kind));
});
